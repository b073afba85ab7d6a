import { readFileSync } from "node:fs";
import { isElpisError, pick, type Random, randomInt } from "../../src/base/index.js";
import {
  type DicomFile,
  Edits,
  ITEM,
  isPrivate,
  isPrivateCreator,
  joinParts,
  makeTag,
  memorySource,
  newElement,
  type PlainValue,
  parseTag,
  ROOT,
  readFile,
  type Tag,
  Tags,
  tagOfKeyword,
  type VR,
  writeFile,
} from "../../src/dicom/index.js";
import {
  type Composed,
  descriptor,
  filled,
  type Half,
  note,
  type Subject,
  subject,
  tokensOf,
} from "./compose.js";
import { HELD_OUT_PHRASES } from "./held-out.js";
import { type Category, da } from "./identifiers.js";
import type { FileKey, PlantedText, PlantedValue } from "./key.js";
import { PHRASES } from "./notes.js";
import { nameTokens, pnOf } from "./people.js";

/** A file of the corpus and where it lies. */
export interface Source {
  readonly path: string;
  readonly absolute: string;
}

const DESCRIPTIONS = `StudyDescription SeriesDescription ProtocolName RequestedProcedureDescription
  PerformedProcedureStepDescription AdmittingDiagnosesDescription ContrastBolusAgent`.split(/\s+/);
const COMMENTS = `ImageComments PatientComments AdditionalPatientHistory AcquisitionComments StudyComments
  RequestedProcedureComments DerivationDescription FrameComments`.split(/\s+/);
const NAMES = "OtherPatientNames ReferringPhysicianName OperatorsName PerformingPhysicianName".split(" ");
const DATES = "StudyDate SeriesDate AcquisitionDate ContentDate".split(" ");
const RETAINED =
  `Rows Columns BitsAllocated BitsStored HighBit PixelRepresentation SamplesPerPixel PhotometricInterpretation
  PixelSpacing SliceThickness ImagePositionPatient ImageOrientationPatient KVP RepetitionTime EchoTime FlipAngle
  RescaleSlope RescaleIntercept WindowCenter WindowWidth Modality ImageType NumberOfFrames ConvolutionKernel
  ScanningSequence SequenceVariant MagneticFieldStrength PatientPosition SpacingBetweenSlices`.split(/\s+/);
const MOST_BYTES = 3 << 20;
const MOST_NESTED = 12;

const hexOf = (tag: number) => tag.toString(16).toUpperCase().padStart(8, "0");
const tagOf = (name: string): Tag => tagOfKeyword(name) ?? parseTag(name);

/** The files of the corpus that can be read, each planted with identifiers of somebody who never lived. */
export function corpusKeys(random: Random, sources: readonly Source[], half: Half): FileKey[] {
  const subjects = Array.from({ length: 40 }, () => subject(random, half, "ascii"));
  const keys: FileKey[] = [];
  for (const source of sources) {
    const bytes = new Uint8Array(readFileSync(source.absolute));
    if (bytes.length > MOST_BYTES) continue;
    const index = randomInt(random, 0, subjects.length - 1);
    try {
      const key = new CorpusFile(
        random,
        source.path,
        bytes,
        subjects[index]!,
        `corpus ${half} ${index}`,
      ).planted();
      if (key) keys.push(key);
    } catch (error) {
      // Conformance files that no reader can read whole are for other tests.
      if (!isElpisError(error)) throw error;
    }
  }
  return keys;
}

/** One file of the corpus, what is planted in it, and the answer key. */
class CorpusFile {
  readonly #random: Random;
  readonly #name: string;
  readonly #file: DicomFile;
  readonly #edits: Edits;
  readonly #of: Subject;
  readonly #patient: string;
  readonly #texts: PlantedText[] = [];
  readonly #values: PlantedValue[] = [];

  constructor(random: Random, name: string, bytes: Uint8Array, of: Subject, patient: string) {
    this.#random = random;
    this.#name = name;
    this.#file = readFile(memorySource(bytes));
    this.#edits = new Edits(this.#file.data);
    this.#of = of;
    this.#patient = patient;
  }

  planted(): FileKey | undefined {
    const { data, isDicomdir } = this.#file;
    if (isDicomdir || data.find(Tags.SOPInstanceUID) < 0) return undefined;
    this.#person();
    this.#descriptors();
    this.#nested();
    this.#privates();
    const bytes = joinParts(writeFile(this.#file, { data: this.#edits }));
    const top = (names: readonly string[]) =>
      names.map(tagOf).filter((tag) => data.find(tag) >= 0 && data.length(data.find(tag)) > 0).map(hexOf); // biome-ignore format: a chain
    return {
      name: `corpus/${this.#name}`,
      bytes,
      subject: this.#of,
      patient: this.#patient,
      texts: this.#texts,
      values: this.#values,
      retained: top(RETAINED),
      characteristics: top(["PatientSex", "PatientWeight", "PatientSize"]),
      dates: [hexOf(Tags.StudyDate), ...top(DATES.slice(1))].filter((path) => this.#isDate(path)),
      mayBeHeld: true,
    };
  }

  /** A date of an examination. A stand-in for one must not come out shifted: it would show the shift of the others. */
  #isDate(path: string): boolean {
    const date = this.#file.data.string(Number.parseInt(path, 16) as Tag);
    return /^\d{8}$/.test(date) && date !== "19000101";
  }

  #set(item: number, tag: Tag, value: PlainValue, vr?: VR): void {
    const { data, encoding } = this.#file;
    const characterSet = data.characterSetOfItem(item);
    this.#edits.set(item, newElement(tag, value, { encoding, characterSet, ...(vr ? { vr } : {}) }));
  }

  #value(
    item: number,
    tag: Tag,
    category: Category,
    text: string,
    options: {
      tokens?: readonly string[];
      vr?: VR;
      mustGo?: boolean;
      keptBy?: NonNullable<PlantedValue["keptBy"]>;
    } = {},
  ): void {
    const { tokens = [text], vr, mustGo = false, keptBy } = options;
    this.#set(item, tag, text, vr);
    const planted = { category, text, tokens, known: true };
    this.#values.push({ path: this.#pathIn(item, tag), planted, mustGo, ...(keptBy ? { keptBy } : {}) });
  }

  /** Path of an element of an item. */
  #pathIn(item: number, tag: Tag): string {
    const { parent, next, tag: tags } = this.#file.data.tokens;
    const steps = [hexOf(tag)];
    for (let at = item; at >= 0; at = parent[at]!) {
      if (tags[at] !== ITEM) steps.unshift(hexOf(tags[at]!));
      else {
        let index = 0;
        for (let i = parent[at]! + 1; i < at; i = next[i]!) index++;
        steps.unshift(String(index));
      }
    }
    return steps.join(".");
  }

  /** Patient, people, place and visit at the top level. */
  #person(): void {
    const of = this.#of;
    const place = { tokens: of.institution.tokens };
    const top = (keyword: string, category: Category, text: string, options = {}) =>
      this.#value(ROOT, tagOf(keyword), category, text, options);
    top("PatientName", "names", pnOf(of.who), { tokens: nameTokens(of.who) });
    top("PatientID", "MRN", of.mrn);
    top("IssuerOfPatientID", "geographic", of.institution.text, place);
    top("PatientBirthDate", "dates", da(of.birth));
    top("PatientAddress", "geographic", of.address.text, { tokens: of.address.tokens });
    top("PatientTelephoneNumbers", "phone", of.phone);
    top("OtherPatientIDs", "SSN", of.ssn);
    top("InsurancePlanIdentification", "health plan", of.plan);
    top("AccessionNumber", "other unique", of.accession);
    top("InstitutionName", "geographic", of.institution.text, {
      ...place,
      keptBy: "retainInstitutionIdentity",
    });
    top("DeviceSerialNumber", "device", of.serial, { keptBy: "retainDeviceIdentity" });
    for (const keyword of NAMES) {
      const who =
        keyword === "OtherPatientNames" ? of.who : keyword === "OperatorsName" ? of.operator : of.doctor;
      top(keyword, "names", pnOf(who), { tokens: nameTokens(who) });
    }
    if (!this.#isDate(hexOf(Tags.StudyDate))) this.#set(ROOT, Tags.StudyDate, da(of.study));
  }

  #text(item: number, tag: Tag, kind: PlantedText["kind"], composed: Composed, vr?: VR): void {
    this.#set(item, tag, composed.text, vr);
    this.#texts.push({ path: this.#pathIn(item, tag), kind, composed });
  }

  /** The file's own descriptions with an identifier added, and descriptions and comments of ours. */
  #descriptors(): void {
    const { data } = this.#file;
    for (const keyword of DESCRIPTIONS) {
      const token = data.find(tagOf(keyword));
      const own = token < 0 ? "" : data.text(token, "LO").trim();
      if (own === "" && this.#random() < 0.5) continue;
      // A description that names somebody is no answer key for what has to stay.
      const fits = /^[ -[\]-~]{1,40}$/.test(own) && !/\bDOB\b|\bfor [A-Z][a-z]/.test(own);
      const composed = fits
        ? this.#carried(own)
        : descriptor(this.#random, this.#of, { max: 64, repertoire: "ascii" });
      this.#text(ROOT, tagOf(keyword), "descriptor", composed);
    }
    for (const keyword of COMMENTS) {
      if (this.#random() < 0.5) continue;
      this.#text(
        ROOT,
        tagOf(keyword),
        "descriptor",
        note(this.#random, this.#of, { max: 1024, repertoire: "ascii" }),
      );
    }
  }

  /** A description of the corpus with a phrase behind it. */
  #carried(own: string): Composed {
    const phrase = pick(this.#random, this.#of.half === "development" ? PHRASES : HELD_OUT_PHRASES);
    const added = filled(this.#random, this.#of, phrase, "ascii");
    if (own.length + added.text.length + 1 > 64)
      return { ...added, text: own, planted: [], keep: tokensOf(own) };
    return { ...added, text: `${own} ${added.text}`, keep: [...tokensOf(own), ...added.keep] };
  }

  /** Items that the file has, at whatever depth: the text of content items, and a comment in others. */
  #nested(): void {
    const { data } = this.#file;
    const { tag, parent, count } = data.tokens;
    const textValues: number[] = [];
    const items: number[] = [];
    for (let token = 0; token < count; token++) {
      if (tag[token] === Tags.TextValue && !this.#namesSomebody(token)) textValues.push(token);
      if (tag[token] === ITEM && parent[token]! >= 0 && data.isSequence(parent[token]!)) items.push(token);
    }
    for (const token of textValues.slice(0, MOST_NESTED)) {
      const composed = note(this.#random, this.#of, { max: 1024, repertoire: "ascii" });
      this.#text(
        parent[token]!,
        Tags.TextValue,
        this.#isContent(token) ? "structured content" : "anywhere",
        composed,
      );
    }
    for (let i = 0; i < MOST_NESTED && items.length > 0; i++) {
      const item = items.splice(randomInt(this.#random, 0, items.length - 1), 1)[0]!;
      const composed = descriptor(this.#random, this.#of, { max: 64, repertoire: "ascii" });
      this.#text(item, tagOf("SeriesDescription"), "anywhere", composed);
      this.#value(item, tagOf("PatientID"), "MRN", this.#of.mrn);
    }
  }

  /** True of a content item that is there to name an observer, a subject or a device: no report stands in it. */
  #namesSomebody(token: number): boolean {
    const { data } = this.#file;
    const concept = data.find(tagOf("ConceptNameCodeSequence"), data.tokens.parent[token]!);
    const [code] = concept < 0 ? [] : data.items(concept);
    return (
      code !== undefined &&
      /observer|subject|person|device|login/i.test(data.string(tagOf("CodeMeaning"), code))
    );
  }

  /** True when only Content Sequences stand above. */
  #isContent(token: number): boolean {
    const { tag, parent } = this.#file.data.tokens;
    for (let at = parent[token]!; at >= 0; at = parent[at]!) {
      if (tag[at] !== ITEM && tag[at] !== Tags.ContentSequence) return false;
    }
    return true;
  }

  /** Private text that the file has, replaced by identifiers; and a block of our own. */
  #privates(): void {
    const { data } = this.#file;
    const { tag, parent, count } = data.tokens;
    const of = this.#of;
    let replaced = 0;
    for (let token = 0; token < count && replaced < MOST_NESTED; token++) {
      const at = tag[token] as Tag;
      const vr = data.vrAt(token);
      if (at === ITEM || !isPrivate(at) || isPrivateCreator(at) || data.length(token) === 0) continue;
      if (vr === undefined || !/^(LO|SH|ST|LT|UT|PN)$/.test(vr)) continue;
      if (vr === "PN")
        this.#value(parent[token]!, at, "names", pnOf(of.who), { tokens: nameTokens(of.who), vr });
      else this.#value(parent[token]!, at, "MRN", of.mrn, { vr });
      replaced++;
    }
    if (data.find(makeTag(0x4eed, 0x0010)) >= 0) return;
    this.#set(ROOT, makeTag(0x4eed, 0x0010), "ELPIS TEST VENDOR", "LO");
    const gone = (element: number, vr: VR, category: Category, text: string, tokens = [text]) =>
      this.#value(ROOT, makeTag(0x4eed, element), category, text, { vr, tokens, mustGo: true });
    gone(0x1001, "LO", "MRN", of.mrn);
    gone(0x1002, "SH", "other unique", of.accession);
    gone(0x1003, "ST", "geographic", of.address.text, [...of.address.tokens]);
    gone(0x1004, "PN", "names", pnOf(of.who), nameTokens(of.who));
  }
}
