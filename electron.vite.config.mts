import { join } from "node:path";
import { defineConfig } from "electron-vite";
import pages from "./vite.config.mts";

// One bundle each, and nothing external but Electron itself: what is packed needs no node_modules beside it.
// The targets are those of the oldest Electron that runs it, the tests' own (22); newer ones run it as well.
const NODE_TARGET = "node16.17";
const PAGE_TARGET = "chrome108";

export default defineConfig({
  main: {
    build: {
      outDir: "out/main",
      target: NODE_TARGET,
      externalizeDeps: false,
      lib: { entry: join("electron", "main", "index.ts"), formats: ["cjs"] },
      rollupOptions: { output: { entryFileNames: "index.js" } },
    },
  },
  preload: {
    build: {
      outDir: "out/preload",
      target: NODE_TARGET,
      externalizeDeps: false,
      lib: { entry: join("electron", "preload", "index.ts"), formats: ["cjs"] },
      rollupOptions: { output: { entryFileNames: "index.js" } },
    },
  },
  renderer: {
    ...pages,
    build: {
      ...pages.build,
      outDir: "out/renderer",
      target: PAGE_TARGET,
      minify: true,
      rollupOptions: { input: join("renderer", "index.html") },
    },
  },
});
