import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { ITEM, memorySource, readFile, Tags, type VR } from "../../src/dicom/index.js";

/** An element as a reader gives it: text decoded, numbers and bytes as Latin-1. */
export interface FlatElement {
  readonly vr: string;
  readonly text: string;
}

/** A file as a list of its elements at every depth, by path; made by this project's reader or by pydicom. */
export interface Flat {
  readonly reader: "elpis" | "pydicom";
  readonly elements: ReadonlyMap<string, FlatElement>;
  /** (0002,0003). */
  readonly metaUid: string;
  readonly transferSyntax: string;
  /** MD5 of the value of Pixel Data as it is in the file; "" without. */
  readonly pixels: string;
}

const MOST_BYTES = 1 << 20;
const TEXT = new Set([
  "AE",
  "AS",
  "CS",
  "DA",
  "DS",
  "DT",
  "IS",
  "LO",
  "LT",
  "PN",
  "SH",
  "ST",
  "TM",
  "UC",
  "UI",
  "UR",
  "UT",
]);

/** Reads with this project's own reader. */
export function flatten(bytes: Uint8Array): Flat {
  const file = readFile(memorySource(bytes));
  const { data } = file;
  const { tag, parent, next, count } = data.tokens;
  const elements = new Map<string, FlatElement>();
  const paths: string[] = [];
  let pixels = "";
  for (let token = 0; token < count; token++) {
    const outer = parent[token]! < 0 ? "" : `${paths[parent[token]!]!}.`;
    if (tag[token] === ITEM) {
      paths[token] = `${outer}${itemIndex(parent[token]!, token, next)}`;
      continue;
    }
    const path = outer + tag[token]!.toString(16).toUpperCase().padStart(8, "0");
    paths[token] = path;
    if (tag[token] === Tags.PixelData && parent[token]! < 0) {
      pixels = createHash("md5")
        .update(pixelBytes(bytes, file, token))
        .digest("hex");
      continue;
    }
    const vr: VR | "SQ" | "UN" = data.isSequence(token) ? "SQ" : (data.vrAt(token) ?? "UN");
    const isLong = data.length(token) > MOST_BYTES;
    const text =
      vr === "SQ" || isLong
        ? ""
        : TEXT.has(vr)
          ? data.text(token, vr as VR)
          : Buffer.from(data.bytes(token)).toString("latin1");
    elements.set(path, { vr, text });
  }
  const metaUid = file.meta.string(Tags.MediaStorageSOPInstanceUID);
  return { reader: "elpis", elements, metaUid, transferSyntax: file.transferSyntax, pixels };
}

function itemIndex(sequence: number, item: number, next: ArrayLike<number>): number {
  let index = 0;
  for (let i = sequence + 1; i < item; i = next[i]!) index++;
  return index;
}

function pixelBytes(bytes: Uint8Array, file: ReturnType<typeof readFile>, token: number): Uint8Array {
  const { value, valueEnd } = file.data.tokens;
  return file.deflated ? file.data.bytes(token) : bytes.subarray(value[token]!, valueEnd[token]!);
}

/**
 * All bytes of a file but its pixels, in lower case, read by nobody: what the eye finds in an editor. A deflated
 * data set is inflated by the platform.
 */
export function rawText(bytes: Uint8Array): string {
  const file = readFile(memorySource(bytes));
  const token = file.data.find(Tags.PixelData);
  let text: string;
  if (file.deflated) {
    const whole = inflateRawSync(bytes.subarray(dataSetStart(bytes)));
    text = Buffer.from(bytes.subarray(0, dataSetStart(bytes))).toString("latin1") + whole.toString("latin1");
  } else if (token < 0) text = Buffer.from(bytes).toString("latin1");
  else {
    const { value, valueEnd } = file.data.tokens;
    text =
      Buffer.from(bytes.subarray(0, value[token]!)).toString("latin1") +
      Buffer.from(bytes.subarray(valueEnd[token]!)).toString("latin1");
  }
  return text.toLowerCase();
}

/** Behind file meta information, whose length its first element tells (PS3.10 7.1). */
function dataSetStart(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return 144 + view.getUint32(140, true);
}
