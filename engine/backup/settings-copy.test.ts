import { expect, test } from "vitest";
import { mergeSettings, withoutSecrets } from "./settings-copy.ts";

test("tokens, and passwords in addresses, are left out; everything else stays", () => {
  const sections = {
    server: { port: 7999, token: "a token nobody may read", tokenFile: "/secrets/token" },
    mongo: { url: "mongodb://shop:p@ss@db.example:27017/?replicaSet=rs0" },
    triton: { url: "https://user:secret@triton.example" },
    qdrant: { url: "http://127.0.0.1:6333" },
    match: { top: 3 },
  };
  expect(withoutSecrets(sections)).toEqual({
    server: { port: 7999, tokenFile: "/secrets/token" },
    mongo: { url: "mongodb://shop@db.example:27017/?replicaSet=rs0" },
    triton: { url: "https://user@triton.example" },
    qdrant: { url: "http://127.0.0.1:6333" },
    match: { top: 3 },
  });
  expect(sections.server.token).toBe("a token nobody may read");
});

test("this machine's own address and token, and the password of an address that is the same, stay", () => {
  const present = {
    server: { port: 7000, token: "t".repeat(16) },
    triton: { url: "https://user:secret@triton.example" },
  };
  const restored = { server: { port: 7999 }, triton: { url: "https://user@triton.example" }, match: { top: 3 } };
  expect(mergeSettings(restored, present)).toEqual({
    sections: { ...present, match: { top: 3 } },
    notes: [],
  });
});

test("a host that would be open without a token listens to this machine only, and that is said", () => {
  const { sections, notes } = mergeSettings({ server: { host: "0.0.0.0", port: 7999 } }, {});
  expect(sections).toEqual({ server: { port: 7999 } });
  expect(notes).toEqual([expect.stringContaining("0.0.0.0")]);
  const guarded = { server: { token: "t".repeat(16) } };
  expect(mergeSettings({ server: { host: "0.0.0.0" } }, guarded).sections.server).toMatchObject({ host: "0.0.0.0" });
});
