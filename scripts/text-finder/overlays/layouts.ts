import { pick, type Random, randomInt } from "../../../src/base/index.js";
import { covers, type Script, type Split } from "../fonts.js";
import { blend, lumaOf, type Picture } from "../image.js";
import { date, digits, digitsOnly, inventedWord, line, mark, measure, medicalTerm, time } from "../words.js";
import { dotHeight, dotLetters, dotStep, drawDots } from "./dots.js";
import { advanceOf, drawInk, type Ink, runsOf } from "./ink.js";
import { type Dress, drawDress, drawStyle, type Style } from "./style.js";

/** A word that stands in the picture. */
export interface PlacedWord {
  readonly text: string;
  readonly script: Script;
  readonly font: string;
  /** Height of capitals in the finished plane. */
  readonly size: number;
  readonly angle: number;
  readonly kind: "burned-in" | "mark";
  readonly variants: readonly string[];
  readonly ink: Ink;
}

/** Where words may still go: tiles of 4 × 4 pixels that hold ink are taken. */
export interface Page {
  readonly random: Random;
  readonly split: Split;
  readonly picture: Picture;
  /** Pixels of this picture for one of the finished plane. */
  readonly scale: number;
  readonly taken: Uint8Array;
  readonly words: PlacedWord[];
  readonly cut: { allowed: boolean };
}

interface Block {
  readonly lines: readonly (readonly string[])[];
  readonly style: Style;
  readonly align: "left" | "right";
  readonly kind: "burned-in" | "mark";
  readonly lineStep: number;
}

export function newPage(random: Random, split: Split, picture: Picture, scale: number): Page {
  const taken = new Uint8Array(Math.ceil(picture.rows / 4) * Math.ceil(picture.columns / 4));
  return { random, split, picture, scale, taken, words: [], cut: { allowed: random() < 0.25 } };
}

/** Writes on a page as much as asked for. */
export function write(page: Page, amount: "some" | "much"): void {
  const { random } = page;
  if (amount === "some") {
    for (let count = randomInt(random, 1, 4); count > 0; count--) pick(random, SMALL)(page);
    return;
  }
  if (random() < 0.4) table(page);
  else for (const corner of [0, 1, 2, 3]) if (random() < 0.85) cornerBlock(page, corner);
  for (let count = randomInt(random, 1, 5); count > 0; count--) pick(random, SMALL)(page);
}

const SMALL: readonly ((page: Page) => void)[] = [
  (page) => cornerBlock(page, randomInt(page.random, 0, 3)),
  (page) => cornerBlock(page, randomInt(page.random, 0, 3)),
  (page) => anywhere(page, [[inventedWord(page.random, "latin")]], true),
  (page) =>
    scripted(page, (script) => [[pick(page.random, [medicalTerm, inventedWord])(page.random, script)]]),
  (page) => scripted(page, (script) => [line(page.random, script)]),
  (page) => scripted(page, (script) => [line(page.random, script), line(page.random, script)]),
  (page) => anywhere(page, [digitsOnly(page.random)], true),
  (page) =>
    anywhere(page, [pick(page.random, [date(page.random), [time(page.random)], measure(page.random)])], true),
  lone,
];

function scripted(page: Page, words: (script: Script) => readonly (readonly string[])[]): void {
  const style = drawStyle(page.random, page.split, { minimum: 8, maximum: 40 }, page.scale);
  place(page, {
    lines: words(style.script),
    style,
    align: "left",
    kind: "burned-in",
    lineStep: stepOf(page, style),
  });
}

function anywhere(page: Page, lines: readonly (readonly string[])[], latin: boolean): void {
  const style = drawStyle(page.random, page.split, { minimum: 8, maximum: 40, latin }, page.scale);
  place(page, { lines, style, align: "left", kind: "burned-in", lineStep: stepOf(page, style) });
}

/** A lone mark, larger than the text and often tilted: lead letters lie as they were put. */
function lone(page: Page): void {
  const wish = {
    minimum: 12,
    maximum: 40,
    latin: true,
    angle: page.random() < 0.5 ? ("tilted" as const) : ("level" as const),
  };
  const style = drawStyle(page.random, page.split, wish, page.scale);
  place(page, {
    lines: [[mark(page.random)]],
    style,
    align: "left",
    kind: "mark",
    lineStep: stepOf(page, style),
  });
}

/** Lines of name, number, date, place and technique in a corner, as most modalities have them. */
function cornerBlock(page: Page, corner: number): void {
  const { random } = page;
  const share = random();
  const angle = share < 0.84 ? "level" : share < 0.92 ? "tilted" : "vertical";
  const wish = { minimum: 8, maximum: random() < 0.8 ? 16 : 28, angle } as const;
  const style = drawStyle(random, page.split, wish, page.scale);
  const lines = Array.from({ length: randomInt(random, 1, 6) }, () => line(random, style.script));
  const block: Block = {
    lines,
    style,
    align: corner % 2 === 1 && random() < 0.7 ? "right" : "left",
    kind: "burned-in",
    lineStep: stepOf(page, style),
  };
  place(page, block, corner);
}

/** Dense rows and columns of words and numbers: a dose sheet or a worklist. */
function table(page: Page): void {
  const { random, picture } = page;
  const style = drawStyle(random, page.split, { minimum: 8, maximum: 15, angle: "level" }, page.scale);
  const flat: Style = { ...style, pen: { ...style.pen, stacked: false } };
  const step = stepOf(page, flat);
  const count = randomInt(random, 2, 6);
  const left = randomInt(random, 2, 20);
  const width = (picture.columns - left) / count;
  let y = flat.size * page.scale + randomInt(random, 3, 30);
  const dress = drawDress(
    random,
    { ...flat, pen: { ...flat.pen, angle: 1 } },
    picture,
    groundOf(picture, 0, 0, picture.columns, picture.rows),
  );
  const cell = (row: number, column: number): readonly string[] => {
    if (row === 0 || column === 0) return [pick(random, [medicalTerm, inventedWord])(random, flat.script)];
    return random() < 0.75 ? digitsOnly(random).slice(0, 1) : [digits(random, 1, 4)];
  };
  for (let row = 0; y < picture.rows - 2 && row < 40; row++, y += step) {
    for (let column = 0; column < count; column++) {
      if (random() < 0.1) continue;
      writeLine(
        page,
        { words: cell(row, column), style: flat, dress, kind: "burned-in" },
        left + column * width,
        y,
        width - 4,
      );
    }
  }
}

function stepOf(page: Page, style: Style): number {
  const height = style.dots === null ? style.pen.fontPixels * 1.05 : dotHeight(style.dots) * 1.3;
  return Math.max(height, style.size * page.scale * 1.3) * (1 + 0.35 * page.random());
}

function lengthOf(words: readonly string[], style: Style): number {
  return words.reduce((sum, word) => sum + wordLength(word, style), 0) + spaceOf(style) * (words.length - 1);
}

function wordLength(word: string, style: Style): number {
  if (style.dots !== null) return dotLetters(word).length * dotStep(style.dots);
  return advanceOf(runsOf(word, style.files), style.pen);
}

function spaceOf(style: Style): number {
  if (style.dots !== null) return dotStep(style.dots);
  return style.pen.fontPixels * 0.32 * style.pen.stretch + style.pen.letterSpacing;
}

/** Finds a place for a block (in a corner when one is given), chooses colours for that ground and writes. */
function place(page: Page, block: Block, corner?: number): void {
  const { random, picture, scale } = page;
  const { style } = block;
  const turn = ((style.pen.stacked ? 90 : 0) + style.pen.angle) * (Math.PI / 180);
  const along = [Math.cos(turn), Math.sin(turn)] as const;
  const across = style.pen.stacked ? ([-1, 0] as const) : ([-along[1], along[0]] as const);
  const room = Math.abs(along[0]) > Math.abs(along[1]) ? picture.columns : picture.rows;
  const lines = block.lines.map((words) => fitting(words, style, room - 4));
  const lengths = lines.map((words) => lengthOf(words, style));
  const length = Math.max(...lengths);
  const rise = style.size * scale;
  const depth = block.lineStep * (lines.length - 1) + 0.3 * rise;
  const ends = [
    [0, -rise],
    [length, -rise],
    [0, depth],
    [length, depth],
  ].map(([u, v]) => [u! * along[0] + v! * across[0], u! * along[1] + v! * across[1]] as const);
  const box = boundsOf(ends);
  const at = positionOf(page, box, corner);
  if (at === null) return;
  const area = [at.x + box.left, at.y + box.top, box.right - box.left, box.bottom - box.top] as const;
  const dress = drawDress(random, style, picture, groundOf(picture, ...area));
  if (dress.box !== null && !fillBox(page, area, dress)) return;
  lines.forEach((words, index) => {
    const shift = block.align === "right" ? length - lengths[index]! : 0;
    const x = at.x + along[0] * shift + across[0] * block.lineStep * index;
    const y = at.y + along[1] * shift + across[1] * block.lineStep * index;
    writeLine(page, { words, style, dress, kind: block.kind }, x, y, Number.POSITIVE_INFINITY);
  });
}

function fitting(words: readonly string[], style: Style, room: number): readonly string[] {
  let kept = words;
  while (kept.length > 1 && lengthOf(kept, style) > room) kept = kept.slice(0, -1);
  const first = kept[0]!;
  const share = room / Math.max(lengthOf(kept, style), 1);
  return share >= 1
    ? kept
    : [[...first].slice(0, Math.max(1, Math.floor([...first].length * share))).join("")];
}

interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boundsOf(points: readonly (readonly [number, number])[]): Bounds {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** A quarter of the pages lets blocks stand past the border, by up to a third of a line's height or width. */
function positionOf(page: Page, box: Bounds, corner?: number): { x: number; y: number } | null {
  const { random, picture } = page;
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const over = page.cut.allowed && random() < 0.6 ? 0.3 : 0;
  const [overX, overY] = [Math.min(width, 60) * over, Math.min(height, 30) * over];
  const span = (room: number, size: number, extra: number) => [1 - extra, room - size - 1 + extra] as const;
  const [lowX, highX] = span(picture.columns, width, overX);
  const [lowY, highY] = span(picture.rows, height, overY);
  if (highX < lowX && width > picture.columns * 1.2) return null;
  const margin = randomInt(random, 1, 14);
  for (let attempt = 0; attempt < 6; attempt++) {
    let left = lowX + random() * Math.max(0, highX - lowX);
    let top = lowY + random() * Math.max(0, highY - lowY);
    if (corner !== undefined && attempt < 2) {
      left = corner % 2 === 0 ? margin - overX : highX - margin + 2 * overX;
      top = corner < 2 ? margin - overY : highY - margin + 2 * overY;
    }
    const at = { x: Math.round(left - box.left), y: Math.round(top - box.top) };
    if (isFree(page, left, top, width, height)) return at;
  }
  return null;
}

function isFree(page: Page, left: number, top: number, width: number, height: number): boolean {
  const across = Math.ceil(page.picture.columns / 4);
  const down = Math.ceil(page.picture.rows / 4);
  for (let row = Math.max(0, Math.floor(top / 4)); row <= Math.min(down - 1, (top + height) / 4); row++) {
    for (
      let column = Math.max(0, Math.floor(left / 4));
      column <= Math.min(across - 1, (left + width) / 4);
      column++
    ) {
      if (page.taken[row * across + column] === 1) return false;
    }
  }
  return true;
}

/** Median luma of at most 256 pixels of a rectangle. */
function groundOf(picture: Picture, left: number, top: number, width: number, height: number): number {
  const values: number[] = [];
  for (let index = 0; index < 256; index++) {
    const x = Math.round(left + (((index % 16) + 0.5) / 16) * width);
    const y = Math.round(top + ((Math.floor(index / 16) + 0.5) / 16) * height);
    if (x < 0 || y < 0 || x >= picture.columns || y >= picture.rows) continue;
    const at = y * picture.columns + x;
    const [red, green, blue] = picture.planes;
    values.push(green === undefined ? red![at]! : lumaOf([red![at]!, green[at]!, blue![at]!]));
  }
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** False, and nothing filled, when the box would hide words that are already there. */
function fillBox(page: Page, area: readonly [number, number, number, number], dress: Dress): boolean {
  const pad = 2 + page.random() * 5;
  const left = Math.round(area[0] - pad);
  const top = Math.round(area[1] - pad);
  const width = Math.round(area[2] + 2 * pad);
  const height = Math.round(area[3] + 2 * pad);
  if (!isFree(page, left, top, width, height)) return false;
  const full = new Uint8Array(width * height).fill(255);
  blend(page.picture, { left, top, width, height }, full, dress.box!, page.random() < 0.8 ? 1 : 0.75);
  return true;
}

interface Writing {
  readonly words: readonly string[];
  readonly style: Style;
  readonly dress: Dress;
  readonly kind: "burned-in" | "mark";
}

/** Writes the words of a line from (x, y) on, one ink each; what would touch other ink is left out. */
function writeLine(page: Page, writing: Writing, x: number, y: number, room: number): void {
  const { style } = writing;
  const turn = ((style.pen.stacked ? 90 : 0) + style.pen.angle) * (Math.PI / 180);
  let along = 0;
  const ordered = style.script === "arabic" ? [...writing.words].reverse() : writing.words;
  for (const word of ordered) {
    const length = wordLength(word, style);
    if (along + length > room) return;
    writeWord(page, writing, word, x + Math.cos(turn) * along, y + Math.sin(turn) * along, length);
    along += length + spaceOf(style);
  }
}

function writeWord(page: Page, writing: Writing, word: string, x: number, y: number, length: number): void {
  const { style, dress } = writing;
  const ink = inkOf(page, style, word, x, y);
  if (ink === null || !isWhole(ink, style, length) || !claim(page, ink)) return;
  const { picture } = page;
  if (dress.shadow !== null) {
    const moved = { ...ink, left: ink.left + dress.shadow.dx, top: ink.top + dress.shadow.dy };
    blend(picture, moved, ink.halo ?? ink.coverage, dress.shadow.colour, dress.opacity);
  }
  if (dress.outline !== null && ink.halo !== null)
    blend(picture, ink, ink.halo, dress.outline, dress.opacity);
  blend(picture, ink, ink.coverage, dress.colour, dress.opacity);
  const own = [...word].some(
    (letter) => style.files[0]!.covers.has(letter.codePointAt(0)!) && !/[\d\p{P}\p{S}]/u.test(letter),
  );
  page.words.push({
    text: drawnOf(word, style),
    script: own ? style.script : "latin",
    font: style.dots !== null ? "dots" : own ? style.files[0]!.name : style.files[1]!.name,
    size: style.dots === null ? style.size : dotHeight(style.dots) / page.scale,
    angle: style.pen.angle,
    kind: writing.kind,
    variants: [...style.variants, ...dress.variants],
    ink,
  });
}

/** The letters of a word that are drawn: those that a file, or the dot font, has. */
function drawnOf(word: string, style: Style): string {
  if (style.dots !== null) return dotLetters(word);
  return [...word].filter((letter) => style.files.some((file) => covers(file, letter))).join("");
}

function inkOf(page: Page, style: Style, word: string, x: number, y: number): Ink | null {
  const { dots, pen } = style;
  if (dots === null) return drawInk(runsOf(word, style.files), pen, x, y, page.picture);
  const rise = dotHeight(dots);
  const length = wordLength(word, style);
  const left = dots.angle === 0 ? x : dots.angle === 90 ? x : x - rise;
  const top = dots.angle === 0 ? y - rise : dots.angle === 90 ? y : y - length;
  return drawDots(word, dots, Math.round(left), Math.round(top), page.picture);
}

/** Of a word cut by the border at least half must be left: less is no word that anybody could read. */
function isWhole(ink: Ink, style: Style, length: number): boolean {
  const long = Math.max(ink.width, ink.height);
  const short = Math.min(ink.width, ink.height);
  return long >= Math.min(length * 0.45, 400) && short >= 2 && long >= style.size * 0.4;
}

/** Takes the tiles of a word's ink; false, and nothing taken, when another word has one of them. */
function claim(page: Page, ink: Ink): boolean {
  const across = Math.ceil(page.picture.columns / 4);
  const tiles: number[] = [];
  for (let row = 0, at = 0; row < ink.height; row++) {
    const start = ((ink.top + row) >> 2) * across;
    for (let column = 0; column < ink.width; column++, at++) {
      if (ink.coverage[at]! < 32) continue;
      const tile = start + ((ink.left + column) >> 2);
      if (tiles[tiles.length - 1] !== tile) tiles.push(tile);
    }
  }
  if (tiles.some((tile) => page.taken[tile] === 1)) return false;
  for (const tile of tiles) page.taken[tile] = 1;
  return true;
}
