import {
  type DicomFile,
  type Edits,
  makeTag,
  newElement,
  type PlainValue,
  ROOT,
  type StreamedValue,
  type Tag,
  Tags,
  TransferSyntax,
  type VR,
} from "../dicom/index.js";
import { binsOf, histogramOf } from "./render-grey.js";
import type { Frame, PixelFormat } from "./types.js";

/** Pixel Data to write, and what the header must say of them. */
export interface PixelsToWrite {
  readonly value: StreamedValue;
  readonly transferSyntax: string;
  editHeader(edits: Edits): void;
}

const PLANAR_CONFIGURATION = makeTag(0x0028, 0x0006);
const [SMALLEST_IMAGE_PIXEL_VALUE, LARGEST_IMAGE_PIXEL_VALUE] = [
  makeTag(0x0028, 0x0106),
  makeTag(0x0028, 0x0107),
];
/** Of series and of plane, the latter retired. */
const WIDER_STATISTICS = [0x0108, 0x0109, 0x0110, 0x0111].map((element) => makeTag(0x0028, element));
const PIXEL_PADDING_VALUE = makeTag(0x0028, 0x0120);
const LOSSY_IMAGE_COMPRESSION = makeTag(0x0028, 0x2110);
const LOSSY_IMAGE_COMPRESSION_RATIO = makeTag(0x0028, 0x2112);
const LOSSY_IMAGE_COMPRESSION_METHOD = makeTag(0x0028, 0x2114);

/** Sets an element at the root in the encoding of the file. */
function setElement(edits: Edits, file: DicomFile, tag: Tag, value: PlainValue, vr?: VR): void {
  edits.set(ROOT, newElement(tag, value, { encoding: file.encoding, ...(vr ? { vr } : {}) }));
}

export function removeElement(edits: Edits, tag: Tag): void {
  const token = edits.data.find(tag);
  if (token >= 0) edits.remove(token);
}

/** Removes what is said of the smallest and largest values: of many frames nobody has counted them. */
export function removeStatistics(edits: Edits): void {
  for (const tag of [SMALLEST_IMAGE_PIXEL_VALUE, LARGEST_IMAGE_PIXEL_VALUE, ...WIDER_STATISTICS])
    removeElement(edits, tag);
}

/**
 * Smallest and Largest Image Pixel Value of a single frame, where the file has them: counted again, or removed where
 * padding may or may not have been counted (PS3.3 C.7.6.3, C.7.5.1.1.2). Those of the series go.
 */
export function setStatistics(edits: Edits, file: DicomFile, frame: Frame): void {
  const { data } = file;
  const { isSigned, samplesPerPixel, bitsAllocated } = frame.format;
  removeStatistics(edits);
  if (samplesPerPixel > 1 || bitsAllocated > 16 || data.find(PIXEL_PADDING_VALUE) >= 0) return;
  const bins = binsOf(frame);
  const { first, last } = histogramOf(bins);
  const vr = isSigned ? "SS" : "US";
  const found = [
    [SMALLEST_IMAGE_PIXEL_VALUE, first],
    [LARGEST_IMAGE_PIXEL_VALUE, last],
  ] as const;
  for (const [tag, place] of found) {
    if (data.find(tag) >= 0) setElement(edits, file, tag, bins.base + bins.step * place, vr);
  }
}

/** The Image Pixel Module follows the frames as they are written, wherever that differs from what it says. */
export function setFormat(edits: Edits, file: DicomFile, was: PixelFormat, is: PixelFormat): void {
  const changes: readonly (readonly [Tag, string | number, string | number])[] = [
    [Tags.PhotometricInterpretation, was.photometric, is.photometric],
    [Tags.BitsAllocated, was.bitsAllocated, is.bitsAllocated],
    [Tags.BitsStored, was.bitsStored, is.bitsStored],
    [Tags.HighBit, was.highBit, is.highBit],
    [Tags.PixelRepresentation, Number(was.isSigned), Number(is.isSigned)],
  ];
  for (const [tag, before, after] of changes) if (before !== after) setElement(edits, file, tag, after);
  // PS3.5 8.2: samples of the JPEG family lie pixel by pixel.
  if (is.samplesPerPixel > 1) setElement(edits, file, PLANAR_CONFIGURATION, is.planarConfiguration);
}

/** Lossy Image Compression Method by transfer syntax (PS3.3 C.7.6.1.1.5.1). */
const LOSSY_METHODS: Readonly<Record<string, string>> = {
  [TransferSyntax.JPEGBaseline8Bit]: "ISO_10918_1",
  [TransferSyntax.JPEGExtended12Bit]: "ISO_10918_1",
  [TransferSyntax.JPEGLSNearLossless]: "ISO_14495_1",
  [TransferSyntax.JPEG2000]: "ISO_15444_1",
  [TransferSyntax.HTJ2K]: "ISO_15444_15",
  [TransferSyntax.JPEGXL]: "ISO_18181_1",
};

/** In which nothing can be without loss. */
const ALWAYS_LOSSY = new Set<string>([TransferSyntax.JPEGBaseline8Bit, TransferSyntax.JPEGExtended12Bit]);

/**
 * PS3.3 C.7.6.1.1.5: what was once compressed with loss says so for ever, also in a lossless transfer syntax. What
 * the file says of it stays; what it omits is added, as if there had been loss, since nobody can tell any more.
 */
export function keepLossyHistory(edits: Edits, file: DicomFile, ratio: number): void {
  const { data, transferSyntax } = file;
  const method = LOSSY_METHODS[transferSyntax];
  const declared = data.string(LOSSY_IMAGE_COMPRESSION);
  if (method === undefined || (declared === "00" && !ALWAYS_LOSSY.has(transferSyntax))) return;
  if (declared !== "01") setElement(edits, file, LOSSY_IMAGE_COMPRESSION, "01");
  if (data.string(LOSSY_IMAGE_COMPRESSION_RATIO) === "")
    setElement(edits, file, LOSSY_IMAGE_COMPRESSION_RATIO, ratio.toFixed(2));
  if (data.string(LOSSY_IMAGE_COMPRESSION_METHOD) === "")
    setElement(edits, file, LOSSY_IMAGE_COMPRESSION_METHOD, method);
}
