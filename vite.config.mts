import { execFileSync } from "node:child_process";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { licencesOf } from "./scripts/setup/licences.mjs";

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  // Mantine writes its theme variables and computed layouts as style elements and attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** In the built page only: the dev server's refresh preamble is an inline script. */
const contentSecurityPolicy: Plugin = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: CONTENT_SECURITY_POLICY },
      injectTo: "head-prepend",
    },
  ],
};

/** Null where it is built from a copy without history. */
function commit(): string | null {
  try {
    const said = execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return said.toString().trim();
  } catch {
    return null;
  }
}

/** What the About page shows and an installation could not find out: licences of all that is shipped, and the commit. */
const about: Plugin = {
  name: "about",
  apply: "build",
  generateBundle() {
    const licences = licencesOf(import.meta.dirname, this.getModuleIds());
    this.emitFile({ type: "asset", fileName: "licences.json", source: JSON.stringify(licences) });
    this.emitFile({ type: "asset", fileName: "build.json", source: JSON.stringify({ commit: commit() }) });
  },
};

export default defineConfig({
  root: "renderer",
  plugins: [react(), contentSecurityPolicy, about],
  build: {
    outDir: "../dist/renderer",
    emptyOutDir: true,
    // Data URLs would need a wider font-src.
    assetsInlineLimit: 0,
    // React, Mantine and the client stay one file; what a first load weighs is held by e2e/app.spec.ts.
    chunkSizeWarningLimit: 650,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/rpc": "http://127.0.0.1:7860", "/api": "http://127.0.0.1:7860" },
  },
});
