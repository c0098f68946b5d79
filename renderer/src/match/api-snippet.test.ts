import { describe, expect, it } from "vitest";
import { curlSnippet, typescriptSnippet } from "./api-snippet.ts";

const address = "http://127.0.0.1:7860/api/v1";
const plain = { address, picture: "shoe.jpg", text: "", region: null, guarded: false };

/** What a POSIX shell makes of the snippet: the arguments that curl would get. (The end-to-end test runs a real one.) */
function argumentsOf(snippet: string): string[] {
  const words = snippet.replaceAll("\\\n", " ").match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? [];
  const unquoted = words.map((word) =>
    word.replace(
      /'([^']*)'|\\(.)/g,
      (_, quoted: string | undefined, escaped: string | undefined) => quoted ?? escaped ?? "",
    ),
  );
  return unquoted.slice(1);
}

describe("the curl snippet", () => {
  it("sends the picture", () => {
    expect(argumentsOf(curlSnippet(plain))).toEqual(["-sS", `${address}/match`, "-F", "picture=@shoe.jpg"]);
  });

  it("sends note and region as form fields", () => {
    const region = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
    expect(argumentsOf(curlSnippet({ ...plain, text: "red", region })).slice(4)).toEqual([
      "--form-string",
      "text=red",
      "--form-string",
      "region[x]=0.1",
      "--form-string",
      "region[y]=0.2",
      "--form-string",
      "region[width]=0.3",
      "--form-string",
      "region[height]=0.4",
    ]);
  });

  it("survives quotes, dollars, line ends and what curl takes for options of a file", () => {
    const text = '@it\'s $HOME `x` "q"\nsecond';
    const args = argumentsOf(curlSnippet({ ...plain, picture: "a;type=b, 'c'.jpg", text }));
    expect(args).toContain(`text=${text}`);
    expect(args).toContain(`picture=@"a;type=b, 'c'.jpg"`);
  });

  it("asks with words alone where there is no picture", () => {
    const args = argumentsOf(curlSnippet({ ...plain, picture: null, text: "red boots" }));
    expect(args[1]).toBe(`${address}/match/text`);
    expect(args.at(-1)).toBe('{"text":"red boots"}');
  });
});

it("takes a token from the environment, never from the page", () => {
  expect(curlSnippet({ ...plain, guarded: true })).toContain('-H "Authorization: Bearer $SHELFMATCH_TOKEN"');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the snippet's own template.
  expect(typescriptSnippet({ ...plain, guarded: true })).toContain("`Bearer ${process.env.SHELFMATCH_TOKEN}`");
});

describe("the TypeScript snippet", () => {
  it("names picture, note and region as literals", () => {
    const code = typescriptSnippet({ ...plain, text: 'a "b"', region: { x: 0, y: 0, width: 1, height: 1 } });
    expect(code).toContain('openAsBlob("shoe.jpg")');
    expect(code).toContain('form.append("text", "a \\"b\\"");');
    expect(code).toContain('form.append("region[width]", "1");');
  });

  it("asks with words alone where there is no picture", () => {
    expect(typescriptSnippet({ ...plain, picture: null, text: "red" })).toContain('JSON.stringify({"text":"red"})');
  });
});
