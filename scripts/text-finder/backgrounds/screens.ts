import type { SKRSContext2D } from "@napi-rs/canvas";
import { pick, type Random, randomInt } from "../../../src/base/index.js";
import type { Picture } from "../image.js";
import { type Generator, greyPicture } from "./generator.js";
import { overlay } from "./strokes.js";
import { addGrain, fractal, ramp } from "./texture.js";

/** A captured screen: panels, bars, buttons, icons, plots, sliders and thumbnails, without their text. */
export const screen: Generator = {
  name: "screen",
  make(random, size, heldOut) {
    const base = random() < 0.6 ? randomInt(random, 0, 60) : randomInt(random, 170, 255);
    const tint = [0, 1, 2].map(
      () => base + (heldOut ? randomInt(random, -34, 44) : randomInt(random, -12, 22)),
    );
    const planes = tint.map((level) => new Float32Array(size * size).fill(level));
    const picture: Picture = { rows: size, columns: size, planes };
    overlay(picture, (to) => {
      let top = 0;
      while (top < size) {
        const height = randomInt(random, 20, 150);
        let left = 0;
        while (left < size) {
          const width = randomInt(random, heldOut ? 50 : 60, heldOut ? 320 : 260);
          to.save();
          to.translate(left, top);
          pick(random, PANELS)(to, random, width - 4, height - 4);
          to.restore();
          left += width;
        }
        top += height;
      }
    });
    return picture;
  },
};

type Panel = (to: SKRSContext2D, random: Random, width: number, height: number) => void;

function anyColour(random: Random): string {
  if (random() < 0.6) {
    const level = randomInt(random, 0, 255);
    return `rgb(${level},${level},${level})`;
  }
  return `rgb(${randomInt(random, 0, 255)},${randomInt(random, 0, 255)},${randomInt(random, 0, 255)})`;
}

const PANELS: readonly Panel[] = [
  (to, random, width, height) => {
    to.fillStyle = anyColour(random);
    to.fillRect(0, 0, width, height);
  },
  (to, random, width, height) => {
    to.strokeStyle = anyColour(random);
    to.strokeRect(0.5, 0.5, width, height);
    for (let y = 0; y < height; y += 18) to.strokeRect(0.5, y + 0.5, width, 18);
  },
  (to, random, width, height) => {
    for (let x = 0; x + 26 < width; x += 30) {
      to.fillStyle = anyColour(random);
      to.fillRect(x, 2, 24, Math.min(height, 20));
      to.strokeStyle = anyColour(random);
      to.beginPath();
      to.arc(x + 12, 12, 6, random() * 3, 3 + random() * 3);
      to.stroke();
    }
  },
  (to, random, width, height) => {
    to.strokeStyle = anyColour(random);
    to.beginPath();
    for (let x = 0, y = height / 2; x < width; x += 3) {
      y = Math.min(height, Math.max(0, y + (random() - 0.5) * 16));
      to.lineTo(x, y);
    }
    to.stroke();
    to.strokeRect(0.5, 0.5, width, height);
  },
  (to, random, width, height) => {
    const shade = to.createLinearGradient(0, 0, width, height);
    shade.addColorStop(0, anyColour(random));
    shade.addColorStop(1, anyColour(random));
    to.fillStyle = shade;
    to.fillRect(0, 0, width, height);
  },
  (to, random, width, height) => {
    to.fillStyle = anyColour(random);
    for (let x = 0; x < width; x += 8) to.fillRect(x, height, 6, -random() * height);
  },
  () => undefined,
];

/** Layers of a retina with speckle: used in held-out scenes alone. */
export const retina: Generator = {
  name: "retina",
  heldOutOnly: true,
  make(random, size) {
    const plane = new Float32Array(size * size);
    const wave = fractal(size, random, 160, 0.5, 40);
    const speckle = fractal(size, random, 4, 0.9, 2);
    const pit = 0.3 + random() * 0.4;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const x = column / size;
        const dip = 0.05 * Math.exp(-(((x - pit) / 0.08) ** 2));
        const depth = row / size - 0.35 - dip * 0.8 - 0.03 * wave[column]! + 0.1 * (x - 0.5) ** 2;
        const layers =
          depth < 0 || depth > 0.42 ? 0 : 95 + 80 * Math.sin(depth * 110) * ramp(0.24 - depth, 0, 0.05);
        plane[at] = Math.max(0, (18 + layers * ramp(0.42 - depth, 0, 0.3)) * (1 + 0.5 * speckle[at]!));
      }
    }
    addGrain(plane, random, 6);
    return greyPicture(size, plane);
  },
};

/** A panoramic view of two rows of teeth: used in held-out scenes alone. */
export const dental: Generator = {
  name: "dental",
  heldOutOnly: true,
  make(random, size) {
    const plane = fractal(size, random, 100, 0.55, 4);
    const pitch = 0.055 + random() * 0.03;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const x = column / size - 0.5;
        const y = row / size - 0.5 + 0.35 * x * x;
        const tooth = Math.abs(((x / pitch) % 1) + (x < 0 ? 1 : 0) - 0.5) * 2;
        const crown =
          Math.abs(y) < 0.16 && Math.abs(x) < 0.4 && tooth < 0.86 - 2 * Math.max(0, Math.abs(y) - 0.06);
        const pulp = crown && tooth < 0.16 && Math.abs(y) > 0.03;
        let value = 70 + 26 * plane[at]! + 45 * ramp(0.3 - Math.abs(y), 0, 0.1);
        if (Math.abs(y) < 0.008) value = 40;
        else if (crown) value += pulp ? 15 : 70 + (Math.abs(y) < 0.06 ? 30 * ramp(tooth, 0.5, 0.8) : 0);
        plane[at] = value * ramp(0.52 - Math.abs(x), 0, 0.08);
      }
    }
    addGrain(plane, random, 2 + random() * 4);
    return greyPicture(size, plane);
  },
};
