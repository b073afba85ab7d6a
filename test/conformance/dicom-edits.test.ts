import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isElpisError, latin1, pick, type Random, randomInt, seededRandom } from "../../src/base/index.js";
import {
  buildFile,
  type DataSet,
  type DicomFile,
  dictionaryEntry,
  Edits,
  elementOf,
  Flag,
  formatTag,
  ITEM,
  isPrivate,
  joinParts,
  memorySource,
  newElement,
  type PlainDataSet,
  type PlainValue,
  ROOT,
  readFile,
  type Tag,
  TransferSyntax,
  tagOfKeyword,
  writeFile,
} from "../../src/dicom/index.js";
import { corpusFiles } from "../support/corpus.js";
import { itNeeding } from "../support/needs.js";
import { rounds } from "../support/soak.js";
import { requirement } from "../support/tools.js";
import { type JudgedElement, type Judgement, judgements } from "./dicom-pydicom.js";

const scratch = mkdtempSync(join(tmpdir(), "elpis-edits-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const SYNTAXES = [
  TransferSyntax.ImplicitVRLittleEndian,
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.ExplicitVRBigEndian,
  TransferSyntax.DeflatedExplicitVRLittleEndian,
];
const TEXTS = ["StudyDescription", "PatientID", "AccessionNumber", "PatientComments", "SeriesDescription"];
const NUMBERS = [
  "Rows",
  "Columns",
  "RealWorldValueSlope",
  "SelectorATValue",
  "SelectorSLValue",
  "SelectorSVValue",
];
const BYTES = ["PixelData", "EncapsulatedDocument", "ICCProfile"];
const SEQUENCES = ["ReferencedStudySequence", "RequestAttributesSequence", "OtherPatientIDsSequence"];

function randomValue(keyword: string, random: Random, depth: number): PlainValue {
  if (TEXTS.includes(keyword)) return "x".repeat(randomInt(random, 0, 40));
  if (BYTES.includes(keyword))
    return new Uint8Array(2 * randomInt(random, 0, 200)).fill(randomInt(random, 1, 255));
  if (SEQUENCES.includes(keyword)) {
    return Array.from({ length: randomInt(random, 0, 3) }, () => randomDataSet(random, depth + 1));
  }
  return Array.from({ length: randomInt(random, 0, 3) }, () => randomInt(random, 0, 60_000));
}

function randomDataSet(random: Random, depth = 0): PlainDataSet {
  const plain: Record<string, PlainValue> = {};
  const keywords = [...TEXTS, ...NUMBERS, ...BYTES, ...(depth < 5 ? SEQUENCES : [])];
  for (let n = randomInt(random, 0, 8); n > 0; n--) {
    const keyword = pick(random, keywords);
    plain[keyword] = randomValue(keyword, random, depth);
  }
  return plain;
}

const identified = (plain: PlainDataSet) => ({
  ...plain,
  SOPClassUID: "1.2.840.10008.5.1.4.1.1.7",
  SOPInstanceUID: "2.25.3",
});
const isItems = (value: PlainValue | undefined): value is readonly PlainDataSet[] =>
  Array.isArray(value) && typeof value[0] === "object";

/** Edits the data set and the plain object alike, here or in a sequence below; returns the plain object. */
function editBoth(
  edits: Edits,
  file: DicomFile,
  item: number,
  plain: PlainDataSet,
  random: Random,
): PlainDataSet {
  const changed: Record<string, PlainValue> = { ...plain };
  const sequences = Object.entries(plain).filter(([, value]) => isItems(value));
  if (sequences.length > 0 && random() < 0.7) {
    const [keyword, value] = pick(random, sequences);
    const items = [...(value as readonly PlainDataSet[])];
    const which = randomInt(random, 0, items.length - 1);
    const holder = edits.data.items(edits.data.find(tagOfKeyword(keyword)!, item))[which]!;
    items[which] = editBoth(edits, file, holder, items[which]!, random);
    return { ...changed, [keyword]: items };
  }
  const keyword = pick(random, [...TEXTS, ...NUMBERS, ...BYTES, ...SEQUENCES]);
  const tag = tagOfKeyword(keyword)!;
  const token = edits.data.find(tag, item);
  if (token >= 0 && random() < 0.4) {
    edits.remove(token);
    delete changed[keyword];
  } else {
    changed[keyword] = randomValue(keyword, random, 4);
    edits.set(item, newElement(tag, changed[keyword], { encoding: file.encoding }));
  }
  return changed;
}

describe("random data sets", () => {
  it("edited in place are byte for byte what building them anew gives, in every transfer syntax", () => {
    for (let seed = 1; seed <= rounds(400, 20_000); seed++) {
      const random = seededRandom(seed);
      const syntax = pick(random, SYNTAXES);
      let plain: PlainDataSet = identified(randomDataSet(random));
      const built = buildFile(identified(plain), syntax);
      const file = readFile(memorySource(built));
      expect(Buffer.compare(joinParts(writeFile(file)), built)).toBe(0);
      const edits = new Edits(file.data);
      plain = editBoth(edits, file, ROOT, plain, random);
      const inPlace = joinParts(writeFile(file, { data: edits }));
      expect(Buffer.compare(inPlace, buildFile(identified(plain), syntax)), `seed ${seed}`).toBe(0);
    }
  });
});

/** Tags on which the reading of other elements hangs: their VR, their text, or how pixels are taken. */
const HINGES = new Set([
  "SpecificCharacterSet",
  "PixelRepresentation",
  "BitsAllocated",
  "LUTDescriptor",
  "WaveformBitsAllocated",
]);

function mayEdit(data: DataSet, token: number): boolean {
  const tag = data.tagAt(token);
  // Fragments have no place behind a defined length, which is what a replaced value gets.
  if ((data.tokens.flags[token]! & Flag.Encapsulated) !== 0) return false;
  if (tag === ITEM || isPrivate(tag) || elementOf(tag) === 0) return false;
  return !HINGES.has(dictionaryEntry(tag)?.keyword ?? "");
}

/** `path[item]…` of a token, as `flattened` names it. */
function address(data: DataSet, token: number): string {
  const { parent, tag } = data.tokens;
  let name = "";
  for (let i = token; i >= 0; i = parent[i]!) {
    if (tag[i] === ITEM) name = `[${data.items(parent[i]!).indexOf(i)}]${name}`;
    else name = `${formatTag(tag[i] as Tag)}${name}`;
  }
  return name;
}

/** Every element of pydicom's reading by its address, with all that can be told of its value. */
function flattened(elements: readonly JudgedElement[], prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const { tag, vr, length, items, text, digest } of elements) {
    const name = `${prefix}${formatTag(tag as Tag)}`;
    found.set(name, items ? `${items.length} items` : `${vr} ${length} ${text} ${digest}`);
    for (const [i, item] of (items ?? []).entries()) {
      for (const [inner, value] of flattened(item, `${name}[${i}]`)) found.set(inner, value);
    }
  }
  return found;
}

interface Trial {
  readonly before: string;
  readonly after: string;
  readonly removed: string;
  readonly replaced: string;
  readonly inserted: string;
}

/** Removes one element, empties another and inserts a third, somewhere in the file; undefined if it has too few. */
function trial(path: string, random: Random, name: string): Trial | undefined {
  let file: DicomFile;
  try {
    file = readFile(memorySource(readFileSync(path)));
  } catch (error) {
    if (isElpisError(error)) return undefined;
    throw error;
  }
  // The records of a DICOMDIR point to each other by offset (PS3.3 F.3.2.2): no edit keeps them right.
  if (file.isDicomdir) return undefined;
  const { data } = file;
  const all = Array.from({ length: data.tokens.count }, (_, token) => token);
  const choices = all.filter((token) => mayEdit(data, token));
  if (choices.length < 2) return undefined;
  const [removed, replaced] = [pick(random, choices), pick(random, choices)];
  if (address(data, replaced).startsWith(address(data, removed)) || data.isSequence(replaced))
    return undefined;
  const holder = data.tokens.parent[replaced]!;
  const marker = tagOfKeyword("PatientComments")!;
  if (data.find(marker, holder) >= 0) return undefined;
  const edits = new Edits(data);
  edits.remove(removed);
  edits.replace(replaced, data.vrAt(replaced) ?? "UN", new Uint8Array(0));
  edits.set(holder, { tag: marker, vr: "LT", value: latin1("inserted by the test") });
  const after = join(scratch, name);
  writeFileSync(after, joinParts(writeFile(file, { data: edits })));
  const place = address(data, replaced);
  return {
    before: path,
    after,
    removed: address(data, removed),
    replaced: place,
    inserted: `${place.slice(0, -11)}${formatTag(marker)}`,
  };
}

describe("edits of corpus files", () => {
  itNeeding(
    "are all that pydicom sees changed, and dcmdump reads what it read before",
    () => {
      const need = requirement(["pydicom", "dcmdump"]);
      if (need.kind !== "run" || corpusFiles().length > 0) return need;
      return { kind: "skip", reason: "needs the public corpus in ../shared/corpus or ELPIS_CORPUS" };
    },
    ({ pydicom, dcmdump }) => {
      const dump = (path: string) => spawnSync(dcmdump, ["-q", path]).status;
      for (let round = 0; round < rounds(1, 10); round++) {
        const trials = corpusFiles().flatMap(({ absolute }, i) => {
          const done = trial(absolute, seededRandom(round * 10_000 + i), `${i}.dcm`);
          return done ? [done] : [];
        });
        expect(trials.length).toBeGreaterThan(200);
        const paths = trials.flatMap(({ before, after }) => [before, after]);
        const judged = judgements(pydicom, paths);
        for (const [i, done] of trials.entries()) {
          expectOnly(done, judged[2 * i]!, judged[2 * i + 1]!);
          if (i % rounds(6, 1) === 0 && dump(done.before) === 0)
            expect(dump(done.after), done.before).toBe(0);
        }
      }
    },
  );
});

/** The edits of the trial, and nothing else, tell pydicom's readings apart. */
function expectOnly({ before, removed, replaced, inserted }: Trial, old: Judgement, fresh: Judgement): void {
  const expected = flattened(old.data);
  for (const name of [...expected.keys()]) if (name.startsWith(removed)) expected.delete(name);
  const seen = flattened(fresh.data);
  expect(seen.get(replaced), before).toMatch(/^\w\w (0|null) /);
  expect(seen.get(inserted), before).toContain("inserted by the test");
  for (const name of [replaced, inserted]) for (const map of [expected, seen]) map.delete(name);
  expect([...seen].sort(), before).toEqual([...expected].sort());
  expect([...flattened(fresh.meta)], before).toEqual([...flattened(old.meta)]);
}
