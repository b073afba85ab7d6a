import { beforeAll, describe, expect, it } from "vitest";
import { madeFrame, mutated, pixelFormat } from "../../../test/support/codec-frames.js";
import { rounds } from "../../../test/support/soak.js";
import { isElpisError } from "../../base/index.js";
import type { PixelFormat } from "../types.js";
import { codecFor } from "./index.js";
import { openCodecsFromPackage } from "./load.node.js";

beforeAll(openCodecsFromPackage);

const root = "1.2.840.10008.1.2";
const MEGABYTE = 2 ** 20;

const kinds: readonly PixelFormat[] = [
  pixelFormat({ rows: 96, columns: 101 }),
  pixelFormat({ rows: 96, columns: 101, bitsAllocated: 16, bitsStored: 12, isSigned: true }),
  pixelFormat({ rows: 63, columns: 64, samplesPerPixel: 3 }),
];

const syntaxes = [
  ["native", ""],
  ["deflated", ".8.1"],
  ["RLE", ".5"],
  ["JPEG lossless", ".4.70"],
  ["JPEG-LS", ".4.80"],
  ["JPEG 2000", ".4.90"],
  ["HTJ2K", ".4.201"],
  ["JPEG XL", ".4.110"],
] as const;

/** True for a frame with the cells of the format, false for a typed refusal; anything else is thrown. */
function decodes(end: string, bytes: Uint8Array, format: PixelFormat): boolean {
  try {
    const { samples } = codecFor(root + end)!.decode(bytes, format);
    expect(samples.length).toBe(format.rows * format.columns * format.samplesPerPixel);
    return true;
  } catch (error) {
    if (!isElpisError(error, "PIXELS_UNDECODABLE")) throw error;
    return false;
  }
}

describe("broken streams", () => {
  it.each(syntaxes)("give a frame or a typed error, soon and in little memory: %s", (_, end) => {
    const before = process.memoryUsage().rss;
    let slowest = 0;
    for (const [kind, format] of kinds.entries()) {
      const codec = codecFor(root + end)!;
      const frame = madeFrame(format, "waves");
      const whole = codec.encode!(frame);
      for (let seed = 0; seed < rounds(25, 1500); seed++) {
        const start = performance.now();
        decodes(end, mutated(whole, 1000 * kind + seed), format);
        slowest = Math.max(slowest, performance.now() - start);
      }
      expect(codec.decode(whole, format).samples).toEqual(frame.samples);
    }
    expect(slowest).toBeLessThan(2000);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * MEGABYTE);
  });

  it.each(syntaxes)("that end early are refused wherever they end: %s", (_, end) => {
    for (const format of kinds) {
      const whole = codecFor(root + end)!.encode!(madeFrame(format, "noise"));
      const steps = rounds(12, 300);
      for (let i = 0; i < steps; i++) {
        // The last bytes of some streams are padding or an end marker that nobody needs.
        const cut = whole.subarray(0, Math.floor(((whole.length - 4) * i) / steps));
        expect(decodes(end, cut, format), `${cut.length} of ${whole.length}`).toBe(false);
      }
    }
  });

  it.each(syntaxes)("of another size than the data set says are refused: %s", (_, end) => {
    for (const format of kinds) {
      const whole = codecFor(root + end)!.encode!(madeFrame(format, "noise"));
      const others: readonly Partial<PixelFormat>[] = [
        { rows: format.rows + 1 },
        { columns: format.columns - 1, rows: format.rows + 2 },
        { rows: 20000, columns: 30000 },
        { samplesPerPixel: format.samplesPerPixel === 1 ? 3 : 1 },
      ];
      const before = process.memoryUsage().rss;
      for (const other of others) expect(decodes(end, whole, { ...format, ...other })).toBe(false);
      expect(process.memoryUsage().rss - before).toBeLessThan(256 * MEGABYTE);
    }
  });

  it.each(syntaxes.filter(([name]) => name.startsWith("JPEG") || name === "HTJ2K"))(
    "of more bits than are allocated are refused: %s",
    (_, end) => {
      const wide = pixelFormat({ bitsAllocated: 16 });
      const whole = codecFor(root + end)!.encode!(madeFrame(wide, "noise"));
      expect(decodes(end, whole, { ...wide, bitsAllocated: 8, bitsStored: 8, highBit: 7 })).toBe(false);
    },
  );

  it.each(syntaxes)("of nothing, of one byte and of zeros are refused: %s", (_, end) => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0xff), new Uint8Array(100)]) {
      expect(decodes(end, bytes, pixelFormat({ rows: 64, columns: 64 }))).toBe(false);
    }
  });
});
