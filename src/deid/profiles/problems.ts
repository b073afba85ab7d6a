import { isMap, isScalar, isSeq, type LineCounter, type Node, type ParsedNode } from "yaml";
import { ElpisError } from "../../base/index.js";

/** Steps from the top of a profile: keys and positions in lists. */
export type KeyPath = readonly (string | number)[];

interface Problem {
  readonly line: number;
  readonly text: string;
}

/** What is wrong with one profile file, collected so that a person corrects all of it at once. */
export class Problems {
  readonly file: string;
  readonly #contents: ParsedNode | null;
  readonly #lines: LineCounter;
  readonly #found: Problem[] = [];

  constructor(file: string, contents: ParsedNode | null, lines: LineCounter) {
    this.file = file;
    this.#contents = contents;
    this.#lines = lines;
  }

  get none(): boolean {
    return this.#found.length === 0;
  }

  /** `message` says what is wrong and what would be right. */
  add(path: KeyPath, message: string): void {
    this.#put(this.#offsetOf(path), path, message);
  }

  /** A mistake in the YAML itself, at an offset in characters. */
  addAt(offset: number, message: string): void {
    this.#put(offset, [], message);
  }

  #put(offset: number, path: KeyPath, message: string): void {
    const { line } = this.#lines.linePos(offset);
    const key = path.length > 0 ? `, ${keyText(path)}` : "";
    this.#found.push({ line, text: `line ${line}${key}: ${message}` });
  }

  /** Throws PROFILE_INVALID with all that was found; returns when that is nothing. */
  throwIfAny(): void {
    if (this.none) return;
    const sorted = [...this.#found].sort((a, b) => a.line - b.line).map(({ text }) => `  ${text}`);
    const count = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
    throw new ElpisError("PROFILE_INVALID", [`profile ${this.file}: ${count}`, ...sorted].join("\n"));
  }

  /** Where a key stands, or as much of its path as there is. */
  #offsetOf(path: KeyPath): number {
    let node: Node | null = this.#contents;
    let offset = 0;
    for (const step of path) {
      let next: Node | null = null;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        if (pair && isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
        next = (pair?.value ?? null) as Node | null;
      } else if (isSeq(node)) {
        next = (node.items[Number(step)] ?? null) as Node | null;
        offset = next?.range?.[0] ?? offset;
      }
      if (!next) break;
      node = next;
    }
    return offset;
  }
}

/** `attributes.PatientAge.action`, `safe-private[2].vr` with positions from 1. */
function keyText(path: KeyPath): string {
  let text = "";
  for (const step of path) text += typeof step === "number" ? `[${step + 1}]` : `${text && "."}${step}`;
  return text;
}

/** `; did you mean X?` for the nearest candidate by edit distance, "" when none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const wanted = word.toLowerCase();
  let nearest = "";
  // Of two or three letters one may be wrong: with more, any word is near.
  let least = wanted.length < 4 ? 2 : Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest === "" ? "" : `; did you mean ${nearest}?`;
}

/** Letters to insert, remove, change or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, beforeLast[j - 2]! + 1);
      }
      row.push(least);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
