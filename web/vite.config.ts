/// <reference types="vitest/config" />
import { defineConfig } from "vite";

// Builds the three pages into dist/, which the server embeds whole.
// It knows the entries and the proxy for development, nothing of what a page does.
const server = process.env["YIMA_SERVER"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  appType: "mpa",
  build: {
    target: ["es2022", "chrome102", "safari15.4", "firefox115"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.build.json",
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      // Libraries for React servers mark their files "use client"; a page bundle has no use for the mark.
      onwarn: (warning, warn) => { if (warning.code !== "MODULE_LEVEL_DIRECTIVE" && warning.code !== "INEFFECTIVE_DYNAMIC_IMPORT") warn(warning); },
      input: { resident: "index.html", check: "check/index.html", console: "console/index.html" },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  server: { port: 5173, proxy: { "/api": server, "/healthz": server } },
  preview: { proxy: { "/api": server } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
