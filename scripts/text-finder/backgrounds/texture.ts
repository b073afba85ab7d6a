import type { Random } from "../../../src/base/index.js";
import { gaussian } from "../image.js";

/** Smooth noise of one scale, about −1 to 1: random values on a grid of `cell` pixels, interpolated. */
export function addNoise(into: Float32Array, size: number, random: Random, cell: number, gain: number): void {
  const across = Math.ceil(size / cell) + 2;
  const grid = new Float32Array(across * across);
  for (let at = 0; at < grid.length; at++) grid[at] = (random() * 2 - 1) * gain;
  const step = 1 / cell;
  for (let row = 0, at = 0; row < size; row++) {
    const y = Math.floor(row * step);
    const fy = smooth(row * step - y);
    const upper = y * across;
    for (let column = 0; column < size; column++, at++) {
      const x = Math.floor(column * step);
      const fx = smooth(column * step - x);
      const from = upper + x;
      const above = grid[from]! + (grid[from + 1]! - grid[from]!) * fx;
      const below = grid[from + across]! + (grid[from + across + 1]! - grid[from + across]!) * fx;
      into[at] = into[at]! + above + (below - above) * fy;
    }
  }
}

function smooth(share: number): number {
  return share * share * (3 - 2 * share);
}

/** Noise of many scales: each octave half as wide and `fall` times as strong; .5 is about 1/f. */
export function fractal(size: number, random: Random, cell: number, fall: number, finest = 2): Float32Array {
  const out = new Float32Array(size * size);
  let gain = 1;
  for (let each = cell; each >= finest; each /= 2, gain *= fall) addNoise(out, size, random, each, gain);
  return out;
}

/** A table of normally distributed numbers, and a place in it: noise for a pixel costs one look-up. */
export function noiseTable(random: Random): Float32Array {
  const table = new Float32Array(8192);
  for (let at = 0; at < table.length; at++) table[at] = gaussian(random);
  return table;
}

/** Adds white noise of a deviation, plus a share that grows with the square root of the signal. */
export function addGrain(plane: Float32Array, random: Random, deviation: number, shot = 0): void {
  const table = noiseTable(random);
  let at = Math.floor(random() * 8192);
  for (let index = 0; index < plane.length; index++) {
    // A table's repeat would show as a pattern: jump every 61 pixels.
    if (index % 61 === 0) at = Math.floor(random() * 8192);
    const noise = table[at++ & 8191]!;
    plane[index] = plane[index]! + noise * (deviation + shot * Math.sqrt(Math.max(0, plane[index]!)));
  }
}

/** 0 below `low`, 1 above `high`, and a soft way between. */
export function ramp(value: number, low: number, high: number): number {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return smooth(share);
}

/** A number of one range for the training family, of another one for the held-out family. */
export function ranged(
  random: Random,
  heldOut: boolean,
  train: readonly [number, number],
  other: readonly [number, number],
): number {
  const [low, high] = heldOut ? other : train;
  return low + (high - low) * random();
}
