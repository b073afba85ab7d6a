/**
 * Python's codecs and pydicom as judges of the tables and of real files. They run where python3-pydicom
 * is installed; the files are those of the corpus beside the repository, or at ELPIS_CORPUS.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../base/index.js";
import { parseCharacterSet } from "./index.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const CORPUS = resolve(process.env.ELPIS_CORPUS ?? resolve(ROOT, "../shared/corpus"), "dicom");
const PYTHON = ["python3", "/usr/bin/python3"].find(
  (python) => spawnSync(python, ["-c", "import pydicom"]).status === 0,
);
if (PYTHON === undefined) console.warn("character sets: no judge; apt-get install python3-pydicom");
if (!existsSync(CORPUS)) console.warn(`character sets: no corpus at ${CORPUS}; set ELPIS_CORPUS`);

function python<T>(script: string, ...args: string[]): T {
  const { status, stdout, stderr } = spawnSync(PYTHON!, ["-c", script, ...args], { maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString()) as T;
}

/** Lists [hex, character] for every code of argv[1], a codec, that has one; argv[2] is the shape of its codes. */
const CODES = `
import sys, json
codec, shape = sys.argv[1:]
grid = [bytes([a, b]) for a in range(0x21, 0x7f) for b in range(0x21, 0x7f)]
high = lambda code: bytes(byte | 0x80 for byte in code)
codes = {
  'one': [bytes([b]) for b in range(0x80, 0x100)],
  'jis0208': [b'\\x1b$B' + code + b'\\x1b(B' for code in grid],
  'jis0212': [b'\\x1b$(D' + code + b'\\x1b(B' for code in grid],
  'ksx1001': [b'\\x1b$)C' + high(code) for code in grid],
  'gb2312': [b'\\x1b$)A' + high(code) for code in grid],
  'two': [bytes([a, b]) for a in range(0x81, 0xff) for b in range(0x40, 0xff) if b != 0x7f],
  'four': [bytes([a, b, c, d]) for a in (0x81, 0x84, 0x90, 0xe3) for b in range(0x30, 0x3a) for c in range(0x81, 0xff) for d in range(0x30, 0x3a)],
}[shape]
out = []
for code in codes:
  try: text = (code[4:] if shape in ('ksx1001', 'gb2312') else code).decode(codec)
  except UnicodeDecodeError: continue
  if len(text) == 1: out.append([code.hex(), text])
json.dump(out, sys.stdout)`;

/** The codes on which the tables mean to differ from Python. */
const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  // Later editions, and every browser, have the middle dot and the em dash of Chinese print.
  gb2312: ["1b242941a1a4", "1b242941a1aa"],
  // The web's table takes the full-width tilde, so that ASCII has the only tilde.
  iso2022_jp_2: ["1b24284422371b2842"],
  // Python has the assignments of 2000; those of 2005 and 2022 moved out of the private use area.
  gb18030: [
    "a3a0", "a6d9", "a6da", "a6db", "a6dc", "a6dd", "a6de", "a6df", "a6ec", "a6ed", "a6f3", "a8bc", "fe59", "fe61",
    "fe66", "fe67", "fe6d", "fe7e", "fe90", "fea0", "8135f437", "84318236", "84318237", "84318238", "84318239",
    "84318330", "84318331", "84318332", "84318333", "84318334", "84318335",
    "8431a437", // U+FFFD itself, which stands for what is no character
  ],
}; // biome-ignore format: a table

describe.runIf(PYTHON !== undefined)("against Python's codecs", () => {
  it.each([
    ["ISO_IR 100", "latin_1", "one"],
    ["ISO_IR 101", "iso8859_2", "one"],
    ["ISO_IR 109", "iso8859_3", "one"],
    ["ISO_IR 110", "iso8859_4", "one"],
    ["ISO_IR 126", "iso8859_7", "one"],
    ["ISO_IR 127", "iso8859_6", "one"],
    ["ISO_IR 138", "iso8859_8", "one"],
    ["ISO_IR 144", "iso8859_5", "one"],
    ["ISO_IR 148", "iso8859_9", "one"],
    ["ISO_IR 166", "tis_620", "one"],
    ["ISO_IR 203", "iso8859_15", "one"],
    ["ISO_IR 13", "shift_jis", "one"],
    ["\\ISO 2022 IR 87", "iso2022_jp", "jis0208"],
    ["\\ISO 2022 IR 159", "iso2022_jp_2", "jis0212"],
    ["\\ISO 2022 IR 149", "euc_kr", "ksx1001"],
    ["\\ISO 2022 IR 58", "gb2312", "gb2312"],
    ["GBK", "gbk", "two"],
    ["GB18030", "gb18030", "two"],
    ["GB18030", "gb18030", "four"],
  ])("%s reads and writes every code as %s does", (term, codec, shape) => {
    const set = parseCharacterSet(term.split("\\"));
    const codes = python<[string, string][]>(CODES, codec, shape);
    const known = DIFFERENCES[codec] ?? [];
    const differing: unknown[] = [];
    for (const [hex, character] of codes) {
      const bytes = fromHex(hex);
      const text = set.decode(bytes, "single");
      const written = set.encode(text, "single");
      const isSame = text === character && written !== null && Buffer.from(written).toString("hex") === hex;
      if (!isSame && !known.includes(hex)) differing.push([hex, character, text]);
    }
    expect(codes.length).toBeGreaterThan(45);
    expect(differing).toEqual([]);
  });
});

/** Lists [file, VR, terms, hex, values] of each element of text in the files below argv[1]. */
const TEXTS = `
import sys, os, json, warnings
warnings.simplefilter('ignore')
import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.multival import MultiValue
out = []
def walk(file, dataset, terms):
  declared = dataset.get_item(0x00080005)
  if declared is not None:
    value = declared.value
    terms = value.decode('latin_1').split('\\\\') if isinstance(value, bytes) else [value] if isinstance(value, str) else list(value or [])
  for tag in list(dataset.keys()):
    raw = dataset.get_item(tag)
    try: element = dataset[tag]
    except Exception: continue
    if element.VR == 'SQ':
      for item in element.value: walk(file, item, terms)
    elif element.VR in ('PN', 'LO', 'SH', 'UC', 'LT', 'ST', 'UT') and isinstance(raw, RawDataElement) and raw.value:
      values = element.value if isinstance(element.value, MultiValue) else [element.value]
      out.append([file, element.VR, terms, raw.value.hex(), [str(value) for value in values]])
for folder, _, files in os.walk(sys.argv[1]):
  for file in sorted(files):
    try: walk(file, pydicom.dcmread(os.path.join(folder, file), stop_before_pixels=True), [])
    except Exception: pass
json.dump(out, sys.stdout)`;

type Text = [file: string, vr: string, terms: string[], hex: string, values: string[]];

describe.runIf(PYTHON !== undefined && existsSync(CORPUS))("against pydicom, over the corpus", () => {
  it("reads every text of every file that pydicom reads", () => {
    const texts = python<Text[]>(TEXTS, CORPUS);
    const trim = (value: string) => value.replace(/[ \0=]+$/, "");
    const differing: unknown[] = [];
    for (const [file, vr, terms, hex, values] of texts) {
      const set = parseCharacterSet(terms);
      const bytes = fromHex(hex);
      const isSingle = vr === "LT" || vr === "ST" || vr === "UT";
      const read = isSingle
        ? [set.decode(bytes, "single")]
        : set.splitValues(bytes).map((value) => set.decode(value, vr === "PN" ? "PN" : "text"));
      const isSame =
        read.length === values.length && read.every((value, i) => trim(value) === trim(values[i]!));
      if (!isSame) differing.push([file, vr, terms, hex]);
    }
    expect(texts.filter(([, , , hex]) => /1b|[89a-f]./.test(hex)).length).toBeGreaterThan(14);
    expect(differing).toEqual([]);
  });
});
