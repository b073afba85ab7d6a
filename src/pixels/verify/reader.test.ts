import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { drawnFonts, drawWord } from "../../../test/support/drawn.js";
import type { Box, GreyPlane } from "../types.js";
import { openReader, type Reader } from "./reader.js";
import { openReaderFromPackages } from "./reader.node.js";
import { turned } from "./scale.js";

let reader: Reader;
beforeAll(async () => {
  reader = await openReaderFromPackages();
});
afterAll(() => reader.close());

function drawn(text: string, size: number, grey: number, contrast: number): { plane: GreyPlane; box: Box } {
  const plane = { rows: 100, columns: 360, pixels: new Uint8Array(36000).fill(grey) };
  const box = drawWord(plane, text, drawnFonts[0]!, size, 0, { x: 180, y: 50 }, [], contrast)!;
  return { plane, box };
}

const textOf = (words: readonly { readonly text: string }[]): string =>
  words.map(({ text }) => text).join(" ");

describe("the reader", () => {
  it.each([
    ["light on dark", 24, 10, 180],
    ["dark on light", 24, 240, 180],
    ["small", 11, 0, 200],
    ["large", 60, 0, 200],
  ])("reads a line that is %s", (_, size, grey, contrast) => {
    const { plane, box } = drawn("KOWALSKI", size, grey, contrast);
    expect(textOf(reader.read(plane, { box, purpose: "line" }))).toBe("KOWALSKI");
  });

  it("says where a word lies, in pixels of the plane, and how sure it is", () => {
    const { plane, box } = drawn("SMITH", 24, 0, 200);
    const [word] = reader.read(plane);
    expect(word!.text).toBe("SMITH");
    expect(word!.confidence).toBeGreaterThan(0.9);
    for (const key of ["left", "top", "width", "height"] as const) {
      expect(Math.abs(word!.box[key] - box[key])).toBeLessThanOrEqual(3);
    }
  });

  it.each([1, 2, 3])("reads a line turned by %i quarters, and mirrored", (turns) => {
    const { plane } = drawn("KOWALSKI", 24, 0, 200);
    const lying = turned(plane, 4 - turns);
    expect(textOf(reader.read(lying, { purpose: "line", turns, letterHeight: 24 }))).toBe("KOWALSKI");
    const mirrored = turned(plane, 0, true);
    expect(textOf(reader.read(mirrored, { purpose: "line", isMirrored: true, letterHeight: 24 }))).toBe(
      "KOWALSKI",
    );
  });

  it("reads letters by their level over a ground that is black and white", () => {
    const { plane, box } = drawn("PATIENT", 24, 0, 128);
    const halves = plane.pixels.map((value, i) => (value < 30 && (i % 360) % 48 < 24 ? 255 : value));
    const over = { ...plane, pixels: halves };
    const options = { box, purpose: "line", letterHeight: 18 } as const;
    expect(textOf(reader.read(over, options))).not.toBe("PATIENT");
    expect(textOf(reader.read(over, { ...options, level: 128, contrast: 128 }))).toBe("PATIENT");
  });

  it("prints nothing and writes no file", () => {
    const spies = [
      vi.spyOn(process.stdout, "write"),
      vi.spyOn(process.stderr, "write"),
      vi.spyOn(console, "log"),
    ];
    const before = readdirSync(process.cwd());
    reader.read({ rows: 40, columns: 40, pixels: new Uint8Array(1600) });
    reader.read({ rows: 1, columns: 1, pixels: new Uint8Array(1) });
    reader.read(drawn("SMITH", 24, 0, 200).plane);
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    expect(readdirSync(process.cwd())).toEqual(before);
  });

  it("does not grow over 200 reads", () => {
    const { plane, box } = drawn("SMITH 0815", 20, 0, 200);
    for (let i = 0; i < 20; i++) reader.read(plane, { box, purpose: "line" });
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 200; i++) reader.read(plane, { box, purpose: "line" });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  it.each([["WebAssembly", new Uint8Array(8), new Uint8Array(8)]])(
    "refuses bytes that are no %s",
    async (_, wasm, trained) => {
      await expect(openReader(wasm, trained)).rejects.toMatchObject({ code: "PIXELS_UNSUPPORTED" });
    },
  );

  it("works in a worker thread, and leaves the process silent", () => {
    const source = JSON.stringify(new URL("./reader.node.ts", import.meta.url).href);
    const thread = `register();
      const { openReaderFromPackages } = await import(${source});
      const reader = await openReaderFromPackages();
      const words = reader.read({ rows: 40, columns: 40, pixels: new Uint8Array(1600) });
      parentPort.postMessage(words.length);
      reader.close();`;
    // A thread does not inherit a loader
    const code = `import { Worker } from "node:worker_threads";
      const imports = 'import { register } from "' + import.meta.resolve("tsx/esm/api") + '";' +
        'import { parentPort } from "node:worker_threads";';
      const url = new URL("data:text/javascript," + encodeURIComponent(imports + ${JSON.stringify(thread)}));
      new Worker(url).once("message", (count) => process.stdout.write("words: " + count));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("words: 0");
  });
});
