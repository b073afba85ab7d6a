import type { SKRSContext2D } from "@napi-rs/canvas";
import { pick, type Random, randomInt } from "../../src/base/index.js";
import { grey, overlay } from "./backgrounds/strokes.js";
import type { Picture } from "./image.js";
import { DEVICES } from "./overlays/devices.js";

/** Draws one thing that is no text; `heldOut` gives spacings and shapes that training does not have. */
export type Negative = (to: SKRSContext2D, random: Random, size: Extent, heldOut: boolean) => void;

export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** Draws some things that look like text to a machine and are none; gives their names. */
export function drawNegatives(random: Random, picture: Picture, heldOut: boolean, count: number): string[] {
  const names: string[] = [];
  if (count === 0) return names;
  const colour = picture.planes.length === 3;
  const all = Object.keys(NEGATIVES);
  overlay(picture, (to) => {
    for (let left = count; left > 0; left--) {
      const name = pick(random, all);
      to.save();
      to.strokeStyle = to.fillStyle = lineColour(random, colour);
      to.lineWidth = pick(random, [1, 1, 1, 1.5, 2, 3]);
      if (random() < 0.3) to.globalAlpha = 0.4 + 0.5 * random();
      NEGATIVES[name]!(to, random, picture, heldOut);
      to.restore();
      names.push(name);
    }
  });
  return names;
}

function lineColour(random: Random, colour: boolean): string {
  const level = random() < 0.6 ? randomInt(random, 170, 255) : randomInt(random, 0, 255);
  if (!colour || random() < 0.5) return grey(level);
  return pick(random, ["#ff0", "#0ff", "#0f0", "#f33", "#48f", "#fa0", "#f0f"]);
}

/** A place at least a tenth away from the borders, on whole pixels and a half, so that thin lines are sharp. */
function spot(random: Random, size: Extent): readonly [number, number] {
  const within = (length: number) => Math.round(length * (0.08 + 0.84 * random())) + 0.5;
  return [within(size.columns), within(size.rows)];
}

function segment(to: SKRSContext2D, x0: number, y0: number, x1: number, y1: number): void {
  to.beginPath();
  to.moveTo(x0, y0);
  to.lineTo(x1, y1);
  to.stroke();
}

/** Ticks along a line, a longer one every five or ten, on one side or both; without its digits. */
const ruler: Negative = (to, random, size, heldOut) => {
  const upright = random() < 0.7;
  const step = pick(random, heldOut ? [4, 7, 9, 14, 22] : [3, 5, 6, 8, 10, 12, 18]);
  const [major, short] = [pick(random, heldOut ? [4, 10] : [2, 5, 10]), randomInt(random, 2, 6)];
  const edge = random() < 0.6;
  const [x, y] = spot(random, size);
  const at = edge ? (random() < 0.5 ? 2.5 : (upright ? size.columns : size.rows) - 12.5) : upright ? x : y;
  const length = (upright ? size.rows : size.columns) * (0.3 + 0.7 * random());
  const [line, both] = [random() < 0.6, random() < 0.3];
  const start = Math.round(random() * ((upright ? size.rows : size.columns) - length)) + 0.5;
  const stroke = (u0: number, v0: number, u1: number, v1: number) =>
    upright ? segment(to, v0, u0, v1, u1) : segment(to, u0, v0, u1, v1);
  if (line) stroke(start, at, start + length, at);
  for (let index = 0; index * step <= length; index++) {
    const tick = index % major === 0 ? short * 2 : short;
    stroke(start + index * step, both ? at - tick : at, start + index * step, at + tick);
  }
};

const scaleBar: Negative = (to, random, size) => {
  const [x, y] = spot(random, size);
  const length = randomInt(random, 15, Math.round(size.columns * 0.35));
  const cap = randomInt(random, 0, 6);
  segment(to, x, y, x + length, y);
  segment(to, x, y - cap, x, y + cap);
  segment(to, x + length, y - cap, x + length, y + cap);
};

const greyBar: Negative = (to, random, size, heldOut) => {
  const [x, y] = spot(random, size);
  const upright = random() < 0.75;
  const [length, width] = [size.rows * (0.15 + 0.35 * random()), randomInt(random, 5, heldOut ? 26 : 18)];
  const steps = random() < 0.5 ? pick(random, heldOut ? [7, 11, 20] : [8, 10, 16]) : Math.round(length);
  const hues = random() < 0.4 ? randomInt(random, 0, 360) : -1;
  for (let step = 0; step < steps; step++) {
    const share = step / (steps - 1);
    to.fillStyle = hues < 0 ? grey(255 * share) : `hsl(${(hues + 260 * share) % 360},90%,50%)`;
    const [from, thick] = [(length * step) / steps, length / steps + 0.5];
    if (upright) to.fillRect(x, y - length / 2 + from, width, thick);
    else to.fillRect(x - length / 2 + from, y, thick, width);
  }
  if (random() < 0.5) to.strokeRect(x, y - length / 2, upright ? width : 0, upright ? length : 0);
};

const grid: Negative = (to, random, size, heldOut) => {
  const step = pick(random, heldOut ? [11, 21, 45, 80] : [8, 16, 26, 32, 60]);
  const whole = random() < 0.5;
  const [x, y] = whole ? [0.5, 0.5] : spot(random, size);
  const width = whole ? size.columns : step * randomInt(random, 2, 9);
  const height = whole ? size.rows : step * randomInt(random, 2, 9);
  to.globalAlpha *= 0.2 + (whole ? 0.35 : 0.8) * random();
  for (let at = 0; at <= width; at += step) segment(to, x + at, y, x + at, y + height);
  for (let at = 0; at <= height; at += step) segment(to, x, y + at, x + width, y + at);
};

const crosshair: Negative = (to, random, size) => {
  const [x, y] = spot(random, size);
  const whole = random() < 0.3;
  const [reach, gap] = [
    whole ? 2000 : randomInt(random, 3, 30),
    random() < 0.4 ? randomInt(random, 2, 8) : 0,
  ];
  for (const side of [-1, 1]) {
    segment(to, x + side * gap, y, x + side * reach, y);
    segment(to, x, y + side * gap, x, y + side * reach);
  }
  if (random() < 0.3) {
    to.beginPath();
    to.arc(x, y, Math.min(reach, 20) * 0.7, 0, 6.3);
    to.stroke();
  }
};

const outline: Negative = (to, random, size) => {
  const [x, y] = spot(random, size);
  const [width, height] = [randomInt(random, 6, size.columns * 0.3), randomInt(random, 6, size.rows * 0.3)];
  if (random() < 0.4) to.setLineDash([randomInt(random, 1, 6), randomInt(random, 2, 6)]);
  to.beginPath();
  const kind = random();
  if (kind < 0.4) to.ellipse(x, y, width / 2, height / 2, random() * 3, 0, 6.3);
  else if (kind < 0.7) to.rect(x - width / 2, y - height / 2, width, height);
  else {
    const corners = randomInt(random, 5, 16);
    for (let index = 0; index < corners; index++) {
      const turn = (index / corners) * 6.283;
      const reach = 0.3 + 0.3 * random();
      to.lineTo(x + Math.cos(turn) * width * reach, y + Math.sin(turn) * height * reach);
    }
    to.closePath();
  }
  to.stroke();
};

const arrow: Negative = (to, random, size, heldOut) => {
  const [x, y] = spot(random, size);
  const [turn, length] = [random() * 6.283, randomInt(random, 8, 60)];
  const head = randomInt(random, 4, 12);
  const open = heldOut ? 0.6 : 0.4;
  segment(to, x, y, x - Math.cos(turn) * length, y - Math.sin(turn) * length);
  to.beginPath();
  to.moveTo(x - Math.cos(turn - open) * head, y - Math.sin(turn - open) * head);
  to.lineTo(x, y);
  to.lineTo(x - Math.cos(turn + open) * head, y - Math.sin(turn + open) * head);
  if (random() < 0.5) to.fill();
  else to.stroke();
};

/** Two to six crosses, × or I-bars, with a dotted line between the two of a pair. */
const callipers: Negative = (to, random, size) => {
  const [slanted, arm] = [random() < 0.4, randomInt(random, 2, 6)];
  for (let pairs = randomInt(random, 1, 3); pairs > 0; pairs--) {
    const ends = [spot(random, size), spot(random, size)] as const;
    for (const [x, y] of ends) {
      const [a, b] = slanted ? [arm * 0.75, arm * 0.75] : [arm, 0];
      segment(to, x - a, y - b, x + a, y + b);
      segment(to, x - b, y + a, x + b, y - a);
    }
    if (random() < 0.7) {
      to.setLineDash([1, randomInt(random, 3, 7)]);
      segment(to, ...ends[0], ...ends[1]);
      to.setLineDash([]);
    }
  }
};

/** Complexes of P, QRS and T, or the waves of an arterial pressure or a breathing curve. */
const trace: Negative = (to, random, size, heldOut) => {
  const kind = pick(random, ["ecg", "ecg", "pressure", "breath"]);
  const period = randomInt(random, heldOut ? 35 : 28, heldOut ? 140 : 110);
  const [base, height] = [size.rows * (0.1 + 0.85 * random()), randomInt(random, 8, 45)];
  const bump = (t: number, at: number, width: number) => Math.exp(-(((t - at) / width) ** 2));
  to.beginPath();
  for (let x = 0; x < size.columns; x++) {
    const t = (x % period) / period;
    let wave = Math.sin(t * 6.283) * 0.5;
    if (kind === "ecg")
      wave =
        bump(t, 0.42, 0.016) -
        0.25 * bump(t, 0.46, 0.014) +
        0.14 * bump(t, 0.25, 0.03) +
        0.24 * bump(t, 0.68, 0.05);
    if (kind === "pressure") wave = bump(t, 0.3, 0.11) + 0.4 * bump(t, 0.55, 0.09);
    to.lineTo(x, base - wave * height);
  }
  to.stroke();
};

const hatching: Negative = (to, random, size, heldOut) => {
  const [x, y] = spot(random, size);
  const [width, height, step] = [
    randomInt(random, 16, 100),
    randomInt(random, 10, 80),
    randomInt(random, 3, heldOut ? 11 : 8),
  ];
  const lean = pick(random, heldOut ? [-0.6, 0.3, 1.7] : [0, 1, -1]);
  to.beginPath();
  to.rect(x, y, width, height);
  to.clip();
  for (let at = -height * 2; at < width + height * 2; at += step)
    segment(to, x + at, y, x + at + lean * height, y + height);
};

const checkerboard: Negative = (to, random, size, heldOut) => {
  const [x, y] = spot(random, size);
  const cell = pick(random, heldOut ? [3, 5, 10, 14] : [2, 4, 6, 8, 12]);
  const [across, down] = [randomInt(random, 2, 12), randomInt(random, 2, 12)];
  for (let row = 0; row < down; row++) {
    for (let column = row % 2; column < across; column += 2)
      to.fillRect(x + column * cell, y + row * cell, cell, cell);
  }
};

const dotted: Negative = (to, random, size) => {
  const [x, y] = spot(random, size);
  to.setLineDash(
    pick(random, [
      [1, 3],
      [2, 2],
      [1, 7],
      [6, 4],
      [8, 3, 2, 3],
      [3, 12],
    ]),
  );
  const level = random();
  if (level < 0.4) segment(to, 0, y, size.columns, y);
  else if (level < 0.8) segment(to, x, 0, x, size.rows);
  else segment(to, x, y, ...spot(random, size));
};

/** Triangles, circles, hearts and squares: focus marks, probe marks, icons. */
const symbols: Negative = (to, random, size) => {
  const [x, y] = spot(random, size);
  const [count, reach, step] = [randomInt(random, 1, 5), randomInt(random, 3, 9), randomInt(random, 12, 50)];
  const sides = pick(random, [3, 3, 4, 6, 24]);
  const filled = random() < 0.6;
  for (let index = 0; index < count; index++) {
    to.beginPath();
    for (let corner = 0; corner < sides; corner++) {
      const turn = (corner / sides) * 6.283 + (sides === 3 ? 3.14 : 0.78);
      to.lineTo(x + Math.cos(turn) * reach, y + index * step + Math.sin(turn) * reach);
    }
    to.closePath();
    if (filled) to.fill();
    else to.stroke();
  }
};

/** Ruled cells without entries. */
const emptyTable: Negative = (to, random, size) => {
  const [x, y] = spot(random, size);
  const [across, down, width, height] = [
    randomInt(random, 2, 6),
    randomInt(random, 2, 9),
    randomInt(random, 18, 70),
    randomInt(random, 10, 24),
  ];
  for (let row = 0; row <= down; row++)
    segment(to, x, y + row * height, x + across * width, y + row * height);
  for (let column = 0; column <= across; column++)
    segment(to, x + column * width, y, x + column * width, y + down * height);
};

/** Groups of bars that get finer: a resolution pattern. */
const linePairs: Negative = (to, random, size, heldOut) => {
  let [x, y] = spot(random, size);
  const height = randomInt(random, 8, 40);
  const upright = heldOut ? random() < 0.2 : random() < 0.8;
  for (let width = randomInt(random, 3, 7); width >= 1; width--) {
    for (let bar = 0; bar < 4; bar++) {
      if (upright) to.fillRect(x, y, width, height);
      else to.fillRect(x, y, height, width);
      if (upright) x += 2 * width;
      else y += 2 * width;
    }
    if (upright) x += 6;
    else y += 6;
  }
};

/** Blades that cut the field: dark borders with sharp or tilted edges. */
const collimator: Negative = (to, random, size) => {
  to.fillStyle = grey(random() < 0.85 ? randomInt(random, 0, 20) : 250);
  to.globalAlpha = 0.75 + 0.25 * random();
  for (let side = 0; side < 4; side++) {
    if (random() < 0.5) continue;
    const depth = (0.02 + 0.12 * random()) * size.columns;
    to.save();
    to.translate(size.columns / 2, size.rows / 2);
    to.rotate((side * Math.PI) / 2 + (random() - 0.5) * 0.12);
    to.fillRect(-2000, -Math.max(size.rows, size.columns) / 2 - 300, 4000, depth + 300);
    to.restore();
  }
};

const paddingCircle: Negative = (to, random, size) => {
  const radius = Math.min(size.rows, size.columns) * (0.46 + 0.1 * random());
  to.fillStyle = grey(random() < 0.8 ? 0 : randomInt(random, 0, 255));
  to.globalAlpha = 1;
  to.beginPath();
  to.rect(0, 0, size.columns, size.rows);
  to.arc(size.columns / 2, size.rows / 2, radius, 0, 6.2832, true);
  to.fill("evenodd");
};

/** Lines of a stationary grid beating with the pixels. */
const moire: Negative = (to, random, size, heldOut) => {
  const [step, lean] = [heldOut ? 2.3 + random() * 5 : 2 + random() * 4, (random() - 0.5) * 0.3];
  to.lineWidth = step / 2;
  to.globalAlpha = 0.06 + 0.14 * random();
  const upright = random() < 0.5;
  for (let at = -60; at < Math.max(size.rows, size.columns) + 60; at += step) {
    if (upright) segment(to, at, 0, at + lean * size.rows, size.rows);
    else segment(to, 0, at, size.columns, at + lean * size.columns);
  }
};

/** A band of interference: short bright and dark dashes in some rows. */
const noiseBand: Negative = (to, random, size) => {
  const top = random() * size.rows;
  const height = randomInt(random, 2, 24);
  for (let count = 0; count < size.columns * 0.5; count++) {
    to.fillStyle = grey(randomInt(random, 0, 255), 0.7);
    to.fillRect(
      Math.floor(random() * size.columns),
      Math.floor(top + random() * height),
      randomInt(random, 1, 7),
      1,
    );
  }
};

export const NEGATIVES: Readonly<Record<string, Negative>> = {
  ruler,
  "scale bar": scaleBar,
  "grey or colour bar": greyBar,
  grid,
  crosshair,
  "region outline": outline,
  arrow,
  callipers,
  "ECG or pressure trace": trace,
  hatching,
  checkerboard,
  "dotted line": dotted,
  symbols,
  "empty table": emptyTable,
  "line pairs": linePairs,
  "collimator blades": collimator,
  "padding circle": paddingCircle,
  moire,
  "noise band": noiseBand,
  ...DEVICES,
};
