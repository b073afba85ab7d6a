import { createCanvas } from "@napi-rs/canvas";
import { sceneOf } from "../../scripts/text-finder/dump.js";
import type { Scene } from "../../scripts/text-finder/scenes.js";
import { type Random, seededRandom } from "../../src/base/index.js";
import { padded, TransferSyntax, transferSyntaxInfo } from "../../src/dicom/index.js";
import { codecFor, writtenPhotometric } from "../../src/pixels/codecs/index.js";
import type { Frame, PixelFormat } from "../../src/pixels/types.js";
import { madeFrame, pixelFormat } from "../../test/support/codec-frames.js";
import { encapsulatedFile, nativeFile, nativeValue } from "../../test/support/pixel-files.js";

/** What the frames of a made file hold. */
export type Content = "text" | "none";

/** Grey of 8 and of 12 in 16 bits, and colour. */
export const KINDS: Readonly<Record<string, Partial<PixelFormat>>> = {
  "8-bit grey": {},
  "12-bit grey": { bitsAllocated: 16, bitsStored: 12 },
  colour: { samplesPerPixel: 3 },
};

const NATIVE: readonly string[] = [
  TransferSyntax.ImplicitVRLittleEndian,
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.ExplicitVRBigEndian,
  TransferSyntax.DeflatedExplicitVRLittleEndian,
];
const LOSSLESS = ".5 .8.1 .4.57 .4.70 .4.80 .4.81 .4.90 .4.91 .4.201 .4.202 .4.203 .4.110 .4.112";
/** Transfer syntaxes of made files; JPEG baseline is made in colour only. */
export const SYNTAXES: readonly string[] = [
  ...NATIVE,
  ...LOSSLESS.split(" ").map((end) => `1.2.840.10008.1.2${end}`),
  TransferSyntax.JPEGBaseline8Bit,
];

/** Frames, the first of them with text or none with it. Undefined where the syntax has no such frames. */
export function madeFile(
  syntax: string,
  kind: string,
  content: Content,
  seed: number,
  { size = 256, count = 4 }: { readonly size?: number; readonly count?: number } = {},
): Uint8Array | undefined {
  const format = pixelFormat({ ...KINDS[kind], rows: size, columns: size });
  const random = seededRandom(seed);
  const frames = Array.from({ length: count }, (_, i) =>
    content === "none" || i > 0 ? movedWaves(format, seed, i) : sceneFrame(format, seed + i, random),
  );
  if (syntax === TransferSyntax.JPEGBaseline8Bit)
    return format.samplesPerPixel === 3 ? jpegFile(frames) : undefined;
  if (NATIVE.includes(syntax)) {
    const isBig = syntax === TransferSyntax.ExplicitVRBigEndian;
    const value = nativeValue(
      format,
      frames.map(({ samples }) => samples),
      isBig,
    );
    return nativeFile(
      format,
      frames.length,
      value,
      {},
      syntax,
      format.bitsAllocated === 8 && !isImplicit(syntax) ? "OB" : "OW",
    );
  }
  const encode = codecFor(syntax)?.encode;
  if (encode === undefined) throw new Error(`${syntax} has no encoder`);
  const photometric = writtenPhotometric(syntax, format);
  const streams = frames.map((frame) => encode(frame, photometric));
  return fileOf({ ...format, photometric }, streams, syntax);
}

/** Waves that have gone on in frame `index`: where all stands still, text of one frame looks as if it stayed. */
function movedWaves(format: PixelFormat, seed: number, index: number): Frame {
  const { samples } = madeFrame(format, "waves", seed);
  const by = 29 * index * format.samplesPerPixel;
  const moved = samples.slice();
  moved.set(samples.subarray(by));
  moved.set(samples.subarray(0, by), samples.length - by);
  return { format, samples: moved };
}

const isImplicit = (syntax: string): boolean => transferSyntaxInfo(syntax)?.explicit === false;

function fileOf(format: PixelFormat, streams: readonly Uint8Array[], syntax: string): Uint8Array {
  const even = streams.map((bytes) => padded(bytes, "OB"));
  return encapsulatedFile(format, streams.length, [new Uint8Array(0), ...even], syntax);
}

/** A held-out scene, with text unless another is given, as a frame: grey levels spread over the stored bits, with noise in the lowest. */
export function sceneFrame(
  format: PixelFormat,
  seed: number,
  random: Random,
  { plane, rgb }: Scene = sceneOf("held-out", seed, 2, format.rows, format.columns),
): Frame {
  const { samplesPerPixel, bitsStored } = format;
  if (samplesPerPixel === 3) return { format, samples: rgb ?? threefold(plane.pixels) };
  if (bitsStored === 8) return { format, samples: plane.pixels };
  const step = 2 ** (bitsStored - 8);
  return {
    format,
    samples: Uint16Array.from(plane.pixels, (level) => level * step + Math.floor(random() * step)),
  };
}

function threefold(pixels: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 3 * pixels.length }, (_, at) => pixels[Math.trunc(at / 3)]!);
}

/** Colour frames as JPEG baseline, by an encoder that is not ours. */
export function jpegFile(frames: readonly Frame[], quality = 90): Uint8Array {
  const format: PixelFormat = { ...frames[0]!.format, photometric: "YBR_FULL_422" };
  return fileOf(
    format,
    frames.map((frame) => jpegStream(frame, quality)),
    TransferSyntax.JPEGBaseline8Bit,
  );
}

export function jpegStream({ format, samples }: Frame, quality: number): Uint8Array {
  const canvas = createCanvas(format.columns, format.rows);
  const to = canvas.getContext("2d");
  const image = to.createImageData(format.columns, format.rows);
  image.data.fill(255);
  for (let from = 0, at = 0; from < samples.length; from += 3, at += 4)
    for (let channel = 0; channel < 3; channel++) image.data[at + channel] = samples[from + channel]!;
  to.putImageData(image, 0, 0);
  return canvas.encodeSync("jpeg", quality);
}
