import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "./fixtures.ts";

/** What runs in a page is text here: the tests are checked without the DOM's types. */
const CALLS = [
  ...["chooseBackupFile", "chooseDataFolder", "choosePictureFolder", "connect", "notify", "onEvent", "pathOf"],
  ...["resetDataFolder", "restartEngine", "showFolder", "showWork", "state", "update"],
];

test("a page has no Node, and of the desktop only what is named", async ({ desktop }) => {
  const { app, page } = desktop;
  const kinds = await page.evaluate("['require', 'process', 'module', 'Buffer', 'global'].map((n) => typeof self[n])");
  expect(kinds).toEqual(Array(5).fill("undefined"));
  expect(await page.evaluate("Object.keys(window.shelfmatch).sort()")).toEqual(CALLS);
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return contents === undefined ? null : Reflect.get(contents, "getLastWebPreferences").call(contents);
  });
  expect(preferences).toMatchObject({
    ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInSubFrames: false },
    ...{ webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false, webviewTag: false },
  });
});

test("the pages' policy refuses scripts that are not theirs, and frames", async ({ desktop, allowedErrors }) => {
  allowedErrors.push(/Content Security Policy/, /Refused to/);
  const { page } = desktop;
  const policy = await page.evaluate("fetch('/').then((reply) => reply.headers.get('content-security-policy'))");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  const ran = await page.evaluate(`(() => {
    const script = document.createElement("script");
    script.textContent = "self.ran = true";
    document.body.append(script);
    return self.ran === true;
  })()`);
  expect(ran).toBe(false);
  // Text as code, by a way that the debugger does not open for itself.
  await page.evaluate("void setTimeout('self.evaluated = true', 0)");
  await page.waitForTimeout(200);
  expect(await page.evaluate("self.evaluated === undefined")).toBe(true);
  await page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), { src: '/catalogue' }))");
  const bridge = await page.evaluate(
    "(() => { try { return document.querySelector('iframe').contentWindow.shelfmatch; } catch { return 'not ours'; } })()",
  );
  // The policy keeps the frame from loading; what stands there instead is of another origin.
  expect(bridge).toBe("not ours");
});

test("a window that is not ours is not heard", async ({ desktop }) => {
  const answer = await desktop.app.evaluate(async ({ app, BrowserWindow }) => {
    const preload = `${app.getAppPath()}/out/preload/index.js`;
    const webPreferences = { preload, sandbox: true, contextIsolation: true };
    const foreign = new BrowserWindow({ show: false, webPreferences });
    await foreign.loadURL("data:text/html,<p>foreign</p>");
    const call = "window.shelfmatch.state().then(() => 'answered', (error) => error.message)";
    const heard = await foreign.webContents.executeJavaScript(call);
    foreign.destroy();
    return heard;
  });
  expect(answer).toContain("Only the app's own pages may call this.");
});

test("what is no call is refused, and the app goes on", async ({ desktop }) => {
  const { page } = desktop;
  for (const call of [
    "update({ camera: 'always' })",
    "update({ dataFolder: '/' })",
    "showFolder('/etc')",
    "showWork(1)",
  ]) {
    const outcome = await page.evaluate(`window.shelfmatch.${call}.then(() => "answered", () => "refused")`);
    expect(`${call}: ${outcome}`).toBe(`${call}: refused`);
  }
  await expect(page.getByText("54 products")).toBeVisible();
});

test("no address leads out of the pages' folder, nor to more of the engine than its pictures", async ({
  desktop,
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/, /Content Security Policy/, /Refused to/);
  const status = (address: string) =>
    desktop.page.evaluate(`fetch(${JSON.stringify(address)}).then((reply) => reply.status, () => "blocked")`);
  expect(await status("/icon.svg")).toBe(200);
  for (const address of [
    "/..%2f..%2fpackage.json",
    "/%2e%2e/%2e%2e/package.json",
    "/assets/..%5c..%5cpackage.json",
    "/api/v1/products.json",
    "/api/v1/pictures/..%2fproducts.json",
    "/api/openapi.json",
  ]) {
    expect(`${address} ${await status(address)}`).toBe(`${address} 404`);
  }
  // The address of a page answers with the page, never with the engine's data.
  const products = await desktop.page.evaluate("fetch('/api/v1/products').then((reply) => reply.text())");
  expect(products).toContain("<!doctype html>");
  expect(await status("app://other/icon.svg")).toBe("blocked");
  expect(await status("file:///etc/hostname")).toBe("blocked");
});

test("the window goes nowhere else, and opens none", async ({ desktop, allowedErrors }) => {
  allowedErrors.push(
    /Not allowed to (load local resource|navigate top frame)/,
    /Content Security Policy/,
    /Refused to/,
  );
  const { app, page } = desktop;
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Reflect.set(globalThis, "opened", opened);
    shell.openExternal = async (address) => void opened.push(address);
  });
  // Not by Playwright's own call: that waits for the navigation, which is refused.
  const run = (code: string) =>
    app.evaluate(async ({ BrowserWindow }, text) => {
      await BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(text, true);
    }, code);
  for (const address of ["https://example.com/", "file:///etc/hostname", "data:text/html,x"]) {
    await run(`void window.open(${JSON.stringify(address)})`);
    await run(`void (location.href = ${JSON.stringify(address)})`);
  }
  await run("void window.open('https://docs.docker.com/engine/install/')");
  await expect
    .poll(() => app.evaluate(() => Reflect.get(globalThis, "opened")))
    .toEqual(["https://docs.docker.com/engine/install/"]);
  expect(page.url()).toBe("app://shelfmatch/");
  expect(app.windows()).toHaveLength(1);
  expect(desktop.logs()).toContain("A page wanted to go to https://example.com/; it stays.");
});

test("nothing is fetched from outside, whatever a page's policy says", async ({ desktop }) => {
  let asked = 0;
  const server = createServer((_, reply) => {
    asked += 1;
    reply.setHeader("access-control-allow-origin", "*").end("outside");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const outcome = await desktop.app.evaluate(async ({ BrowserWindow }, address) => {
    // A page without our policy: what is left is the session's own refusal.
    const bare = new BrowserWindow({ show: false });
    await bare.loadURL("data:text/html,<p>bare</p>");
    const heard = await bare.webContents.executeJavaScript(
      `fetch("${address}").then(() => "fetched", () => "refused")`,
    );
    bare.destroy();
    return heard;
  }, `http://127.0.0.1:${port}/`);
  server.close();
  expect(outcome).toBe("refused");
  expect(asked).toBe(0);
});

test("a page may use nothing of the machine but the camera and writing to the clipboard", async ({ desktop }) => {
  const { page } = desktop;
  const refused = {
    microphone: "navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'given', (e) => e.name)",
    both: "navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(() => 'given', (e) => e.name)",
    screen: "navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => 'given', (e) => e.name)",
    place: "new Promise((done) => navigator.geolocation.getCurrentPosition(() => done('given'), () => done('no')))",
    notices: "Notification.requestPermission()",
    reading: "navigator.clipboard.readText().then(() => 'given', (e) => e.name)",
    usb: "navigator.usb.getDevices().then((list) => list.length === 0 ? 'none' : 'given', (e) => e.name)",
  };
  for (const [what, code] of Object.entries(refused)) {
    expect(`${what}: ${await page.evaluate(code)}`).not.toContain("given");
  }
  expect(await page.evaluate(refused.notices)).toBe("denied");
  await desktop.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.focus();
    window?.webContents.focus();
  });
  await page.mouse.click(400, 20);
  const written = "navigator.clipboard.writeText('shelf').then(() => 'written', (error) => error.message)";
  expect(await page.evaluate(written)).toBe("written");
});
