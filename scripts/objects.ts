/**
 * Writes the table of docs/objects.md from OBJECT_RULES:
 *   npm run objects                writes the page when it differs
 *   npm run objects -- --check     exits 1 when it is stale
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OBJECT_RULES, type ObjectRule } from "../src/deid/index.js";
import { sopClassName } from "../src/dicom/index.js";

const page = join(dirname(dirname(fileURLToPath(import.meta.url))), "docs/objects.md");
const START = "<!-- from OBJECT_RULES by scripts/objects.ts -->";
const END = "<!-- end of the table -->";

const ACTIONS: Readonly<Record<ObjectRule["action"], string>> = {
  deidentify: "de-identify",
  hold: "hold",
  "pixels-unless-vetted": "de-identify; hold where nobody looks at the pixels",
  "pixels-unless-declared-clean":
    "de-identify; hold where nobody looks at the pixels, unless Burned In Annotation is NO",
};

/** The page with its table made anew. */
export function withTable(text: string): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error("docs/objects.md has no place for its table");
  const rows = OBJECT_RULES.map(({ kind, action, reason }) => `| ${kind} | ${ACTIONS[action]} | ${reason} |`);
  const classes = OBJECT_RULES.map(({ kind, classes }) => {
    const names = classes.map((uid) => sopClassName(`1.2.840.10008.${uid}`) ?? uid);
    return `- **${kind}**: ${names.join("; ")}`;
  });
  const table = ["| Kind of object | What is done | Why |", "|---|---|---|", ...rows].join("\n");
  const body = `${table}\n\n## The classes of each kind\n\n${classes.join("\n")}`;
  return `${text.slice(0, start)}${START}\n\n${body}\n\n${text.slice(end)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(page, "utf8");
  const made = withTable(text);
  if (made !== text && process.argv.includes("--check")) {
    console.error("docs/objects.md is stale: npm run objects");
    process.exitCode = 1;
  } else if (made !== text) writeFileSync(page, made);
}
