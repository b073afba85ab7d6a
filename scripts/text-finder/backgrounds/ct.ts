import { type Generator, greyPicture } from "./generator.js";
import { addGrain, fractal, ramp, ranged } from "./texture.js";

interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly turn: number;
  readonly level: number;
}

/** A transverse slice: body on a table, fat, organs, ribs, vertebra, lung or bowel gas, streaks and noise. */
export const ct: Generator = {
  name: "ct",
  weight: 1.3,
  make(random, size, heldOut) {
    const plane = new Float32Array(size * size);
    const warp = fractal(size, random, 64, 0.55, 8);
    const fine = fractal(size, random, heldOut ? 12 : 20, 0.7, 2);
    const body = [
      ranged(random, heldOut, [0.34, 0.44], [0.3, 0.47]),
      ranged(random, heldOut, [0.24, 0.34], [0.27, 0.4]),
    ] as const;
    const fat = ranged(random, heldOut, [0.84, 0.93], [0.78, 0.95]);
    const lungs = random() < 0.5;
    const soft = ranged(random, heldOut, [95, 150], [80, 170]);
    const organs = organsOf(random, heldOut ? 9 : 6, soft);
    const ribs = Math.round(ranged(random, heldOut, [12, 20], [9, 26]));
    const [lungLevel, fatLevel] = [10 + random() * 25, soft * 0.45];
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const x = column / size - 0.5 + warp[at]! * 0.012;
        const y = row / size - 0.5 + warp[size * size - 1 - at]! * 0.012;
        const reach = Math.hypot(x / body[0], y / body[1]);
        let value = reach > 1 ? 3 : reach > fat ? fatLevel : soft * 0.85;
        if (reach < fat * 0.97) value = inside(value, x, y, organs);
        if (lungs && lungAt(x, y, body)) value = lungLevel + 60 * ramp(fine[at]!, 0.75, 1.4);
        const around = Math.atan2(y, x);
        if (Math.abs(reach - fat * 0.93) < 0.025 && Math.cos(around * ribs) > 0.35) value = 225;
        value = vertebra(value, x, y, body[1], fine[at]!);
        if (reach < 1) value += fine[at]! * 6;
        plane[at] = value;
      }
    }
    addTable(plane, size, body[1], heldOut);
    if (random() < 0.4) addStreaks(plane, size, random, heldOut);
    addGrain(plane, random, ranged(random, heldOut, [2, 11], [4, 15]));
    return greyPicture(size, plane);
  },
};

function organsOf(random: () => number, count: number, soft: number): Ellipse[] {
  return Array.from({ length: count }, () => ({
    x: (random() - 0.5) * 0.5,
    y: (random() - 0.5) * 0.34,
    width: 0.03 + random() * 0.14,
    height: 0.025 + random() * 0.1,
    turn: random() * Math.PI,
    level: random() < 0.2 ? 8 : soft * (0.75 + random() * 0.75),
  }));
}

function inside(value: number, x: number, y: number, organs: readonly Ellipse[]): number {
  let level = value;
  for (const organ of organs) {
    const [dx, dy] = [x - organ.x, y - organ.y];
    const u = (dx * Math.cos(organ.turn) + dy * Math.sin(organ.turn)) / organ.width;
    const v = (dy * Math.cos(organ.turn) - dx * Math.sin(organ.turn)) / organ.height;
    if (u * u + v * v < 1) level = organ.level;
  }
  return level;
}

function lungAt(x: number, y: number, body: readonly [number, number]): boolean {
  const u = (Math.abs(x) - body[0] * 0.47) / (body[0] * 0.34);
  const v = (y + body[1] * 0.05) / (body[1] * 0.66);
  return u * u + v * v < 1;
}

function vertebra(value: number, x: number, y: number, depth: number, fine: number): number {
  const from = y - depth * 0.55;
  const rim = Math.hypot(x / 0.06, from / 0.05);
  if (rim < 1) return rim > 0.8 ? 235 : 165 + fine * 25;
  const canal = Math.hypot(x / 0.026, (from - 0.075) / 0.024);
  if (canal < 1) return 110;
  if (canal < 1.7) return 220;
  const process = Math.abs(x) < 0.013 && from > 0.09 && from < 0.17;
  const wing = Math.abs(from - 0.05) < 0.012 && Math.abs(x) < 0.12;
  return process || wing ? 215 : value;
}

function addTable(plane: Float32Array, size: number, depth: number, heldOut: boolean): void {
  for (let column = 0; column < size; column++) {
    const x = column / size - 0.5;
    const y = 0.5 + depth * 1.02 - (heldOut ? 0.12 : 0.5) * x * x + 0.01;
    for (const shift of [0, 0.05]) {
      const row = Math.round((y + shift) * size);
      for (let thick = 0; thick < 2; thick++) {
        const at = (row + thick) * size + column;
        if (row + thick < size && plane[at]! < 80) plane[at] = 95;
      }
    }
  }
}

/** Bright and dark rays from metal. */
function addStreaks(plane: Float32Array, size: number, random: () => number, heldOut: boolean): void {
  const [x, y] = [size * (0.3 + 0.4 * random()), size * (0.3 + 0.4 * random())];
  const rays = heldOut ? 14 : 9;
  const phase = random() * 6;
  const gain = 12 + random() * 26;
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      const [dx, dy] = [column - x, row - y];
      const away = Math.hypot(dx, dy);
      const around = Math.atan2(dy, dx);
      const wave = Math.sin(around * rays + phase) * Math.sin(around * (rays * 2 + 3));
      plane[at] = plane[at]! + (gain * wave * size * 0.15) / (away + size * 0.12);
      if (away < size * 0.012) plane[at] = 255;
    }
  }
}
