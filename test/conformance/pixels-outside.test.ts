import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { isElpisError } from "../../src/base/index.js";
import {
  type DicomFile,
  Edits,
  joinParts,
  memorySource,
  newElement,
  numbersOf,
  type PlainDataSet,
  ROOT,
  readFile,
  Tags,
  TransferSyntax,
  tagOfKeyword,
  writeFile,
} from "../../src/dicom/index.js";
import { codecFor } from "../../src/pixels/codecs/index.js";
import { openCodecsFromPackage } from "../../src/pixels/codecs/load.node.js";
import { withPlanarConfiguration } from "../../src/pixels/codecs/planes.js";
import { type Frames, framesOf, isNative } from "../../src/pixels/frames.js";
import { displayOf, toRgba } from "../../src/pixels/render.js";
import type { Box, PixelFormat } from "../../src/pixels/types.js";
import { blankedPixels } from "../../src/pixels/write-back.js";
import { madeFrame, pixelFormat } from "../support/codec-frames.js";
import { type CorpusFile, corpusFiles } from "../support/corpus.js";
import { itNeeding, type Need } from "../support/needs.js";
import { encapsulatedFile, nativeFile, nativeValue, opened } from "../support/pixel-files.js";
import { scratchFolder } from "../support/scratch.js";
import { itWithTool, requirement, type ToolName, type ToolPaths } from "../support/tools.js";
import type { FlatReport } from "./pixels-flat-child.js";

beforeAll(openCodecsFromPackage);

const MINUTES = 60_000;

/** A test that needs both the corpus and judges. */
function itWithCorpusAndTool<N extends ToolName>(
  names: readonly N[],
  title: string,
  run: (files: readonly CorpusFile[], paths: ToolPaths<N>) => unknown,
): void {
  const look = (): Need<readonly [readonly CorpusFile[], ToolPaths<N>]> => {
    const need = requirement(names);
    if (need.kind !== "run") return need;
    const files = corpusFiles();
    if (files.length > 0) return { kind: "run", given: [files, need.given] };
    return { kind: "skip", reason: "needs the public corpus in ../shared/corpus or ELPIS_CORPUS" };
  };
  itNeeding(title, look, ([files, paths]) => run(files, paths), 10 * MINUTES);
}

/** The file and its frames; undefined where there are none, or none that can be read. */
function framesAt(path: string): { file: DicomFile; frames: Frames } | undefined {
  try {
    const file = readFile(memorySource(readFileSync(path)));
    const frames = framesOf(file);
    return frames.kind === "frames" ? { file, frames } : undefined;
  } catch (error) {
    if (isElpisError(error)) return undefined;
    throw error;
  }
}

/** A file with boxes of its frames blanked, as `deidentify` would write it but for its attributes. */
function blanked(file: DicomFile, frames: Frames, boxesOf: (frame: number) => readonly Box[]): Uint8Array {
  const pixels = blankedPixels(file, frames, boxesOf);
  const data = new Edits(file.data);
  pixels.apply(data);
  const meta = new Edits(file.meta);
  const isTold = file.meta.find(Tags.TransferSyntaxUID) >= 0;
  if (isTold) meta.set(ROOT, newElement(Tags.TransferSyntaxUID, pixels.transferSyntax));
  return joinParts(writeFile(file, { data, meta }));
}

const sha1 = (pieces: Iterable<Uint8Array>): string => {
  const hash = createHash("sha1");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
};

/** Cells of all frames, little endian, pixel by pixel. */
function* cellsOf(frames: Frames): Generator<Uint8Array> {
  for (let i = 0; i < frames.count; i++) {
    const { samples } = withPlanarConfiguration(frames.frame(i), 0);
    yield new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  }
}

/** Reads paths from stdin and prints for each the SHA-1 of its pixel array's cells, little endian, or "-". */
const PYDICOM = `
import sys, hashlib, warnings, numpy as np, pydicom
warnings.simplefilter("ignore")
for path in sys.stdin.read().splitlines():
    try:
        data = pydicom.dcmread(path, force=True)
        if "TransferSyntaxUID" not in data.file_meta: data.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
        cells = data.pixel_array
        print(hashlib.sha1(np.ascontiguousarray(cells.astype(cells.dtype.newbyteorder("<"))).tobytes()).hexdigest())
    except Exception: print("-")
`;

function pixelArrays(python: string, paths: readonly string[]): readonly string[] {
  const ran = spawnSync(python, ["-c", PYDICOM], { input: paths.join("\n"), encoding: "utf8" });
  return ran.stdout.trimEnd().split("\n");
}

/** pydicom before 3 leaves the bytes of 8-bit words in big endian as they are (PS3.5 7.3). */
function isSwapped({ layout }: Frames): boolean {
  return isNative(layout) && layout.swappedPairs;
}

describe("the corpus", () => {
  itWithCorpusAndTool(["pydicom"], "has the native frames that pydicom finds in it", (files, { pydicom }) => {
    const found = files.flatMap(({ absolute }) => {
      const read = framesAt(absolute);
      return read && isNative(read.frames.layout) && !isSwapped(read.frames) ? [{ absolute, ...read }] : [];
    });
    const theirs = pixelArrays(
      pydicom,
      found.map(({ absolute }) => absolute),
    );
    const ours = found.map(({ frames }) => sha1(cellsOf(frames)));
    const different = found.filter((_, i) => theirs[i] !== "-" && theirs[i] !== ours[i]);
    expect(different.map(({ absolute }) => absolute)).toEqual([]);
    expect(theirs.filter((hash) => hash !== "-").length).toBeGreaterThan(150);
  });

  /** Its codestream claims 14 million tiles. */
  const BROKEN = /JPEG2000-embedded-sequence-delimiter/;

  /** dciodvfy wants YBR_FULL of ultrasound by planes, which JPEG cannot have (PS3.5 8.2.1), and YBR_RCT for RGB. */
  const ULTRASOUND =
    /enumerated value <(?:RGB|0)> .*attribute <(?:Photometric Interpretation|Planar Configuration)>/;

  itWithCorpusAndTool(
    ["dcmdump", "gdcminfo", "dciodvfy", "pydicom"],
    "is read by others after boxes were blanked in it, and dciodvfy finds nothing new",
    (files, { dcmdump, gdcminfo, dciodvfy, pydicom }) => {
      const folder = scratchFolder();
      const seen = new Set<string>();
      const written: { readonly before: string; readonly after: string; readonly hash: string }[] = [];
      for (const { absolute, path, part10 } of files) {
        const read = part10 && !BROKEN.test(path) ? framesAt(absolute) : undefined;
        if (!read) continue;
        const { format, count } = read.frames;
        // One of each kind.
        const kind = `${read.file.transferSyntax} ${JSON.stringify({ ...format, rows: 0, columns: 0 })} ${count > 1}`;
        if (seen.has(kind) || isSwapped(read.frames)) continue;
        seen.add(kind);
        const box = { left: format.columns >> 2, top: format.rows >> 2, width: 9, height: 5 };
        const after = join(folder, path.replaceAll("/", "_"));
        writeFileSync(
          after,
          blanked(read.file, read.frames, (i) => (i % 3 === 1 || count === 1 ? [box] : [])),
        );
        const again = framesAt(after)!;
        written.push({ before: absolute, after, hash: sha1(cellsOf(again.frames)) });
      }
      expect(written.length).toBeGreaterThan(50);
      const fails = (program: string, args: readonly string[]) => spawnSync(program, args).status !== 0;
      const errors = (path: string): string[] => {
        const { stderr } = spawnSync(dciodvfy, [path], { encoding: "latin1" });
        return stderr.split("\n").filter((line) => line.startsWith("Error") && !ULTRASOUND.test(line));
      };
      const dcmftest = join(dirname(dcmdump), "dcmftest");
      const judges = [[dcmdump, "-q"], [dcmftest], [gdcminfo]] as const;
      for (const { before, after } of written) {
        const refusing = judges.filter(([program, ...args]) => {
          return fails(program, [...args, after]) && !fails(program, [...args, before]);
        });
        expect([after, refusing]).toEqual([after, []]);
        const known = new Set(errors(before));
        expect([after, errors(after).filter((error) => !known.has(error))]).toEqual([after, []]);
      }
      // What pydicom decodes without plug-ins: native and RLE.
      const hashes = pixelArrays(
        pydicom,
        written.map(({ after }) => after),
      );
      const plain = written
        .map((one, i) => ({ ...one, theirs: hashes[i] }))
        .filter(({ after }) => {
          const { file } = framesAt(after)!;
          return !/\.1\.2\.(?:4|1\.98|8\.1)/.test(file.transferSyntax.slice("1.2.840.10008".length));
        });
      const different = plain.filter(({ hash, theirs }) => theirs !== "-" && theirs !== hash);
      expect(different.map(({ after }) => after)).toEqual([]);
      expect(plain.filter(({ theirs }) => theirs !== "-").length).toBeGreaterThan(20);
    },
  );
});

/** Samples of a binary PGM or PPM. */
function pnmSamples(path: string): Uint8Array {
  const bytes = readFileSync(path);
  const header = /^P[56]\s(?:#.*\n)?\d+\s+\d+\s+255\s/.exec(bytes.toString("latin1", 0, 200));
  return bytes.subarray(header![0].length);
}

describe("a picture", () => {
  const ramp = (format: PixelFormat): Uint8Array => nativeValue(format, [madeFrame(format, "waves").samples]);
  const twelve = pixelFormat({ bitsAllocated: 16, bitsStored: 12 });
  const signed = { ...twelve, isSigned: true };
  const colour = pixelFormat({ columns: 62, samplesPerPixel: 3 });
  const indexed = pixelFormat({ photometric: "PALETTE COLOR" });
  const table = new Uint8Array(Uint16Array.from({ length: 256 }, (_, i) => (i * 977) & 0xffff).buffer);
  const palette: PlainDataSet = Object.fromEntries(
    [1, 2, 3].flatMap((i) => [
      [`(0028,110${i}) US`, [256, 0, 16]],
      [`(0028,120${i}) OW`, i === 2 ? table.slice().reverse() : table],
    ]),
  ) as PlainDataSet;
  const cases: readonly (readonly [string, PixelFormat, PlainDataSet])[] = [
    ["a window", twelve, { WindowCenter: 1500, WindowWidth: 900 }],
    ["a narrow window", twelve, { WindowCenter: 1500.5, WindowWidth: 1 }],
    ["a sigmoid", twelve, { WindowCenter: 1500, WindowWidth: 900, VOILUTFunction: "SIGMOID" }],
    [
      "a window of MONOCHROME1",
      { ...twelve, photometric: "MONOCHROME1" },
      { WindowCenter: 1500, WindowWidth: 900 },
    ],
    ["a window of signed values", signed, { WindowCenter: -200, WindowWidth: 900 }],
    [
      "a window of rescaled values",
      signed,
      { WindowCenter: 40, WindowWidth: 400, RescaleSlope: 0.5, RescaleIntercept: -100, RescaleType: "HU" },
    ],
    ["a palette", indexed, palette],
    ["RGB", colour, {}],
    ["RGB by planes", { ...colour, planarConfiguration: 1 }, {}],
    ["YBR_FULL", { ...colour, photometric: "YBR_FULL" }, {}],
  ];

  itWithTool("dcmdump", "is the one that dcmtk draws, within a grey level", ({ dcmdump }) => {
    const folder = scratchFolder();
    for (const [name, format, more] of cases) {
      const bytes = nativeFile(format, 1, ramp(format), more);
      const [from, to] = [join(folder, "image.dcm"), join(folder, "image.pnm")];
      writeFileSync(from, bytes);
      const draw = join(dirname(dcmdump), "dcm2pnm");
      const options = more.WindowCenter === undefined ? [] : ["+Wi", "1"];
      const ran = spawnSync(draw, ["--write-raw-pnm", ...options, from, to], { encoding: "utf8" });
      expect([name, ran.status, ran.stderr]).toEqual([name, 0, ""]);
      const file = opened(bytes);
      const frames = framesOf(file) as Frames;
      const rgba = toRgba(frames.frame(0), displayOf(file));
      const theirs = pnmSamples(to);
      const channels = theirs.length / (format.rows * format.columns);
      let most = 0;
      for (let i = 0; i < theirs.length; i++) {
        const at = 4 * Math.floor(i / channels) + (i % channels);
        most = Math.max(most, Math.abs(rgba[at]! - theirs[i]!));
      }
      // dcmtk takes 127.5 of chroma as grey where PS3.3 C.7.6.3.1.2 has 128.
      const allowed = format.photometric === "YBR_FULL" ? 2 : 1;
      expect([name, most <= allowed]).toEqual([name, true]);
    }
  });
});

describe("a cine that is partly blanked", () => {
  const box = { left: 5, top: 6, width: 20, height: 11 };
  const cases = [
    { program: "dcmdrle", syntax: TransferSyntax.RLELossless },
    { program: "dcmdjpeg", syntax: TransferSyntax.JPEGLosslessSV1 },
    { program: "dcmdjpls", syntax: TransferSyntax.JPEGLSLossless },
  ] as const;
  const kinds: readonly Partial<PixelFormat>[] = [
    { bitsAllocated: 8 },
    { bitsAllocated: 16, bitsStored: 12 },
    { bitsAllocated: 8, samplesPerPixel: 3 },
  ];

  itWithTool(
    ["dcmdrle", "dcmdjpeg", "dcmdjpls"],
    "is decoded by dcmtk to the same frames, kept and new ones",
    (paths) => {
      const folder = scratchFolder();
      for (const { program, syntax } of cases) {
        for (const kind of kinds) {
          const format = pixelFormat(kind);
          const fragments = [1, 2, 3, 4].map((seed) => {
            const bytes = codecFor(syntax)!.encode!(madeFrame(format, "waves", seed));
            return bytes.length % 2 === 0 ? bytes : Uint8Array.of(...bytes, 0);
          });
          const file = opened(encapsulatedFile(format, 4, [new Uint8Array(0), ...fragments], syntax));
          const out = blanked(file, framesOf(file) as Frames, (i) => (i === 1 || i === 3 ? [box] : []));
          const [from, to] = [join(folder, "in.dcm"), join(folder, "out.dcm")];
          writeFileSync(from, out);
          const ran = spawnSync(paths[program], [from, to], { encoding: "utf8" });
          expect([syntax, kind, ran.status, ran.stderr]).toEqual([syntax, kind, 0, ""]);
          const theirs = framesAt(to)!.frames;
          expect(isNative(theirs.layout)).toBe(true);
          expect(sha1(cellsOf(theirs))).toBe(sha1(cellsOf(framesOf(opened(out)) as Frames)));
        }
      }
    },
    2 * MINUTES,
  );

  itWithTool(
    ["dcmdjpeg", "dcmdump"],
    "of JPEG baseline is written as JPEG Lossless, with the loss on record",
    ({ dcmdjpeg }) => {
      const folder = scratchFolder();
      const [native, lossy, after] = ["native.dcm", "lossy.dcm", "after.dcm"].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      const format = pixelFormat({ rows: 64, columns: 64, samplesPerPixel: 3 });
      const made = [1, 2, 3].map((seed) => madeFrame(format, "waves", seed).samples);
      writeFileSync(native, nativeFile(format, 3, nativeValue(format, made), {}, undefined, "OB"));
      const compress = spawnSync(join(dirname(dcmdjpeg), "dcmcjpeg"), ["+eb", native, lossy], {
        encoding: "utf8",
      });
      expect([compress.status, compress.stderr]).toEqual([0, ""]);
      const { file, frames } = framesAt(lossy)!;
      const out = blanked(file, frames, (i) => (i === 1 ? [box] : []));
      writeFileSync(after, out);
      const again = opened(out);
      expect(again.transferSyntax).toBe(TransferSyntax.JPEGLosslessSV1);
      const { data } = again;
      const text = (keyword: string): string => data.string(tagOfKeyword(keyword)!);
      expect(text("LossyImageCompression")).toBe("01");
      expect(text("LossyImageCompressionMethod")).toBe("ISO_10918_1");
      expect(Number(text("LossyImageCompressionRatio"))).toBeGreaterThan(1);
      expect(text("PhotometricInterpretation")).toMatch(/^(?:RGB|YBR_FULL)$/);
      const planes = data.find(tagOfKeyword("PlanarConfiguration")!);
      expect(numbersOf(data, planes)).toEqual([0]);
      const before = [...cellsOf(frames)];
      const now = [...cellsOf(framesOf(again) as Frames)];
      expect(Buffer.compare(now[0]!, before[0]!)).toBe(0);
      expect(Buffer.compare(now[2]!, before[2]!)).toBe(0);
      const decoded = spawnSync(dcmdjpeg, [after, native], { encoding: "utf8" });
      expect([decoded.status, decoded.stderr]).toEqual([0, ""]);
    },
  );
});

describe("memory", () => {
  const child = join(dirname(fileURLToPath(import.meta.url)), "pixels-flat-child.ts");
  const measure = (syntax: string, frames: number): FlatReport => {
    const ran = spawnSync(process.execPath, ["--import", "tsx", child, syntax, String(frames)], {
      encoding: "utf8",
    });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return JSON.parse(ran.stdout) as FlatReport;
  };

  it.each([
    ["native", TransferSyntax.ExplicitVRLittleEndian],
    ["RLE", TransferSyntax.RLELossless],
  ])(
    "stays flat over 1,000 frames of 128 KB that are all blanked: %s",
    (_, syntax) => {
      const [few, many] = [measure(syntax, 100), measure(syntax, 1000)];
      expect(many.written).toBeGreaterThan(9 * few.written);
      expect(many.peakMiB).toBeLessThan(few.peakMiB + 50);
    },
    5 * MINUTES,
  );
});
