import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { pick, type Random } from "../../../src/base/index.js";
import type { Picture } from "../image.js";

let sheet: Canvas = createCanvas(512, 512);

/** Draws with lines and shapes over a picture; `draw` gets an empty, transparent sheet of its size. */
export function overlay(picture: Picture, draw: (to: SKRSContext2D) => void): void {
  const { rows, columns } = picture;
  if (sheet.width !== columns || sheet.height !== rows) sheet = createCanvas(columns, rows);
  const to = sheet.getContext("2d");
  to.save();
  to.clearRect(0, 0, columns, rows);
  draw(to);
  to.restore();
  const { data } = to.getImageData(0, 0, columns, rows);
  const single = picture.planes.length === 1;
  for (let at = 0, from = 0; at < rows * columns; at++, from += 4) {
    const opacity = data[from + 3]! / 255;
    if (opacity === 0) continue;
    for (let channel = 0; channel < picture.planes.length; channel++) {
      const plane = picture.planes[channel]!;
      const value = single
        ? 0.299 * data[from]! + 0.587 * data[from + 1]! + 0.114 * data[from + 2]!
        : data[from + channel]!;
      plane[at] = plane[at]! + (value - plane[at]!) * opacity;
    }
  }
}

export function grey(level: number, opacity = 1): string {
  const value = Math.round(Math.min(255, Math.max(0, level)));
  return `rgba(${value},${value},${value},${opacity})`;
}

/** A vessel that winds and branches, thinner with each branch. */
export function tree(to: SKRSContext2D, random: Random, at: Branch, left: number): void {
  let { x, y, turn } = at;
  const steps = 8 + Math.floor(random() * 14);
  for (let step = 0; step < steps; step++) {
    const width = Math.max(0.6, at.width * (1 - (0.35 * step) / steps));
    turn += (random() - 0.5) * at.bend;
    const [toX, toY] = [x + Math.cos(turn) * at.step, y + Math.sin(turn) * at.step];
    to.lineWidth = width;
    to.beginPath();
    to.moveTo(x, y);
    to.lineTo(toX, toY);
    to.stroke();
    [x, y] = [toX, toY];
    if (left > 0 && random() < at.branching) {
      const side = pick(random, [-1, 1]) * (0.4 + 0.7 * random());
      tree(to, random, { ...at, x, y, turn: turn + side, width: width * 0.66 }, left - 1);
    }
  }
}

export interface Branch {
  readonly x: number;
  readonly y: number;
  /** Radians. */
  readonly turn: number;
  readonly width: number;
  readonly step: number;
  /** Radians that it may turn a step. */
  readonly bend: number;
  /** Chance of a branch at each step. */
  readonly branching: number;
}

/** A smooth line through random points from one border to another: catheter, wire, lead. */
export function winding(to: SKRSContext2D, random: Random, columns: number, rows: number, reach = 0.4): void {
  const start = [random() * columns, random() < 0.5 ? -5 : rows + 5] as const;
  let [x, y] = start;
  to.beginPath();
  to.moveTo(x, y);
  const towards = y < 0 ? 1 : -1;
  for (let bend = 0; bend < 2 + Math.floor(random() * 3); bend++) {
    const end = [
      x + (random() - 0.5) * columns * reach,
      y + towards * rows * (0.1 + 0.35 * random()),
    ] as const;
    const swing = (random() - 0.5) * columns * reach;
    to.bezierCurveTo(
      x + swing,
      y + (end[1] - y) / 3,
      end[0] - swing,
      end[1] - (end[1] - y) / 3,
      end[0],
      end[1],
    );
    [x, y] = end;
  }
  to.stroke();
}
