import { beforeAll, describe, expect, it } from "vitest";
import { madeFrame, pixelFormat } from "../../../test/support/codec-frames.js";
import type { Frame, PixelFormat } from "../types.js";
import { codecFor, losslessSyntaxFor, writtenPhotometric } from "./index.js";
import { openCodecsFromPackage } from "./load.node.js";
import { withPlanarConfiguration } from "./planes.js";

beforeAll(openCodecsFromPackage);

const root = "1.2.840.10008.1.2";

interface Kind {
  readonly samplesPerPixel: 1 | 3 | 4;
  readonly bitsAllocated: number;
}

/** The bits of each sample, as the columns of the table below have them; of several samples none has 1. */
const bits = [1, 8, 16, 32];
const kinds: readonly Kind[] = [
  ...bits.map((bitsAllocated) => ({ samplesPerPixel: 1, bitsAllocated }) as const),
  ...bits.slice(1).map((bitsAllocated) => ({ samplesPerPixel: 3, bitsAllocated }) as const),
  ...bits.slice(1).map((bitsAllocated) => ({ samplesPerPixel: 4, bitsAllocated }) as const),
];

/** What changed frames of 1, 3 and 4 samples are written in, by bits: "=" the same syntax, "-" none. */
const written: readonly (readonly [name: string, end: string, one: string, three: string, four: string])[] = [
  ["implicit", "", "= = = =", "= = =", "= = ="],
  ["explicit", ".1", "= = = =", "= = =", "= = ="],
  ["encapsulated uncompressed", ".1.98", "= = = =", "= = =", "= = ="],
  ["deflated data set", ".1.99", "= = = =", "= = =", "= = ="],
  ["big endian", ".2", "= = = =", "= = =", "= = ="],
  ["deflated frame", ".8.1", "= = = =", "= = =", "= = ="],
  ["RLE", ".5", "= = = =", "= = =", "= = -"],
  ["JPEG baseline", ".4.50", "- .4.70 .4.70 -", ".4.70 .4.70 -", "- - -"],
  ["JPEG extended", ".4.51", "- .4.70 .4.70 -", ".4.70 .4.70 -", "- - -"],
  ["JPEG lossless", ".4.57", "- = = -", "= = -", "- - -"],
  ["JPEG lossless", ".4.70", "- = = -", "= = -", "- - -"],
  ["JPEG-LS", ".4.80", "- = = -", "= = -", "= = -"],
  ["JPEG-LS, near", ".4.81", "- = = -", "= = -", "= = -"],
  ["JPEG 2000", ".4.90", "= = = -", "= .4.70 -", "- - -"],
  ["JPEG 2000", ".4.91", "= = = -", "= .4.70 -", "- - -"],
  ["JPEG 2000 Part 2", ".4.93", "- - - -", "- - -", "- - -"],
  ["HTJ2K", ".4.201", "= = = -", "= .4.70 -", "= - -"],
  ["HTJ2K RPCL", ".4.202", "= = = -", "= .4.70 -", "= - -"],
  ["HTJ2K", ".4.203", "= = = -", "= .4.70 -", "= - -"],
  ["JPEG XL", ".4.110", "- = = -", "= = -", "- - -"],
  ["JPEG XL of JPEG", ".4.111", "- .4.110 .4.110 -", ".4.110 .4.110 -", "- - -"],
  ["JPEG XL", ".4.112", "- = = -", "= = -", "- - -"],
];

/** Every way in which cells of a kind may be filled. Small: sizes at which codecs go wrong stand in index.test.ts. */
function formatsOf({ samplesPerPixel, bitsAllocated }: Kind): PixelFormat[] {
  const stored = bitsAllocated === 1 ? [1] : [bitsAllocated, bitsAllocated - 1, bitsAllocated / 2];
  const photometric = { 1: "MONOCHROME2", 3: "RGB", 4: "CMYK" }[samplesPerPixel];
  return stored.flatMap((bitsStored) =>
    [false, bitsAllocated > 1].map((isSigned) =>
      pixelFormat({ rows: 9, columns: 7, samplesPerPixel, bitsAllocated, bitsStored, isSigned, photometric }),
    ),
  );
}

/** The frame after it was written in the syntax and read again, as `blankedPixels` does it. */
function rewritten(frame: Frame, syntax: string): Frame {
  const codec = codecFor(syntax)!;
  const photometric = writtenPhotometric(syntax, frame.format);
  const decoded = codec.decode(codec.encode!(frame, photometric), { ...frame.format, photometric });
  return withPlanarConfiguration(decoded, frame.format.planarConfiguration);
}

const cases = written.flatMap(([name, end, ...targets]) =>
  targets
    .join(" ")
    .split(" ")
    .map((target, at) => ({ name, end, target, ...kinds[at]! })),
);

function named(end: string, target: string): string | undefined {
  if (target === "-") return undefined;
  return target === "=" ? end : target;
}

describe("the transfer syntax of a changed instance", () => {
  it("is told of every kind of frame", () => {
    expect(cases).toHaveLength(written.length * kinds.length);
  });

  it.each(cases)(
    "of $name $end, $samplesPerPixel samples of $bitsAllocated bits, is $target, and gives back every cell",
    (given) => {
      for (const format of formatsOf(given)) {
        const syntax = losslessSyntaxFor(root + given.end, format);
        expect(syntax?.slice(root.length)).toBe(named(given.end, given.target));
        if (syntax === undefined) continue;
        for (const texture of ["noise", "areas"] as const) {
          const frame = madeFrame(format, texture, 5);
          expect(rewritten(frame, syntax).samples).toEqual(frame.samples);
        }
      }
    },
  );

  it.each([
    ["JPEG 2000", ".4.90", { rows: 1 }, ".4.70"],
    ["JPEG 2000", ".4.91", { columns: 1, samplesPerPixel: 3 }, ".4.70"],
    ["JPEG 2000", ".4.90", { rows: 1, bitsAllocated: 1 }, undefined],
    ["HTJ2K", ".4.201", { rows: 1 }, ".4.201"],
    ["HTJ2K RPCL", ".4.202", { columns: 1, bitsAllocated: 1 }, ".4.202"],
  ])("of %s %s with %j is %s: one row or column", (_, end, given, target) => {
    const frame = madeFrame(pixelFormat(given), "waves");
    const syntax = losslessSyntaxFor(root + end, frame.format);
    expect(syntax?.slice(root.length)).toBe(target);
    if (syntax !== undefined) expect(rewritten(frame, syntax).samples).toEqual(frame.samples);
  });

  it.each(cases.filter(({ end, target }) => target !== "=" && codecFor(root + end)?.encode !== undefined))(
    "is another only where the encoder refuses: $name $end, $samplesPerPixel samples of $bitsAllocated bits",
    (given) => {
      const photometric = given.samplesPerPixel === 4 ? "CMYK" : "RGB";
      const frame = madeFrame(pixelFormat({ ...given, photometric, rows: 9, columns: 7 }), "noise");
      const refusal = expect.objectContaining({ code: "PIXELS_UNSUPPORTED" });
      expect(() => codecFor(root + given.end)!.encode!(frame)).toThrow(refusal);
    },
  );
});
