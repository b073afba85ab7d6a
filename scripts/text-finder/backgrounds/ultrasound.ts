import type { Random } from "../../../src/base/index.js";
import type { Picture } from "../image.js";
import { type Generator, greyPicture } from "./generator.js";
import { fractal, noiseTable, ramp, ranged } from "./texture.js";

interface Shape {
  readonly apexY: number;
  readonly half: number;
  readonly near: number;
  readonly far: number;
  readonly linear: boolean;
}

/** A sector or linear field of speckle with interfaces, cysts and shadows, and a grey bar beside it. */
export const ultrasound: Generator = {
  name: "ultrasound",
  weight: 1.4,
  make(random, size, heldOut) {
    return greyPicture(size, field(random, size, heldOut));
  },
};

/** The same with a colour box of flow and a colour bar. */
export const doppler: Generator = {
  name: "doppler",
  make(random, size, heldOut) {
    return coloured(random, size, field(random, size, heldOut), heldOut);
  },
};

function field(random: Random, size: number, heldOut: boolean): Float32Array {
  const plane = new Float32Array(size * size);
  const shape: Shape = {
    apexY: ranged(random, heldOut, [-0.1, 0.06], [-0.3, 0.04]),
    half: ranged(random, heldOut, [0.45, 0.7], [0.35, 0.85]),
    near: 0.08 + random() * 0.2,
    far: 0.8 + random() * 0.25,
    linear: random() < 0.25,
  };
  const tissue = fractal(size, random, heldOut ? 48 : 80, 0.6, 4);
  const table = noiseTable(random);
  const interfaces = Array.from(
    { length: 5 },
    () => [shape.near + random() * 0.6, (random() - 0.5) * 0.4, random() * 6] as const,
  );
  const shadow = random() < 0.5 ? (random() - 0.5) * shape.half : 9;
  const gain = ranged(random, heldOut, [55, 105], [45, 125]);
  const grain = ranged(random, heldOut, [0.45, 0.75], [0.35, 0.9]);
  const beams = heldOut ? 230 : 320;
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      const x = column / size - 0.5;
      const y = row / size - shape.apexY;
      const depth = shape.linear ? y : Math.hypot(x, y);
      const around = shape.linear ? x * 2 : Math.atan2(x, y);
      if (Math.abs(around) > shape.half || depth < shape.near || depth > shape.far) continue;
      let level = gain * (0.75 + 0.55 * tissue[at]!);
      for (const [where, bend, phase] of interfaces) {
        const gap = Math.abs(depth - where - bend * around * around - 0.012 * Math.sin(around * 9 + phase));
        if (gap < 0.012) level += 130 * (1 - gap / 0.012);
      }
      if (tissue[at]! < -0.75) level *= 0.15;
      if (Math.abs(around - shadow) < 0.05 && depth > shape.near + 0.25) level *= 0.3;
      // Speckle is wider across the beam than along it.
      const cell = Math.floor(around * beams) * 977 + Math.floor(depth * size * 0.55) * 131;
      const speckle = Math.abs(1 + grain * table[cell & 8191]!) * (0.8 + 0.25 * table[(at * 7) & 8191]!);
      plane[at] = level * speckle * ramp(depth, shape.near, shape.near + 0.02);
    }
  }
  if (random() < 0.8) greyBar(plane, size, random, heldOut);
  return plane;
}

function greyBar(plane: Float32Array, size: number, random: Random, heldOut: boolean): void {
  const left = Math.round(size * (random() < 0.5 ? 0.03 : 0.94));
  const top = Math.round(size * (0.08 + 0.3 * random()));
  const height = Math.round(size * ranged(random, heldOut, [0.2, 0.4], [0.15, 0.55]));
  const width = Math.round(size * 0.022);
  for (let row = 0; row < height && top + row < size; row++) {
    for (let column = 0; column < width && left + column < size; column++) {
      plane[(top + row) * size + left + column] = 255 * (1 - row / height);
    }
  }
}

function coloured(random: Random, size: number, grey: Float32Array, heldOut: boolean): Picture {
  const planes = [grey, Float32Array.from(grey), Float32Array.from(grey)] as const;
  const flow = fractal(size, random, heldOut ? 40 : 56, 0.55, 4);
  const [left, top] = [size * (0.25 + 0.2 * random()), size * (0.2 + 0.25 * random())];
  const [width, height] = [size * (0.2 + 0.25 * random()), size * (0.2 + 0.25 * random())];
  const limit = ranged(random, heldOut, [0.35, 0.55], [0.25, 0.7]);
  for (let row = Math.floor(top); row < top + height && row < size; row++) {
    for (let column = Math.floor(left); column < left + width && column < size; column++) {
      const at = row * size + column;
      const edge = row - top < 1 || column - left < 1 || top + height - row < 2 || left + width - column < 2;
      if (edge) setColour(planes, at, [250, 250, 250]);
      else if (Math.abs(flow[at]!) > limit)
        setColour(planes, at, flowColour((flow[at]! / 1.4) * (heldOut ? -1 : 1)));
    }
  }
  const bar = Math.round(size * (random() < 0.5 ? 0.05 : 0.9));
  for (let row = 0; row < size * 0.25; row++) {
    for (let column = 0; column < size * 0.025; column++) {
      setColour(
        planes,
        Math.floor(row + size * 0.1) * size + bar + column,
        flowColour(1 - (2 * row) / (size * 0.25)),
      );
    }
  }
  return { rows: size, columns: size, planes };
}

/** Red to yellow towards the probe, blue to cyan away from it. */
function flowColour(speed: number): readonly [number, number, number] {
  const strength = Math.min(1, Math.abs(speed));
  const second = Math.max(0, strength - 0.5) * 2 * 230;
  return speed > 0 ? [90 + 165 * strength, second, 10] : [10, second, 90 + 165 * strength];
}

function setColour(
  planes: readonly Float32Array[],
  at: number,
  colour: readonly [number, number, number],
): void {
  for (let channel = 0; channel < 3; channel++) planes[channel]![at] = colour[channel]!;
}
