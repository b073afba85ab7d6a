import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { claimsOf, hasTest, unproven } from "./support/claims.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (file: string): string | undefined =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;

describe("docs/claims.md", () => {
  const claims = claimsOf(read("docs/claims.md") ?? "");

  it("names for every claim its limits and a test that exists", () => {
    expect(claims.length).toBeGreaterThan(0);
    expect(unproven(claims, read)).toEqual([]);
  });

  it("makes no claim twice", () => {
    const sentences = claims.map((claim) => claim.sentence);
    expect(sentences).toEqual([...new Set(sentences)]);
  });
});

describe("docs/threat-model.md", () => {
  it("names only tests that exist", () => {
    // Written there as `path/x.test.ts`: "title"
    const named = [...(read("docs/threat-model.md") ?? "").matchAll(/`([^`]+\.test\.ts)`: "([^"]+)"/g)];
    const missing = named.filter(([, file = "", title = ""]) => !hasTest(read(file) ?? "", title));
    expect(named.length).toBeGreaterThan(0);
    expect(missing.map(([reference]) => reference)).toEqual([]);
  });
});

describe("the check of claims", () => {
  const page = [
    "| claim | limits | test file | test title |",
    "|---|---|---|---|",
    "| It holds. | Not on Sundays. | `src/a.test.ts` | holds $name |",
  ].join("\n");
  const source =
    '// it("spoken of only", () => {})\nit.each(x)("holds $name", () => {});\nexpect("a value").x();';

  it("lets a claim pass whose test exists", () => {
    expect(unproven(claimsOf(page), () => source)).toEqual([]);
  });

  it.each([
    ["its file is missing", page, undefined],
    ["its test is missing", page, 'it("holds nothing", () => {});'],
    ["its limits are missing", page.replace("Not on Sundays.", ""), source],
    ["its file is no test", page.replace("a.test.ts", "a.ts"), source],
    ["its title stands in a comment", page.replace("holds $name", "spoken of only"), source],
    ["its title is another string", page.replace("holds $name", "a value"), source],
  ])("catches a claim when %s", (_reason, text, tests) => {
    expect(unproven(claimsOf(text), () => tests)).toHaveLength(1);
  });
});
