import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withTable } from "../../scripts/objects.js";
import { repository } from "../support/standard.js";

it("docs/objects.md shows the rules that the code follows", () => {
  const page = readFileSync(join(repository, "docs/objects.md"), "utf8");
  expect(withTable(page)).toBe(page);
});
