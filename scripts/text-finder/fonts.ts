import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { ElpisError } from "../../src/base/index.js";

export type Split = "train" | "held-out";
export type Script = "latin" | "cyrillic" | "greek" | "chinese" | "japanese" | "korean" | "arabic";
export const SCRIPTS: readonly Script[] = [
  "latin",
  "cyrillic",
  "greek",
  "chinese",
  "japanese",
  "korean",
  "arabic",
];

/** One font file, registered with the drawing library when it is first used. */
export interface FontFile {
  /** The name of the package: "roboto". */
  readonly name: string;
  readonly split: Split;
  readonly script: Script;
  /** The name it is registered under: "roboto-greek-700". */
  readonly family: string;
  /** Code points that its cmap table maps to a glyph. */
  readonly covers: ReadonlySet<number>;
  /** Height of a capital, ideograph or alef in a font of one pixel. */
  readonly capHeight: number;
}

/** Package, its subsets (a file holds one) and its weights. A package belongs to one split alone. */
type Row = readonly [name: string, scripts: string, weights: string];

const TRAIN: readonly Row[] = [
  ["dejavu-sans", "latin", "400 700"],
  ["roboto", "latin cyrillic greek", "300 400 700"],
  ["cousine", "latin cyrillic greek", "400 700"],
  ["tinos", "latin cyrillic greek", "400 700"],
  ["courier-prime", "latin", "400 700"],
  ["oswald", "latin cyrillic", "300 400 600"],
  ["vt323", "latin", "400"],
  ["share-tech-mono", "latin", "400"],
  ["noto-naskh-arabic", "arabic", "400 700"],
  ["zcool-xiaowei", "chinese", "400"],
  ["sawarabi-gothic", "japanese chinese", "400"],
  ["nanum-gothic", "korean", "400 700"],
];

const HELD_OUT: readonly Row[] = [
  ["arimo", "latin cyrillic greek", "400 700"],
  ["open-sans", "latin cyrillic greek", "400 600"],
  ["ubuntu-mono", "latin cyrillic greek", "400 700"],
  ["fira-sans", "latin cyrillic greek", "300 500"],
  ["source-code-pro", "latin cyrillic greek", "400 600"],
  ["silkscreen", "latin", "400"],
  ["press-start-2p", "latin cyrillic greek", "400"],
  ["cairo", "arabic", "400 700"],
  ["kosugi", "japanese chinese", "400"],
  ["gothic-a1", "korean", "400 600"],
  ["ma-shan-zheng", "chinese", "400"],
];

/** The subset of a package whose file holds a script: the CJK ones are also published whole. */
const SUBSET: Readonly<Record<Script, readonly string[]>> = {
  latin: ["latin"],
  cyrillic: ["cyrillic"],
  greek: ["greek"],
  chinese: ["chinese-simplified", "japanese"],
  japanese: ["japanese"],
  korean: ["korean"],
  arabic: ["arabic"],
};

/** What the height of capitals is measured on. */
const REFERENCE: Readonly<Record<Script, string>> = {
  latin: "H",
  cyrillic: "Н",
  greek: "Η",
  chinese: "国",
  japanese: "国",
  korean: "를",
  arabic: "ا",
};

const packages = new URL("../../node_modules/@fontsource/", import.meta.url);
const loaded = new Map<string, FontFile | null>();

/** The files of a split that hold a script, in a fixed order. */
export function fontsOf(split: Split, script: Script): readonly FontFile[] {
  const rows = split === "train" ? TRAIN : HELD_OUT;
  return rows
    .filter(([, scripts]) => scripts.split(" ").includes(script))
    .flatMap(([name, , weights]) => weights.split(" ").map((weight) => load(name, split, script, weight)))
    .filter((file) => file !== null);
}

/** Whether every character of a text has a glyph of its own in the file: else a box would be drawn. */
export function covers(file: FontFile, text: string): boolean {
  for (const letter of text) if (!file.covers.has(letter.codePointAt(0)!)) return false;
  return true;
}

function load(name: string, split: Split, script: Script, weight: string): FontFile | null {
  const key = `${name}-${script}-${weight}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const file = SUBSET[script]
    .map((subset) => open(name, split, script, subset, weight))
    .find((each) => each !== null);
  loaded.set(key, file ?? null);
  return file ?? null;
}

function open(name: string, split: Split, script: Script, subset: string, weight: string): FontFile | null {
  const path = fileURLToPath(new URL(`${name}/files/${name}-${subset}-${weight}-normal.woff`, packages));
  const bytes = readOrNull(path);
  if (bytes === null) return null;
  const family = `${name}-${subset}-${weight}`;
  if (!GlobalFonts.has(family)) GlobalFonts.registerFromPath(path, family);
  const context = createCanvas(8, 8).getContext("2d");
  context.font = `100px "${family}"`;
  const box = context.measureText(REFERENCE[script]);
  const height = box.actualBoundingBoxAscent + (isSquare(script) ? box.actualBoundingBoxDescent : 0);
  return { name, split, script, family, covers: codePointsOf(bytes), capHeight: height / 100 };
}

/** Ideographs and Hangul fill a square and may be stacked. */
export function isSquare(script: Script): boolean {
  return script === "chinese" || script === "japanese" || script === "korean";
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

/** The code points of a WOFF file's cmap table (W3C WOFF 1.0 section 5, OpenType cmap formats 4 and 12). */
export function codePointsOf(woff: Buffer): Set<number> {
  const tables = woff.readUInt16BE(12);
  for (let at = 44; at < 44 + tables * 20; at += 20) {
    if (woff.toString("latin1", at, at + 4) !== "cmap") continue;
    const [offset, packed, length] = [4, 8, 12].map((each) => woff.readUInt32BE(at + each));
    const stored = woff.subarray(offset!, offset! + packed!);
    return readCmap(packed! < length! ? inflateSync(stored) : stored);
  }
  throw new ElpisError("COMPUTE_BAD_SHAPE", "font file without a cmap table");
}

function readCmap(cmap: Buffer): Set<number> {
  const found = new Set<number>();
  const count = cmap.readUInt16BE(2);
  for (let index = 0; index < count; index++) {
    const at = cmap.readUInt32BE(4 + index * 8 + 4);
    const format = cmap.readUInt16BE(at);
    if (format === 4) readSegments(cmap, at, found);
    if (format === 12) readGroups(cmap, at, found);
  }
  return found;
}

function readSegments(cmap: Buffer, at: number, found: Set<number>): void {
  const segments = cmap.readUInt16BE(at + 6) / 2;
  for (let index = 0; index < segments; index++) {
    const end = cmap.readUInt16BE(at + 14 + index * 2);
    const start = cmap.readUInt16BE(at + 16 + segments * 2 + index * 2);
    const delta = cmap.readUInt16BE(at + 16 + segments * 4 + index * 2);
    const rangeAt = at + 16 + segments * 6 + index * 2;
    const range = cmap.readUInt16BE(rangeAt);
    for (let code = start; code <= end && code < 0xffff; code++) {
      const glyph = range === 0 ? code + delta : cmap.readUInt16BE(rangeAt + range + (code - start) * 2);
      if ((glyph & 0xffff) !== 0) found.add(code);
    }
  }
}

function readGroups(cmap: Buffer, at: number, found: Set<number>): void {
  const groups = cmap.readUInt32BE(at + 12);
  for (let index = 0; index < groups; index++) {
    const group = at + 16 + index * 12;
    const end = cmap.readUInt32BE(group + 4);
    for (let code = cmap.readUInt32BE(group); code <= end; code++) found.add(code);
  }
}
