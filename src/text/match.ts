import type { IdentifierMatcher } from "./known.js";
import type { Pattern } from "./names.js";
import type { View } from "./view.js";

export const BUCKETS = 1024;
export const bucketOf = (a: number, b: number): number => (a * 31 + b) & (BUCKETS - 1);

/** Patterns that begin alike: those to try, and those told apart by one more character. */
export interface PatternNode {
  readonly patterns: readonly Pattern[];
  /** Where in its key a pattern's next character stands. */
  readonly depth: number;
  readonly next: ReadonlyMap<number, PatternNode> | undefined;
}

/** So few are tried one by one; more are sorted by their next character, so thousands of IDs cost little. */
const FEW = 8;

export function patternNode(patterns: readonly Pattern[], depth: number): PatternNode {
  if (patterns.length <= FEW) return { patterns: longestFirst(patterns), depth, next: undefined };
  const here: Pattern[] = [];
  const branches = new Map<number, Pattern[]>();
  for (const pattern of patterns) {
    if (pattern.key.length <= depth) here.push(pattern);
    else {
      const code = pattern.key.charCodeAt(depth);
      const branch = branches.get(code);
      if (branch === undefined) branches.set(code, [pattern]);
      else branch.push(pattern);
    }
  }
  const next = new Map([...branches].map(([code, branch]) => [code, patternNode(branch, depth + 1)]));
  return { patterns: longestFirst(here), depth, next };
}

function longestFirst(patterns: readonly Pattern[]): Pattern[] {
  return [...patterns].sort((a, b) => b.key.length - a.key.length);
}

/** One place where a pattern stands in a view; `from`/`to` index the view. */
export interface Hit {
  readonly pattern: Pattern;
  readonly from: number;
  readonly to: number;
}

/** More hits than this for each character are no text but an attack on memory. */
const MAX_DENSITY = 6;
const ALLOWANCE = 1000;

/**
 * Every place where a known identifier stands, by position; overlaps included. A text denser with identifiers
 * than any writing is one hit as a whole.
 */
export function findHits(view: View, matcher: IdentifierMatcher): Hit[] {
  const hits: Hit[] = [];
  const { codes, bound, length } = view;
  const most = ALLOWANCE + MAX_DENSITY * length;
  // Where the zeros directly before i, within its token, begin: kept in step, never searched for
  let zeros = 0;
  for (let i = 0; i + 1 < length; i++) {
    if (i === 0 || bound[i] !== 0 || codes[i - 1] !== ZERO) zeros = i;
    let node = matcher.buckets[bucketOf(codes[i]!, codes[i + 1]!)];
    while (node !== undefined) {
      for (const pattern of node.patterns) {
        if (!pattern.loose && bound[i] === 0 && !isAfterZeros(view, i, zeros, pattern)) continue;
        if (matchesAt(view, i, pattern)) hits.push({ pattern, from: zeros, to: i + pattern.key.length });
      }
      const at: number = i + node.depth;
      node = at < length ? node.next?.get(codes[at]!) : undefined;
    }
    if (hits.length > most) return [{ pattern: hits[0]!.pattern, from: 0, to: length }];
  }
  return hits;
}

const ZERO = 48;
const NINE = 57;

/** "000123" holds the ID "123…": the zeros before it, from `zeros` on, go with it. */
function isAfterZeros(view: View, i: number, zeros: number, pattern: Pattern): boolean {
  return pattern.kind === "id" && view.codes[i]! <= NINE && view.bound[zeros] === 1;
}

function matchesAt(view: View, i: number, pattern: Pattern): boolean {
  const { key } = pattern;
  const end = i + key.length;
  if (end > view.length) return false;
  for (let k = 0; k < key.length; k++) if (view.codes[i + k] !== key.charCodeAt(k)) return false;
  if (!pattern.loose && end < view.length && view.bound[end] === 0) return false;
  if (pattern.loose && !endsClearly(view, i, end)) return false;
  if (!gapsAllowed(view, i, end, pattern.gaps)) return false;
  return !pattern.capitals || isCapitalised(view, i, end);
}

/** A loose match that begins or ends inside a word takes three letters of it or more: "… Doe. I|V access" is none. */
function endsClearly(view: View, from: number, to: number): boolean {
  if (view.codes[from]! > 0x2e7f) return true;
  let last = to - 1;
  while (last > from && view.bound[last] === 0) last--;
  if (to < view.length && view.bound[to] === 0 && to - last < 3 && last > from) return false;
  let second = from + 1;
  while (second < to && view.bound[second] === 0) second++;
  return view.bound[from] !== 0 || second - from > 2 || second === to;
}

const ID_GAP = /^[ ().\-/+_:,]{1,3}$/;
const WORD_GAP = /^[.'’-]?$/;
const MAX_NAME_GAP = 3;

function gapsAllowed(view: View, from: number, to: number, gaps: Pattern["gaps"]): boolean {
  for (let i = from + 1; i < to; i++) {
    // One source character may fold to two (ß): the difference is then negative.
    if (view.at[i]! - view.to[i - 1]! <= 0) continue;
    const gap = withoutControls(view.text.slice(view.to[i - 1], view.at[i]));
    if (gap === "") continue;
    if (gaps === "none") {
      if (!WORD_GAP.test(gap) || view.codes[i]! <= NINE) return false;
    } else if (gap.length > MAX_NAME_GAP || (gaps === "id" && !ID_GAP.test(gap))) return false;
  }
  return true;
}

/** Escape sequences and control characters that are no white space; NUL ends a string, so it stays. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
const CONTROLS = /\x1b[\x20-\x2f]+[\x30-\x7e]|[\x01-\x08\x0e-\x1f\x7f]/g;
const MAX_GAP_READ = 64;

function withoutControls(gap: string): string {
  return gap.length > MAX_GAP_READ ? gap : gap.replace(CONTROLS, "");
}

function isCapitalised(view: View, from: number, to: number): boolean {
  const source = view.text.slice(view.at[from], view.to[to - 1]);
  const first = source.slice(0, 1);
  return to - from > 2 ? source === source.toUpperCase() : first !== first.toLowerCase();
}
