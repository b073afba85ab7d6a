import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { foldersOf, importsOf, type Layers, readSources, violations } from "./support/imports.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const below = ["base", "dicom", "text", "compute", "pixels", "faces", "ledger", "deid", "risk"];
const belowGateway = [...below, "governance", "learning", "store"];

/** The table of ARCHITECTURE.md. */
const layers: Layers = {
  rooms: {
    base: [],
    dicom: ["base"],
    text: ["base"],
    compute: ["base"],
    pixels: ["base", "dicom", "text", "compute"],
    faces: ["base", "dicom", "pixels", "compute"],
    ledger: ["base", "dicom", "pixels"],
    deid: ["base", "dicom", "text", "pixels", "faces", "ledger"],
    risk: ["base", "dicom", "text", "pixels", "faces", "compute"],
    governance: ["base", "ledger"],
    learning: ["base", "dicom", "pixels", "compute"],
    store: ["base"],
    gateway: belowGateway,
    cli: [...belowGateway, "gateway"],
  },
  typesOfAll: ["store"],
  browser: ["base", "dicom", "compute", "pixels", "faces"],
  outside: ["store", "gateway", "cli"],
  packages: Object.keys(manifest.dependencies),
};

/** The rows of the table in ARCHITECTURE.md: room, whether it exists now, and what it may import. */
function documentedRooms(): readonly { room: string; now: boolean; imports: readonly string[] }[] {
  const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  return page.split("\n").flatMap((line) => {
    const [, room, now, , imports] = line.split("|").map((cell) => cell.trim());
    if (room === undefined || imports === undefined || (now !== "yes" && now !== "no")) return [];
    return [{ room, now: now === "yes", imports: spelledOut(imports) }];
  });
}

function spelledOut(imports: string): readonly string[] {
  if (imports === "–") return [];
  if (imports === "every room") return [...belowGateway, "gateway"];
  if (imports === "every room but cli") return belowGateway;
  return imports.replace("; types of every room", "").split(", ");
}

describe("the rooms of src", () => {
  it("import only the rooms below them, through one door, and only files that exist", () => {
    const sources = readSources(join(root, "src"));
    expect(sources.size).toBeGreaterThan(0);
    expect(violations(sources, layers)).toEqual([]);
  });

  it("are the rooms of ARCHITECTURE.md, with the same imports", () => {
    const documented = documentedRooms().map(({ room, imports }) => [room, imports]);
    expect(Object.fromEntries(documented)).toEqual(layers.rooms);
  });

  it("stand in ARCHITECTURE.md as rooms that exist now", () => {
    const now = documentedRooms().flatMap(({ room, now }) => (now ? [room] : []));
    expect(now).toEqual(expect.arrayContaining([...foldersOf(join(root, "src"))]));
  });
});

describe("the check of the rooms", () => {
  const innocent: readonly (readonly [string, string])[] = [
    ["base/index.ts", 'export * from "./bytes.js";'],
    ["base/bytes.ts", "export const a = 1;"],
    ["dicom/index.ts", 'export * from "./tag.js";'],
    [
      "dicom/tag.ts",
      'import { a } from "../base/index.js";\n// import from "../deid/index.js"\nexport { a };',
    ],
    [
      "deid/index.ts",
      'import type {\n  A,\n} from "../dicom/index.js";\nimport { createHmac } from "node:crypto";',
    ],
    [
      "deid/a.test.ts",
      'import { readFileSync } from "node:fs";\nimport { tool } from "../../test/support/tools.js";',
    ],
    ["store/index.ts", 'import type { R } from "../deid/index.js";'],
    ["cli/main.ts", 'import { readFile } from "node:fs/promises";\nimport { z } from "zod";'],
    ["pixels/index.ts", ""],
    ["pixels/codecs.node.ts", 'import { readFile } from "node:fs/promises";'],
    ["pixels/node.ts", 'import "./codecs.node.js";'],
    ["cli/tools.ts", 'import { open } from "../pixels/node.js";'],
  ];

  it("lets an innocent tree pass", () => {
    expect(violations(new Map(innocent), layers)).toEqual([]);
  });

  it.each([
    ["base/up.ts", 'import { x } from "../dicom/index.js";', "base may not import dicom"],
    ["dicom/up.ts", 'export * from "../deid/index.js";', "dicom may not import deid"],
    ["text/side.ts", 'const d = await import("../dicom/index.js");', "text may not import dicom"],
    ["dicom/type.ts", 'import type { R } from "../deid/index.js";', "dicom may not import deid"],
    ["store/value.ts", 'import { r } from "../deid/index.js";', "store may not import deid"],
    ["deid/door.ts", 'import { x } from "../dicom/tag.js";', "dicom has one door, dicom/index.js"],
    ["deid/gone.ts", 'import { x } from "./gone-too.js";', "deid/gone-too.ts does not exist"],
    ["deid/ending.ts", 'import { x } from "./index";', "./index does not end in .js"],
    ["deid/out.ts", 'import { x } from "../../bench/a.js";', "../../bench/a.js is outside src"],
    ["deid/help.ts", 'import { t } from "../../test/support/tools.js";', "is outside src"],
    ["deid/test.ts", 'import { t } from "./a.test.js";', "deid/a.test.ts is a test"],
    ["dicom/hash.ts", 'import { createHash } from "node:crypto";', "dicom runs in a browser"],
    ["base/side-effect.ts", 'import "node:fs";', "base runs in a browser"],
    ["deid/file.ts", 'import {\n  readFile,\n} from "node:fs/promises";', "deid is handed bytes and values"],
    ["deid/package.ts", 'import _ from "lodash/get";', "lodash is not a dependency"],
    ["deid/judge.ts", 'import { it } from "vitest";', "vitest is not a dependency"],
    ["pixels/leak.ts", 'import "./codecs.node.js";', "pixels/codecs.node.ts is for Node alone"],
    ["deid/node-door.ts", 'import "../pixels/node.js";', "pixels has one door, pixels/index.js"],
    ["cli/side-door.ts", 'import "../pixels/codecs.node.js";', "pixels has one door, pixels/index.js"],
    ["attic/index.ts", "", "attic/index.ts: is in no room"],
    ["loose.ts", "", "loose.ts: is in no room"],
  ])("catches the violation in %s", (file, source, reason) => {
    const found = violations(new Map([...innocent, [file, source]]), layers);
    expect(found).toEqual([expect.stringContaining(reason)]);
  });

  it("sees every form of import and no word that only looks like one", () => {
    const source = [
      'import a from "./1.js";',
      'export { b } from "./2.js";',
      'import "./3.js";',
      'export type { C } from "./4.js";',
      'type D = import("./5.js").D;',
      ' * import x from "./comment.js";',
      'export const e = Uint8Array.from("latin1");',
    ].join("\n");
    expect(importsOf(source).map((item) => item.specifier)).toEqual([
      "./1.js",
      "./2.js",
      "./3.js",
      "./4.js",
      "./5.js",
    ]);
  });
});
