// One frame through every codec, both ways, against the floor of the machine: copying the samples once.
//   npx tsx bench/codecs.ts
// With a folder in which other packages are installed, those beside ours, and how many of 96 frames of 1 to 16 bits,
// one or three samples and odd sizes they give back exactly:
//   npm install --prefix FOLDER @cornerstonejs/codec-charls@1.2.7 @cornerstonejs/codec-openjpeg@1.3.6 \
//     @cornerstonejs/codec-openjph@2.4.11
//   npx tsx bench/codecs.ts FOLDER
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { codecFor } from "../src/pixels/codecs/index.js";
import { openCodecsFromPackage } from "../src/pixels/codecs/load.node.js";
import type { Frame } from "../src/pixels/types.js";
import { madeFrame, oddSizes, pixelFormat } from "../test/support/codec-frames.js";

const syntaxes = [
  ["native", ""],
  ["native, big endian", ".2"],
  ["deflated frame", ".8.1"],
  ["RLE", ".5"],
  ["JPEG lossless", ".4.70"],
  ["JPEG-LS", ".4.80"],
  ["JPEG 2000", ".4.90"],
  ["HTJ2K", ".4.201"],
  ["JPEG XL", ".4.110"],
] as const;

const ct = madeFrame(pixelFormat({ rows: 512, columns: 512, bitsAllocated: 16, bitsStored: 12 }), "waves");
const us = madeFrame(pixelFormat({ rows: 480, columns: 640, samplesPerPixel: 3 }), "waves");

/** Milliseconds of one call: the best of some rounds, since a shared machine only ever adds. */
function milliseconds(call: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    call();
    const first = performance.now() - start;
    const more = Math.max(1, Math.min(50, Math.floor(20 / Math.max(first, 0.01))));
    const from = performance.now();
    for (let i = 0; i < more; i++) call();
    best = Math.min(best, (performance.now() - from) / more);
  }
  return best;
}

type Way = {
  readonly encode: (frame: Frame) => Uint8Array;
  readonly decode: (bytes: Uint8Array, frame: Frame) => unknown;
};

function row(name: string, { encode, decode }: Way): void {
  const cells = [ct, us].flatMap((frame) => {
    try {
      const bytes = encode(frame);
      const ratio = (frame.samples.byteLength / bytes.length).toFixed(1);
      return [
        milliseconds(() => encode(frame)).toFixed(2),
        milliseconds(() => decode(bytes, frame)).toFixed(2),
        ratio,
      ];
    } catch {
      return ["fails", "–", "–"];
    }
  });
  console.log(`| ${[name, ...cells].join(" | ")} |`);
}

/** An Emscripten class of a package: bytes go in and out through views of its memory. */
interface Coder {
  getEncodedBuffer(length?: number): Uint8Array;
  getDecodedBuffer(info?: object): Uint8Array;
  encode(): void;
  decode(): void;
  setNearLossless?(near: number): void;
  setInterleaveMode?(mode: number): void;
  setQuality?(lossless: boolean, quality: number): void;
  setDecompositions?(levels: number): void;
  delete(): void;
}
type Peer = Readonly<Record<string, new () => Coder>>;

function using<T>(coder: Coder, run: (coder: Coder) => T): T {
  try {
    return run(coder);
  } finally {
    coder.delete();
  }
}

function wayOf(peer: Peer, kind: string): Way {
  return {
    encode: ({ format, samples }) =>
      using(new peer[`${kind}Encoder`]!(), (coder) => {
        const {
          rows: height,
          columns: width,
          bitsStored: bitsPerSample,
          samplesPerPixel: componentCount,
        } = format;
        const info = { width, height, bitsPerSample, componentCount, isSigned: false };
        const into = coder.getDecodedBuffer({ ...info, isUsingColorTransform: componentCount > 1 });
        into.set(new Uint8Array(samples.buffer));
        coder.setNearLossless?.(0);
        coder.setInterleaveMode?.(componentCount > 1 ? 2 : 0);
        coder.setQuality?.(true, 0);
        coder.setDecompositions?.(Math.min(5, Math.floor(Math.log2(Math.min(width, height)))));
        coder.encode();
        return coder.getEncodedBuffer().slice();
      }),
    decode: (bytes) =>
      using(new peer[`${kind}Decoder`]!(), (coder) => {
        coder.getEncodedBuffer(bytes.length).set(bytes);
        coder.decode();
        return coder.getDecodedBuffer().slice();
      }),
  };
}

function* exactness(): Generator<Frame> {
  for (const bits of [1, 2, 7, 8, 10, 12, 15, 16]) {
    for (const samplesPerPixel of [1, 3]) {
      for (const [rows, columns] of oddSizes.filter(([rows]) => rows !== 2)) {
        const bitsAllocated = bits > 8 ? 16 : 8;
        yield madeFrame(
          pixelFormat({ rows, columns, samplesPerPixel, bitsAllocated, bitsStored: bits }),
          "noise",
        );
      }
    }
  }
}

/** Each frame has a new instance of the package: a fault in one would break those behind it. */
async function exact(way: () => Promise<Way>): Promise<string> {
  let [good, all] = [0, 0];
  for (const frame of exactness()) {
    all++;
    try {
      const { encode, decode } = await way();
      const bytes = decode(encode(frame), frame) as Uint8Array;
      if (Buffer.from(bytes).equals(Buffer.from(frame.samples.buffer))) good++;
    } catch {
      // Not given back.
    }
  }
  return `${good} of ${all}`;
}

await openCodecsFromPackage();
console.log("| ms | 512×512×16 encode | decode | ratio | 640×480 RGB encode | decode | ratio |");
console.log("|---|---|---|---|---|---|---|");
const copy = (frame: Frame): Uint8Array => new Uint8Array(frame.samples.buffer).slice();
row("copy", { encode: copy, decode: (bytes) => bytes.slice() });
const ours = (end: string): Way => {
  const codec = codecFor(`1.2.840.10008.1.2${end}`)!;
  return {
    encode: (frame) => codec.encode!(frame),
    decode: (bytes, { format }) => codec.decode(bytes, format),
  };
};
for (const [name, end] of syntaxes) row(name, ours(end));

const folder = process.argv[2];
if (folder !== undefined) {
  const require = createRequire(resolve(folder, "package.json"));
  const peers = [
    ["charls", "JpegLS", ".4.80"],
    ["openjpeg", "J2K", ".4.90"],
    ["openjph", "HTJ2K", ".4.201"],
  ] as const;
  for (const [name, kind, end] of peers) {
    const open = async (): Promise<Way> => {
      const quiet = { print: () => {}, printErr: () => {} };
      return wayOf(await require(`@cornerstonejs/codec-${name}/wasmjs`)(quiet), kind);
    };
    row(`@cornerstonejs/codec-${name}`, await open());
    const { encode, decode } = ours(end);
    const bytesOf: Way = {
      encode,
      decode: (bytes, frame) => new Uint8Array((decode(bytes, frame) as Frame).samples.buffer),
    };
    console.log(`given back exactly: ${name} ${await exact(open)}, ours ${await exact(async () => bytesOf)}`);
  }
}
