import type { SKRSContext2D } from "@napi-rs/canvas";
import { pick, type Random, randomInt } from "../../../src/base/index.js";
import { grey, tree, winding } from "../backgrounds/strokes.js";
import type { Extent, Negative } from "../hard-negatives.js";

/** What lies in or on a patient and casts a shadow: metal and contrast medium, no text. */

function level(random: Random): string {
  return random() < 0.75
    ? grey(randomInt(random, 190, 255), 0.6 + 0.4 * random())
    : grey(randomInt(random, 0, 60), 0.7);
}

function somewhere(random: Random, size: Extent): readonly [number, number] {
  return [size.columns * (0.1 + 0.8 * random()), size.rows * (0.1 + 0.8 * random())];
}

function turned(to: SKRSContext2D, random: Random, size: Extent): void {
  to.translate(...somewhere(random, size));
  to.rotate(random() * 6.283);
  to.strokeStyle = to.fillStyle = level(random);
}

const catheter: Negative = (to, random, size, heldOut) => {
  to.strokeStyle = level(random);
  to.lineWidth = 2 + random() * (heldOut ? 5 : 3);
  winding(to, random, size.columns, size.rows);
  if (random() < 0.4) {
    to.strokeStyle = grey(90, 0.6);
    to.lineWidth = 1;
    to.setLineDash([heldOut ? 3 : 5, 4]);
    winding(to, random, size.columns, size.rows);
  }
};

/** Leads with rings at their ends, from a generator's case. */
const leads: Negative = (to, random, size) => {
  to.strokeStyle = to.fillStyle = level(random);
  to.lineWidth = 1 + random() * 2;
  for (let count = randomInt(random, 1, 3); count > 0; count--)
    winding(to, random, size.columns, size.rows, 0.8);
  to.beginPath();
  to.ellipse(...somewhere(random, size), size.columns * 0.07, size.columns * 0.06, random() * 3, 0, 6.3);
  to.fill();
};

/** Twisted loops one below the other. */
const sternalWires: Negative = (to, random, size, heldOut) => {
  const [x, y] = somewhere(random, size);
  const [reach, step] = [randomInt(random, 4, 12), randomInt(random, heldOut ? 22 : 16, heldOut ? 44 : 34)];
  to.strokeStyle = level(random);
  to.lineWidth = 1 + random();
  for (let index = 0; index < randomInt(random, 2, 7); index++) {
    to.beginPath();
    to.ellipse(
      x + random() * 4,
      y + index * step,
      reach,
      reach * (0.4 + 0.3 * random()),
      random() - 0.5,
      0.4,
      6.5,
    );
    to.stroke();
    to.fillRect(x - 1, y + index * step - reach * 0.5, 3, 3);
  }
};

const clips: Negative = (to, random, size) => {
  to.strokeStyle = level(random);
  to.lineWidth = 1.5;
  for (let count = randomInt(random, 3, 14); count > 0; count--) {
    const [x, y] = somewhere(random, size);
    const [turn, reach] = [random() * 6.283, 2 + random() * 5];
    to.beginPath();
    to.moveTo(x, y);
    to.lineTo(x + Math.cos(turn) * reach, y + Math.sin(turn) * reach);
    if (random() < 0.5)
      to.lineTo(x + Math.cos(turn + 0.6) * reach * 0.5, y + Math.sin(turn + 0.6) * reach * 0.5);
    to.stroke();
  }
};

/** A shaft with threads and a head. */
const screws: Negative = (to, random, size, heldOut) => {
  for (let count = randomInt(random, 1, 4); count > 0; count--) {
    to.save();
    turned(to, random, size);
    const [length, width, pitch] = [randomInt(random, 18, 60), randomInt(random, 3, 7), heldOut ? 4 : 3];
    to.fillRect(0, -width / 3, length, (width * 2) / 3);
    for (let at = 0; at < length; at += pitch) to.fillRect(at, -width / 2, 1.2, width);
    to.fillRect(-5, -width, 5, width * 2);
    to.restore();
  }
};

/** A tube of crossing struts. */
const stent: Negative = (to, random, size) => {
  turned(to, random, size);
  const [length, width, cell] = [
    randomInt(random, 25, 90),
    randomInt(random, 6, 18),
    randomInt(random, 4, 9),
  ];
  to.lineWidth = 1;
  for (let at = 0; at < length; at += cell) {
    to.beginPath();
    to.moveTo(at, -width / 2);
    to.lineTo(at + cell, width / 2);
    to.moveTo(at, width / 2);
    to.lineTo(at + cell, -width / 2);
    to.stroke();
  }
};

const vessels: Negative = (to, random, size, heldOut) => {
  to.strokeStyle = level(random);
  to.lineCap = "round";
  const at = {
    x: random() * size.columns,
    y: random() * size.rows,
    turn: random() * 6.283,
    width: 2 + random() * 7,
  };
  tree(to, random, { ...at, step: size.columns * 0.035, bend: heldOut ? 1 : 0.6, branching: 0.18 }, 3);
};

/** A stem with a ball, a plate with holes, or a rod. */
const implant: Negative = (to, random, size) => {
  turned(to, random, size);
  const length = size.rows * (0.15 + 0.25 * random());
  const width = 6 + random() * 14;
  if (random() < 0.5) {
    to.beginPath();
    to.moveTo(0, -width / 2);
    to.lineTo(length, -width / 5);
    to.lineTo(length, width / 5);
    to.lineTo(0, width / 2);
    to.fill();
    to.beginPath();
    to.arc(-width * 0.7, -width * 0.8, width, 0, 6.3);
    to.fill();
    return;
  }
  to.fillRect(0, -width / 2, length, width);
  to.globalCompositeOperation = "destination-out";
  for (let at = width; at < length - width / 2; at += width * pick(random, [1.2, 1.6, 2.2])) {
    to.beginPath();
    to.arc(at, 0, width * 0.28, 0, 6.3);
    to.fill();
  }
};

/** Beads, buttons, snaps, electrodes with their cables. */
const electrodes: Negative = (to, random, size) => {
  to.strokeStyle = to.fillStyle = level(random);
  for (let count = randomInt(random, 1, 4); count > 0; count--) {
    const [x, y] = somewhere(random, size);
    const radius = 3 + random() * 8;
    to.beginPath();
    to.arc(x, y, radius, 0, 6.3);
    if (random() < 0.5) to.fill();
    else to.stroke();
    to.beginPath();
    to.moveTo(x, y);
    to.bezierCurveTo(
      x + 40 * random(),
      y + 60,
      x - 50 * random(),
      y + 90,
      x + 80 * (random() - 0.5),
      y + size.rows,
    );
    to.stroke();
  }
};

/** Straight edges across the whole picture, two or three side by side: table, mattress, film. */
const tableEdges: Negative = (to, random, size) => {
  const y = size.rows * random();
  const lean = (random() - 0.5) * 30;
  to.strokeStyle = level(random);
  for (let count = randomInt(random, 1, 3); count > 0; count--) {
    to.beginPath();
    to.moveTo(0, y + count * 6);
    to.lineTo(size.columns, y + lean + count * 6);
    to.stroke();
  }
};

export const DEVICES: Readonly<Record<string, Negative>> = {
  catheter,
  "pacemaker leads": leads,
  "sternal wires": sternalWires,
  "surgical clips": clips,
  screws,
  stent,
  vessels,
  implant,
  electrodes,
  "table edges": tableEdges,
};
