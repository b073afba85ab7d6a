import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { itNeeding } from "./needs.js";

/** The repository, where npm scripts run. */
export const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

const folder = join(repository, "../shared/standard");

/** The source tables that scripts/tables.ts reads. */
const files = {
  "table E.1-1": "ps3.15-2026d-table-E.1-1.json",
  "table E.3.10-1": "ps3.15-2026d-table-E.3.10-1.json",
  "PS3.6": "ps3.6-2024d-dictionary.json",
} as const;

/** A test that is handed a source table as parsed JSON; without ../shared/standard it is reported as skipped. */
export function itWithStandard(
  table: keyof typeof files,
  title: string,
  run: (json: never) => unknown,
): void {
  itNeeding(
    title,
    () => {
      const path = join(folder, files[table]);
      if (!existsSync(path)) return { kind: "skip", reason: "needs the source tables in ../shared/standard" };
      return { kind: "run", given: JSON.parse(readFileSync(path, "utf8")) as never };
    },
    run,
  );
}
