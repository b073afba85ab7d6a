import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

it("the guide explains every reason for which a file is held, and no other", () => {
  const types = readFileSync(join(root, "src/deid/types.ts"), "utf8");
  const [, union = ""] = /export type HeldCode =(.*?);\n\n/s.exec(types) ?? [];
  const codes = [...union.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map(([, code]) => code);
  const guide = readFileSync(join(root, "docs/guides/held.md"), "utf8");
  const explained = [...guide.matchAll(/^## ([A-Z_]+)$/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(explained).toEqual(codes);
  const listed = [...guide.matchAll(/^\| \[`([A-Z_]+)`\]\(#([a-z_]+)\)/gm)].map(([, code, anchor]) => [
    code,
    anchor,
  ]);
  expect(listed).toEqual(codes.map((code) => [code, code!.toLowerCase()]));
});
