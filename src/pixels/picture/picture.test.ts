import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { itWithTool } from "../../../test/support/tools.js";
import { seededRandom } from "../../base/index.js";
import { besideEachOther, GREEN, heatPicture, ORANGE, withBoxes } from "./draw.js";
import { encodePng, type Picture } from "./png.js";

const grey = (rows: number, columns: number, level: number): Picture => ({
  rows,
  columns,
  rgba: new Uint8Array(4 * rows * columns).map((_, i) => (i % 4 === 3 ? 255 : level)),
});
const pixel = ({ columns, rgba }: Picture, x: number, y: number) => [
  ...rgba.subarray(4 * (y * columns + x), 4 * (y * columns + x) + 3),
];

/** The rows of a PNG of ours, by the rules of ISO/IEC 15948 9.2, through zlib. */
function decoded(png: Uint8Array): Buffer {
  const bytes = Buffer.from(png);
  const at = bytes.indexOf("IDAT");
  const lines = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  const [columns, rows] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const pixels = Buffer.alloc(4 * rows * columns);
  for (let row = 0; row < rows; row++) {
    expect(lines[row * (4 * columns + 1)]).toBe(2);
    for (let i = 0; i < 4 * columns; i++) {
      const above = row === 0 ? 0 : pixels[(row - 1) * 4 * columns + i]!;
      pixels[row * 4 * columns + i] = lines[row * (4 * columns + 1) + 1 + i]! + above;
    }
  }
  return pixels;
}

describe("a PNG", () => {
  const random = seededRandom(3);
  const noise: Picture = {
    rows: 5,
    columns: 7,
    rgba: Uint8Array.from({ length: 4 * 35 }, () => 256 * random()),
  };

  it("holds exactly the picture's bytes", () => {
    expect(decoded(encodePng(noise)).equals(Buffer.from(noise.rgba))).toBe(true);
  });

  itWithTool("pil", "has right checksums: python's zlib agrees", ({ pil: python }) => {
    const script =
      "import sys,zlib,struct\nb=open(sys.argv[1],'rb').read();i=8;t=b''\nwhile i<len(b):\n" +
      " n=struct.unpack('>I',b[i:i+4])[0];assert zlib.crc32(b[i+4:i+8+n])==struct.unpack('>I',b[i+8+n:i+12+n])[0];t+=b[i+4:i+8];i+=12+n\nprint(t.decode())";
    const folder = scratchFolder();
    writeFileSync(join(folder, "a.png"), encodePng(noise));
    const judged = spawnSync(python, ["-c", script, join(folder, "a.png")], { encoding: "utf8" });
    expect(judged.stdout.trim()).toBe("IHDRIDATIEND");
  });
});

describe("boxes on a picture", () => {
  const box = { left: 4, top: 4, width: 3, height: 3 };

  it("are outlined around their pixels, which stay as they are, and so does the picture given", () => {
    const before = grey(12, 12, 100);
    const drawn = withBoxes(before, [{ box, outline: { colour: ORANGE, dashed: false } }]);
    expect(pixel(drawn, 3, 3)).toEqual([...ORANGE]);
    expect(pixel(drawn, 2, 2)).toEqual([0, 0, 0]);
    expect(pixel(drawn, 5, 5)).toEqual([100, 100, 100]);
    expect(pixel(before, 3, 3)).toEqual([100, 100, 100]);
  });

  it("may reach over the border", () => {
    const outside = { left: -5, top: 9, width: 40, height: 40 };
    const drawn = withBoxes(grey(12, 12, 9), [{ box: outside, outline: { colour: GREEN, dashed: true } }]);
    expect(drawn.rgba).toHaveLength(4 * 144);
  });
});

describe("a heat map", () => {
  it("is black where no text is, white where it is sure, and ever brighter between", () => {
    const logits = Float32Array.of(-9, -3, 0, 3, 9);
    const picture = heatPicture({ rows: 1, columns: 5, logits }, { rows: 2, columns: 10 }, 2);
    const light = [0, 2, 4, 6, 8].map((x) => {
      const [red, green, blue] = pixel(picture, x, 1);
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    });
    expect(light[0]).toBe(0);
    expect(light[4]).toBeCloseTo(255, 3);
    expect(light).toEqual(light.toSorted((a, b) => a - b));
  });
});

describe("pictures beside each other", () => {
  it("keep their pixels, with a gap between", () => {
    const both = besideEachOther([grey(4, 3, 10), grey(2, 5, 200)]);
    expect([both.rows, both.columns]).toEqual([4, 16]);
    expect(pixel(both, 2, 3)).toEqual([10, 10, 10]);
    expect(pixel(both, 11, 1)).toEqual([200, 200, 200]);
    expect(pixel(both, 12, 3)).toEqual([128, 128, 128]);
  });
});
