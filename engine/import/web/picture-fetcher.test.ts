import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { testJpeg } from "../../catalog/test-pictures.ts";
import { type AddressPolicy, type addressesOf, publicAddresses } from "./address-policy.ts";
import { createPictureFetcher, type FetchLimits, isWebAddress, type PictureFetcher } from "./picture-fetcher.ts";

vi.setConfig({ testTimeout: 60_000 });

const LIMITS: FetchLimits = { bytes: 100_000, totalMs: 20_000, redirects: 2, perHost: 2, tries: 2 };
const never = new AbortController().signal;

describe("addresses", () => {
  test.each([
    ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    ...["169.254.169.254", "100.64.0.1", "100.127.255.255", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1"],
    ...["198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1"],
    ...["::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1"],
    ...["fec0::1", "localhost", "", "1.2.3"],
  ])("%s is not connected to", (address) => {
    expect(publicAddresses.refusal(address)).toEqual(expect.any(String));
  });
  test.each(["8.8.8.8", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111"])("%s is", (address) => {
    expect(publicAddresses.refusal(address)).toBeNull();
  });
  test("what is a web address", () => {
    for (const yes of ["http://x/a.jpg", "HTTPS://x", " https://x/a"]) expect(isWebAddress(yes)).toBe(true);
    for (const no of ["ftp://x/a", "//x/a", "images/a.jpg", "file:///etc/passwd"]) expect(isWebAddress(no)).toBe(false);
  });
});

describe("fetching", () => {
  let server: Server;
  let port: number;
  let jpeg: Buffer;
  let asked: string[];
  let answers: Record<string, (response: ServerResponse, request: IncomingMessage) => void>;
  const opened: PictureFetcher[] = [];

  beforeEach(async () => {
    jpeg = Buffer.from(await testJpeg(1));
    asked = [];
    answers = { "/a.jpg": (response) => response.end(jpeg) };
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const answer = answers[request.url ?? ""];
      if (answer === undefined) response.writeHead(404).end();
      else answer(response, request);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const fetcher of opened.splice(0)) await fetcher.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Loopback counts as public for these, and nothing else does that would not. */
  const testPolicy: AddressPolicy = {
    refusal: (address) => (address === "127.0.0.1" ? null : publicAddresses.refusal(address)),
  };
  function open(
    changes: Partial<FetchLimits> = {},
    parts: { policy?: AddressPolicy; resolve?: typeof addressesOf } = {},
  ) {
    const fetcher = createPictureFetcher({ limits: { ...LIMITS, ...changes }, policy: testPolicy, ...parts });
    opened.push(fetcher);
    return fetcher;
  }
  const at = (path: string, host = "127.0.0.1") => `http://${host}:${port}${path}`;
  async function refusal(fetcher: PictureFetcher, url: string): Promise<string> {
    const found = await fetcher.fetch(url, never);
    if (found instanceof Uint8Array) throw new Error("it was fetched");
    expect(found.code).toBe("PICTURE_NOT_FETCHED");
    expect(found.message).toContain(url.slice(0, 100));
    expect(found.message).toContain("save the picture beside the list");
    return found.message;
  }

  test("a picture comes, and nothing of this machine goes along", async () => {
    let headers: IncomingMessage["headers"] = {};
    answers["/b.jpg"] = (response, request) => {
      headers = request.headers;
      response.writeHead(200, { "set-cookie": "a=b", "content-type": "text/html" }).end(jpeg);
    };
    const fetcher = open();
    expect(Buffer.from((await fetcher.fetch(at("/b.jpg"), never)) as Uint8Array)).toEqual(jpeg);
    await fetcher.fetch(at("/b.jpg"), never);
    expect(Object.keys(headers).sort()).toEqual(
      ["accept", "accept-encoding", "connection", "host", "user-agent"].sort(),
    );
    expect(headers.host).toBe(`127.0.0.1:${port}`);
  });

  test("as the app is, this machine is refused before anything is asked, by number and by name", async () => {
    const fetcher = open({}, { policy: publicAddresses });
    expect(await refusal(fetcher, at("/a.jpg"))).toContain("this machine itself (loopback)");
    expect(await refusal(fetcher, at("/a.jpg", "localhost"))).toContain("loopback");
    expect(await refusal(fetcher, at("/a.jpg", "[::ffff:127.0.0.1]"))).toContain("hides an IPv4 address");
    // Other ways of writing 127.0.0.1.
    for (const host of ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"]) {
      expect(await refusal(fetcher, at("/a.jpg", host))).toContain("loopback");
    }
    expect(asked).toEqual([]);
  });

  test("a name that also leads inside is refused, and one that changes its mind gains nothing", async () => {
    const mixed = open(
      {},
      {
        resolve: async () => [
          { address: "127.0.0.1", family: 4 },
          { address: "10.0.0.1", family: 4 },
        ],
      },
    );
    expect(await refusal(mixed, at("/a.jpg", "mixed.example"))).toContain("mixed.example leads to 10.0.0.1");
    let looked = 0;
    const rebinding = open(
      {},
      {
        resolve: async () => {
          looked += 1;
          return [looked === 1 ? { address: "127.0.0.1", family: 4 } : { address: "192.168.0.1", family: 4 }];
        },
      },
    );
    answers["/close.jpg"] = (response) => response.writeHead(200, { connection: "close" }).end(jpeg);
    expect(await rebinding.fetch(at("/close.jpg", "rebinding.example"), never)).toBeInstanceOf(Uint8Array);
    // The second connection looks anew, judges what it got, and connects to just that.
    expect(await refusal(rebinding, at("/close.jpg", "rebinding.example"))).toContain("192.168.0.1");
    expect(looked).toBe(2);
    expect(asked).toEqual(["/close.jpg"]);
  });

  test("each redirect is judged anew: where to, how, and how many", async () => {
    const to = (path: string, location: string) => {
      answers[path] = (response) => response.writeHead(302, { location }).end();
    };
    to("/1", "/2");
    to("/2", "/a.jpg");
    to("/0", "/1");
    to("/inside", "http://10.0.0.1/a.jpg");
    to("/metadata", "http://169.254.169.254/latest/meta-data/");
    to("/file", "file:///etc/passwd");
    to("/secret", "http://me:secret@127.0.0.1/a.jpg");
    const fetcher = open();
    expect(await fetcher.fetch(at("/1"), never)).toBeInstanceOf(Uint8Array);
    expect(await refusal(fetcher, at("/0"))).toContain("redirects more than 2 times");
    expect(await refusal(fetcher, at("/inside"))).toContain("private network");
    expect(await refusal(fetcher, at("/metadata"))).toContain("link-local");
    expect(await refusal(fetcher, at("/file"))).toContain("only http and https");
    expect(await refusal(fetcher, at("/secret"))).toContain("user name or password");
  });

  test("too large, no picture, packed, missing: each is said", async () => {
    answers["/large"] = (response) => {
      response.write(jpeg);
      for (let n = 0; n < 20; n += 1) response.write(Buffer.alloc(10_000));
      response.end();
    };
    answers["/claims"] = (response) => response.writeHead(200, { "content-length": "1000000000" }).write("x");
    answers["/page"] = (response) => response.writeHead(200, { "content-type": "image/jpeg" }).end("<html>".repeat(9));
    answers["/packed"] = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(jpeg);
    answers["/svg"] = (response) => response.end('<svg xmlns="http://www.w3.org/2000/svg"/>');
    const fetcher = open();
    expect(await refusal(fetcher, at("/large"))).toContain("larger than");
    expect(await refusal(fetcher, at("/claims"))).toContain("larger than");
    expect(await refusal(fetcher, at("/page"))).toContain("it is no picture");
    expect(await refusal(fetcher, at("/svg"))).toContain("it is no picture");
    expect(await refusal(fetcher, at("/packed"))).toContain("packed");
    expect(await refusal(fetcher, at("/nowhere"))).toContain("answers 404");
    expect(await refusal(fetcher, "http://[not an address/")).toContain("no web address");
  });

  test("what may pass is tried again, what may not is not; a slow one ends, and a cancelled one at once", async () => {
    let busy = 0;
    answers["/busy"] = (response) => {
      busy += 1;
      if (busy === 1) response.writeHead(503).end();
      else response.end(jpeg);
    };
    answers["/broken"] = (response) => response.socket?.destroy();
    answers["/slow"] = (response) => response.write(jpeg.subarray(0, 20));
    const fetcher = open();
    expect(await fetcher.fetch(at("/busy"), never)).toBeInstanceOf(Uint8Array);
    expect(await refusal(fetcher, at("/broken"))).toContain("after 2 tries");
    expect(await refusal(fetcher, at("/none"))).not.toContain("tries");
    expect(asked.filter((path) => path === "/broken")).toHaveLength(2);
    expect(asked.filter((path) => path === "/none")).toHaveLength(1);
    expect(await refusal(open({ totalMs: 300 }), at("/slow"))).toContain("longer than");
    const stop = new AbortController();
    const fetching = fetcher.fetch(at("/slow"), stop.signal);
    stop.abort(new Error("enough"));
    await expect(fetching).rejects.toThrow("enough");
  });

  test("a host is asked for so many at once and no more", async () => {
    let now = 0;
    let most = 0;
    for (let n = 0; n < 8; n += 1) {
      answers[`/${n}`] = (response) => {
        now += 1;
        most = Math.max(most, now);
        setTimeout(() => {
          now -= 1;
          response.end(jpeg);
        }, 30);
      };
    }
    const fetcher = open();
    const all = await Promise.all(Array.from({ length: 8 }, (_, n) => fetcher.fetch(at(`/${n}`), never)));
    expect(all.every((one) => one instanceof Uint8Array)).toBe(true);
    expect(most).toBe(2);
  });
});
