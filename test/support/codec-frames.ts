import { concatBytes, latin1, randomInt, seededRandom } from "../../src/base/index.js";
import {
  buildFile,
  EXPLICIT_LITTLE,
  encodeElements,
  encodeFileMeta,
  newElements,
  type PlainDataSet,
  padded,
} from "../../src/dicom/index.js";
import type { Frame, PixelFormat } from "../../src/pixels/types.js";

/** A format with the usual high bit; what is not given is one unsigned grey sample of 8 bits. */
export function pixelFormat(given: Partial<PixelFormat> = {}): PixelFormat {
  const samplesPerPixel = given.samplesPerPixel ?? 1;
  const bitsAllocated = given.bitsAllocated ?? 8;
  const bitsStored = given.bitsStored ?? bitsAllocated;
  return {
    rows: 64,
    columns: 61,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit: bitsStored - 1,
    isSigned: false,
    planarConfiguration: 0,
    photometric: samplesPerPixel === 1 ? "MONOCHROME2" : "RGB",
    ...given,
  };
}

/** What a made frame shows: noise in every stored bit, waves with a little noise, or flat areas with edges. */
export const textures = ["noise", "waves", "areas"] as const;
export type Texture = (typeof textures)[number];

/** A number of [0, 1) for the sample. */
function level(texture: Texture, row: number, column: number, sample: number, noise: number): number {
  if (texture === "noise") return noise;
  if (texture === "areas") return (((row >> 4) + (column >> 3) + sample) % 5) / 5;
  return 0.49 + 0.45 * Math.sin(row / 9 + sample) * Math.cos(column / 13) + 0.01 * noise;
}

/** Samples over the whole range of Bits Stored; negative ones with their sign in every bit above (PS3.5 8.1.1). */
export function madeFrame(format: PixelFormat, texture: Texture, seed = 1): Frame {
  const { rows, columns, samplesPerPixel: count, bitsAllocated, bitsStored, isSigned } = format;
  const random = seededRandom(seed);
  const cells = rows * columns * count;
  const samples =
    bitsAllocated === 32
      ? new Uint32Array(cells)
      : bitsAllocated === 16
        ? new Uint16Array(cells)
        : new Uint8Array(cells);
  for (let pixel = 0; pixel < rows * columns; pixel++) {
    for (let sample = 0; sample < count; sample++) {
      const share = level(texture, Math.floor(pixel / columns), pixel % columns, sample, random());
      const value = Math.floor(share * 2 ** bitsStored) - (isSigned ? 2 ** (bitsStored - 1) : 0);
      const at = format.planarConfiguration === 0 ? pixel * count + sample : sample * rows * columns + pixel;
      samples[at] = value;
    }
  }
  return { format, samples };
}

/** Sizes at which codecs go wrong: one pixel, one row, one column, odd, no multiple of a block or a tile. */
export const oddSizes: readonly (readonly [rows: number, columns: number])[] = [
  [1, 1],
  [1, 300],
  [300, 1],
  [2, 3],
  [7, 5],
  [64, 61],
  [517, 389],
];

/** `bytes` with 1 to 8 seeded faults: bits turned, bytes set, runs removed, doubled or cut off. */
export function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed);
  let changed: Uint8Array = bytes.slice();
  const faults = randomInt(random, 1, 8);
  for (let i = 0; i < faults && changed.length > 1; i++) {
    // Half of the faults fall into the first bytes, where headers are.
    const reach = random() < 0.5 ? Math.min(changed.length, 200) : changed.length;
    const at = randomInt(random, 0, reach - 1);
    const length = Math.min(randomInt(random, 1, 40), changed.length - at);
    const kind = randomInt(random, 0, 5);
    if (kind <= 1) changed[at]! ^= 1 << randomInt(random, 0, 7);
    else if (kind === 2) changed[at] = randomInt(random, 0, 255);
    else if (kind === 3) changed.fill(randomInt(random, 0, 1) * 255, at, at + length);
    else if (kind === 4) changed = splice(changed, at, random() < 0.5 ? length : 0, length);
    else changed = changed.slice(0, Math.max(1, random() < 0.5 ? at : changed.length - length));
  }
  return changed;
}

/** Without `remove` bytes at `at`, or with `length` bytes from there twice where none are removed. */
function splice(bytes: Uint8Array, at: number, remove: number, length: number): Uint8Array {
  const again = remove > 0 ? 0 : length;
  const spliced = new Uint8Array(bytes.length - remove + again);
  spliced.set(bytes.subarray(0, at + again));
  spliced.set(bytes.subarray(at + remove), at + again);
  return spliced;
}

const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";

function plainImage(format: PixelFormat): PlainDataSet & { SOPClassUID: string; SOPInstanceUID: string } {
  return {
    SOPClassUID: SECONDARY_CAPTURE,
    SOPInstanceUID: "2.25.1",
    StudyInstanceUID: "2.25.2",
    SeriesInstanceUID: "2.25.3",
    PatientName: "Test^Image",
    PatientID: "T-1",
    Modality: "OT",
    SamplesPerPixel: format.samplesPerPixel,
    PhotometricInterpretation: format.photometric,
    ...(format.samplesPerPixel > 1 ? { PlanarConfiguration: format.planarConfiguration } : {}),
    Rows: format.rows,
    Columns: format.columns,
    BitsAllocated: format.bitsAllocated,
    BitsStored: format.bitsStored,
    HighBit: format.highBit,
    PixelRepresentation: format.isSigned ? 1 : 0,
  };
}

/** A Part 10 file with one native frame, little endian: what an outside encoder reads. */
export function nativeFile({ format, samples }: Frame): Uint8Array {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return buildFile({ ...plainImage(format), PixelData: padded(bytes, "OW") });
}

/** A Part 10 file with one frame as one fragment behind an empty offset table: what an outside decoder reads. */
export function encapsulatedFile(format: PixelFormat, transferSyntax: string, bytes: Uint8Array): Uint8Array {
  const fragment = bytes.length % 2 === 0 ? bytes : concatBytes([bytes, Uint8Array.of(0)]);
  const length = new Uint8Array(Uint32Array.of(fragment.length).buffer);
  return concatBytes([
    encodeFileMeta(SECONDARY_CAPTURE, "2.25.1", transferSyntax),
    encodeElements(newElements(plainImage(format), EXPLICIT_LITTLE), EXPLICIT_LITTLE),
    latin1("\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0"),
    length,
    fragment,
    latin1("\xfe\xff\xdd\xe0\0\0\0\0"),
  ]);
}
