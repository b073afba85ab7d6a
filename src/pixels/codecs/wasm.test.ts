import { createRequire } from "node:module";
import { describe, expect, it, vi } from "vitest";
import { madeFrame, pixelFormat } from "../../../test/support/codec-frames.js";
import { rounds } from "../../../test/support/soak.js";
import { codecFor } from "./index.js";
import { openCodecsFromPackage } from "./load.node.js";

const root = "1.2.840.10008.1.2";
const compressed = [".4.70", ".4.80", ".4.90", ".4.201", ".4.110"] as const;
const format = pixelFormat({ rows: 256, columns: 256, bitsAllocated: 16, bitsStored: 12 });
const frame = madeFrame(format, "waves");

/** Offset of a marker in the main header. */
const markerAt = (bytes: Uint8Array, code: number): number =>
  bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === code);

/**
 * A stream that passes the look at its header and that the codec refuses: with faults in its data, or, since those
 * are no faults in JPEG 2000, with code-blocks of a size that does not exist (COD, ISO/IEC 15444-1 A.6.1) or with
 * quantisation that is not of HTJ2K (QCD, A.6.4).
 */
function refused(end: string, whole: Uint8Array): Uint8Array {
  const broken = whole.slice();
  if (end === ".4.90") broken[markerAt(broken, 0x52) + 10] = 15;
  else if (end === ".4.201") broken[markerAt(broken, 0x5c) + 4] = 0x21;
  else broken.fill(0xff, broken.length >> 1, (broken.length >> 1) + 2000);
  return broken;
}

describe("the compiled codecs", () => {
  it("say what to do when they are used before they are opened", () => {
    expect(() => codecFor(`${root}.4.70`)!.encode!(frame)).toThrow(
      expect.objectContaining({ code: "PIXELS_UNSUPPORTED", message: expect.stringContaining("openCodecs") }),
    );
    expect(codecFor(`${root}.5`)!.decode(codecFor(`${root}.5`)!.encode!(frame), format).samples).toEqual(
      frame.samples,
    );
  });

  it("write nothing to the console or the standard streams", async () => {
    await openCodecsFromPackage();
    const spies = [
      ...(["log", "info", "warn", "error", "debug"] as const).map((name) => vi.spyOn(console, name)),
      vi.spyOn(process.stdout, "write"),
      vi.spyOn(process.stderr, "write"),
    ];
    for (const end of compressed) {
      const codec = codecFor(root + end)!;
      const bytes = codec.encode!(frame);
      codec.decode(bytes, format);
      expect(() => codec.decode(bytes.subarray(0, bytes.length >> 1), format)).toThrow();
    }
    const calls = spies.map((spy) => spy.mock.calls.length);
    for (const spy of spies) spy.mockRestore();
    expect(calls).toEqual(spies.map(() => 0));
  });

  it("come without the JavaScript of their package", async () => {
    await openCodecsFromPackage();
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    expect(loaded.filter((path) => /dcmjs/.test(path))).toEqual([]);
  });

  it.each(compressed)("work again at once after a stream that they refuse: %s", async (end) => {
    await openCodecsFromPackage();
    const codec = codecFor(root + end)!;
    const whole = codec.encode!(frame);
    for (let i = 0; i < 5; i++) {
      expect(() => codec.decode(refused(end, whole), format)).toThrow(
        expect.objectContaining({ code: "PIXELS_UNDECODABLE" }),
      );
      expect(codec.decode(whole, format).samples).toEqual(frame.samples);
    }
  });

  it.each(compressed)("hold no more memory after many frames than after a few: %s", async (end) => {
    await openCodecsFromPackage();
    const codec = codecFor(root + end)!;
    const whole = codec.encode!(frame);
    const run = (count: number): number => {
      for (let i = 0; i < count; i++) codec.decode(whole, format);
      return process.memoryUsage().rss;
    };
    const before = run(10);
    const frames = end === ".4.110" ? rounds(50, 1000) : rounds(150, 1000);
    expect(run(frames) - before).toBeLessThan(64 * 2 ** 20);
  });
});
