import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { foldersOf } from "./support/imports.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json")) as {
  files: string[];
  exports: Record<string, string>;
};
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => `src/${name}`);

describe("the package", () => {
  it("carries every page that a message of the program names", () => {
    const named = sources
      .flatMap((path) => [...read(path).matchAll(/docs\/[\w/-]+\.md/g)])
      .map(([page]) => page);
    expect(named).toContain("docs/guides/held.md");
    expect(named.filter((page) => !existsSync(join(root, page)))).toEqual([]);
    expect(manifest.files).toContain("docs");
  });

  it("lists no file that is not there", () => {
    const built = (path: string) => path.replace(/^dist\b/, "src");
    expect(manifest.files.filter((path) => !existsSync(join(root, built(path))))).toEqual([]);
  });

  it("opens the doors of every room but the command line, and one to its own package.json", () => {
    const rooms = foldersOf(join(root, "src")).filter((room) => room !== "cli");
    const second = rooms.filter((room) => existsSync(join(root, `src/${room}/node.ts`)));
    expect(manifest.exports).toEqual({
      "./package.json": "./package.json",
      ...Object.fromEntries(rooms.map((room) => [`./${room}`, `./dist/${room}/index.js`])),
      ...Object.fromEntries(second.map((room) => [`./${room}/node`, `./dist/${room}/node.js`])),
    });
  });

  it("carries the sources in its source maps, which else would lead nowhere", () => {
    const { compilerOptions } = JSON.parse(read("tsconfig.build.json"));
    expect(compilerOptions).toMatchObject({ sourceMap: true, inlineSources: true });
  });
});
