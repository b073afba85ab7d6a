import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encapsulatedFile, madeFrame, nativeFile, pixelFormat } from "../../../test/support/codec-frames.js";
import { scratchFolder } from "../../../test/support/scratch.js";
import { itWithTool } from "../../../test/support/tools.js";
import { memorySource, readFile } from "../../dicom/index.js";
import { type Frames, framesOf } from "../frames.js";
import type { Frame, PixelFormat } from "../types.js";
import { codecFor, writtenPhotometric } from "./index.js";
import { openCodecsFromPackage } from "./load.node.js";

beforeAll(openCodecsFromPackage);

const root = "1.2.840.10008.1.2";

/** Runs a program over a file; returns the file that it writes, or throws what it says. */
function convert(
  program: string,
  options: readonly string[],
  input: Uint8Array,
  names = ["in.dcm", "out.dcm"],
): Uint8Array {
  const folder = scratchFolder();
  const [from, to] = names.map((name) => join(folder, name)) as [string, string];
  writeFileSync(from, input);
  const isOpj = program.includes("opj_");
  const run = spawnSync(program, isOpj ? [...options, "-i", from, "-o", to] : [...options, from, to], {
    encoding: "latin1",
  });
  if (run.status !== 0) throw new Error(`${program} ${options.join(" ")}: ${run.stderr}${run.stdout}`);
  return readFileSync(to);
}

function framesIn(bytes: Uint8Array): Frames {
  const frames = framesOf(readFile(memorySource(bytes)));
  if (frames.kind === "none") throw new Error(frames.reason);
  return frames;
}

const same = (a: Frame, b: Frame): boolean =>
  Buffer.from(a.samples.buffer).equals(Buffer.from(b.samples.buffer));

/** The largest difference of two samples. */
function furthest(a: Frame, b: Frame): number {
  let most = 0;
  for (let i = 0; i < a.samples.length; i++) most = Math.max(most, Math.abs(a.samples[i]! - b.samples[i]!));
  return a.samples.length === b.samples.length ? most : Number.POSITIVE_INFINITY;
}

/** dcmtk's programs come in one package, so where one is the others are. */
const beside = (program: string, name: string): string => join(dirname(program), name);

const grey8 = pixelFormat({ rows: 61, columns: 67 });
const grey12 = pixelFormat({ rows: 61, columns: 67, bitsAllocated: 16, bitsStored: 12 });
const grey16 = pixelFormat({ rows: 61, columns: 67, bitsAllocated: 16 });
const signed16 = pixelFormat({ rows: 61, columns: 67, bitsAllocated: 16, isSigned: true });
const signed12 = pixelFormat({ rows: 61, columns: 67, bitsAllocated: 16, bitsStored: 12, isSigned: true });
const colour = pixelFormat({ rows: 61, columns: 68, samplesPerPixel: 3 });
const formats = { grey8, grey12, grey16, signed12, signed16, colour };
const selections = [1, 2, 3, 4, 5, 6, 7].map((value) => ["dcmcjpeg", ["+el", "+sv", `${value}`]] as const);

describe("frames that dcmtk has compressed without loss", () => {
  const ways = [
    ["dcmcrle", []],
    ["dcmcjpeg", ["+e1"]],
    ...selections,
    ["dcmcjpls", ["+el"]],
    ["dcmcjpls", ["+el", "+is"]],
    ["dcmcjpls", ["+el", "+in"]],
  ] as const;
  const cases = ways.flatMap(([program, options]) =>
    Object.entries(formats).map(([name, format]) => ({
      program,
      options,
      name,
      format,
      title: `${program} ${options.join(" ")} ${name}`,
    })),
  );
  for (const { program, options, format, title } of cases) {
    itWithTool("dcmdjpeg", `come out as they went in: ${title}`, ({ dcmdjpeg }) => {
      for (const texture of ["noise", "waves"] as const) {
        const frame = madeFrame(format, texture);
        const packed = convert(beside(dcmdjpeg, program), options, nativeFile(frame));
        expect(same(framesIn(packed).frame(0), frame)).toBe(true);
      }
    });
  }
});

describe("frames that dcmtk has compressed with loss", () => {
  const ways: readonly (readonly [string, readonly string[], PixelFormat])[] = [
    ["baseline", ["+eb"], grey8],
    ["extended, 12 bits", ["+ee", "+bt"], grey12],
    ["baseline YCbCr 4:2:2", ["+eb", "+s2"], colour],
    ["baseline YCbCr 4:4:4", ["+eb", "+s4"], colour],
    ["baseline YCbCr 4:1:1", ["+eb", "+n1"], colour],
    ["baseline RGB", ["+eb", "+cr"], colour],
    ["progressive", ["+ep"], grey8],
  ];
  for (const [title, options, format] of ways) {
    itWithTool("dcmdjpeg", `come out as dcmtk decodes them: ${title}`, ({ dcmdjpeg }) => {
      const frame = madeFrame(format, "waves");
      const packed = convert(beside(dcmdjpeg, "dcmcjpeg"), options, nativeFile(frame));
      const header = readFile(memorySource(packed)).transferSyntax;
      const codec = codecFor(header === `${root}.4.55` ? `${root}.4.50` : header)!;
      const ours = framesOf(readFile(memorySource(packed)), () => codec) as Frames;
      const theirs = framesIn(convert(dcmdjpeg, ["+cn"], packed));
      expect(furthest(ours.frame(0), theirs.frame(0))).toBe(0);
      if (format.samplesPerPixel === 3) {
        expect(ours.frame(0).format.photometric).toBe(title.endsWith("RGB") ? "RGB" : "YBR_FULL");
      }
    });
  }

  itWithTool("dcmdjpls", "come out as dcmtk decodes them: JPEG-LS, 2 levels off at most", ({ dcmdjpls }) => {
    for (const format of [grey8, grey12, grey16, colour]) {
      const frame = madeFrame(format, "waves");
      const packed = convert(beside(dcmdjpls, "dcmcjpls"), ["+en"], nativeFile(frame));
      expect(same(framesIn(packed).frame(0), framesIn(convert(dcmdjpls, [], packed)).frame(0))).toBe(true);
      expect(furthest(framesIn(packed).frame(0), frame)).toBeLessThanOrEqual(2);
    }
  });
});

describe("frames compressed here", () => {
  const readers = [
    ["dcmdrle", ".5", formats],
    ["dcmdjpeg", ".4.57", formats],
    ["dcmdjpeg", ".4.70", formats],
    ["dcmdjpls", ".4.80", formats],
    ["dcmdjpls", ".4.81", formats],
    ["gdcmconv", ".5", formats],
    ["gdcmconv", ".4.70", formats],
    ["gdcmconv", ".4.90", formats],
    ["gdcmconv", ".4.91", formats],
  ] as const;
  for (const [program, end, given] of readers) {
    for (const [name, format] of Object.entries(given)) {
      itWithTool(program, `are what ${program} reads: ${end} ${name}`, ({ [program]: path }) => {
        for (const texture of ["noise", "waves", "areas"] as const) {
          const frame = madeFrame(format, texture);
          const packed = encapsulatedFile(format, root + end, codecFor(root + end)!.encode!(frame));
          const options = program === "gdcmconv" ? ["--raw"] : [];
          expect(same(framesIn(convert(path, options, packed)).frame(0), frame)).toBe(true);
        }
      });
    }
  }

  /** The samples of a PNM file, the two bytes of a wide one put in this machine's order. */
  function samplesOfPnm(bytes: Uint8Array, format: PixelFormat): number[] {
    const size = format.bitsStored > 8 ? 2 : 1;
    const body = bytes.subarray(bytes.length - format.rows * format.columns * format.samplesPerPixel * size);
    if (size === 1) return [...body];
    return Array.from({ length: body.length / 2 }, (_, i) => (body[2 * i]! << 8) | body[2 * i + 1]!);
  }

  for (const end of [".4.90", ".4.201", ".4.202", ".4.203"]) {
    for (const [name, format] of Object.entries(formats)) {
      itWithTool(
        "opj_decompress",
        `are what opj_decompress reads: ${end} ${name}`,
        ({ opj_decompress: program }) => {
          for (const texture of ["noise", "waves", "areas"] as const) {
            const frame = madeFrame(format, texture);
            const bytes = codecFor(root + end)!.encode!(frame);
            const suffix = format.samplesPerPixel === 3 ? "ppm" : "pgm";
            const theirs = samplesOfPnm(convert(program, [], bytes, ["in.j2k", `out.${suffix}`]), format);
            // A PNM file has no sign: opj_decompress adds half of the range.
            const half = format.isSigned ? 2 ** (format.bitsStored - 1) : 0;
            const mask = 2 ** format.bitsStored - 1;
            expect(theirs).toEqual(Array.from(frame.samples, (cell) => (cell + half) & mask));
          }
        },
      );
    }
  }

  it("are named after the colour transform that HTJ2K makes, and JPEG 2000 where it was there before", () => {
    expect(writtenPhotometric(`${root}.4.201`, colour)).toBe("YBR_RCT");
    expect(writtenPhotometric(`${root}.4.201`, colour, "RGB")).toBe("RGB");
    expect(writtenPhotometric(`${root}.4.201`, { ...colour, photometric: "YBR_FULL" })).toBe("YBR_FULL");
    expect(writtenPhotometric(`${root}.4.90`, colour)).toBe("RGB");
    expect(writtenPhotometric(`${root}.4.90`, colour, "YBR_RCT")).toBe("YBR_RCT");
    expect(writtenPhotometric(`${root}.4.50`, colour, "YBR_RCT")).toBe("RGB");
    expect(writtenPhotometric(`${root}.4.201`, grey8)).toBe("MONOCHROME2");
  });
});
