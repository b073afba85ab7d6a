import { idCueBefore, isIdCue, personCueBefore } from "./cues.js";
import { collocationsOf, Word } from "./lexicon.js";
import type { Hit } from "./match.js";
import type { Pattern } from "./names.js";
import type { Finding, Suspicion, SuspicionReason } from "./types.js";
import { gapBefore, type Token, type View } from "./view.js";

/** What {@link resolveHits} decided: stretches to remove, stretches kept with a reason. */
export interface Resolved {
  readonly findings: Finding[];
  readonly suspicious: Suspicion[];
}

/**
 * Decides which hits are the person and which the word. A part of a name that is a word as well ("Long", "Head")
 * is removed beside another part or an initial of the same name, after a cue, as the whole value, or capitalised
 * with no clinical word beside it; else it is kept and reported. An eponym is removed unless its noun follows.
 */
export function resolveHits(view: View, hits: readonly Hit[]): Resolved {
  const accepted: Hit[] = [];
  const kept: [Hit, SuspicionReason][] = [];
  const first = hits.map((hit) => verdict(view, hit));
  const beside = edgesOf(hits);
  hits.forEach((hit, i) => {
    const reason = first[i];
    if (reason === undefined || supportedByName(view, hit, beside)) accepted.push(hit);
    else kept.push([hit, reason]);
  });
  const findings = accepted.map((hit) => grown(view, hit));
  const suspicious = kept
    // Initials are everywhere ("ml", "ms"): unless they are the person they are not worth a look
    .filter(([hit]) => hit.pattern.strength !== "exact" || hit.pattern.kind !== "name")
    .map(([hit, why]) => ({ start: view.at[hit.from]!, end: view.to[hit.to - 1]!, why }));
  return { findings, suspicious };
}

/** Undefined: remove. Otherwise why it is kept, unless its name supports it. */
function verdict(view: View, hit: Hit): SuspicionReason | undefined {
  const { strength, kind } = hit.pattern;
  if (hit.from === 0 && hit.to === view.length) return undefined;
  const index = tokenAt(view, hit.from);
  switch (strength) {
    case "strong":
      return kind === "id" && /^\d{4,5}$/.test(hit.pattern.key) && isMeasure(view, index)
        ? "short-known-id"
        : undefined;
    case "eponym":
      return personCueBefore(view, index) === "none" && isEponymPhrase(view, tokenAt(view, hit.to - 1))
        ? "known-name-in-eponym"
        : undefined;
    case "collocated":
      return personCueBefore(view, index) === "none" && isTheWord(view, hit, index)
        ? "known-name-is-a-word"
        : undefined;
    case "weak":
      return personCueBefore(view, index) === "strong" || standsAlone(view, hit)
        ? undefined
        : "known-name-is-a-word";
    case "exact":
      return idCueBefore(view, index) === "strong" || (kind === "name" && isInitialsPlace(view, hit, index))
        ? undefined
        : "short-known-id";
  }
}

/** In lower case, or beside a neighbour that makes it the word; two letters are a code unless written "Li". */
function isTheWord(view: View, hit: Hit, index: number): boolean {
  const { shape } = view.tokens[index]!;
  if (shape === "lower" || (hit.pattern.key.length === 2 && shape !== "title")) return true;
  if (isEponymPhrase(view, tokenAt(view, hit.to - 1))) return true;
  const behind = tokenAt(view, hit.to - 1) + 1;
  // "Stone 4 mm"
  if (view.tokens[behind]?.digits && isMeasure(view, behind)) return true;
  const neighbours = collocationsOf(hit.pattern.key);
  if (neighbours === undefined) return false;
  const last = tokenAt(view, hit.to - 1);
  return [index - 1, last + 1].some((i) => {
    const token = view.tokens[i];
    if (token === undefined) return false;
    return (
      neighbours.has(token.folded) ||
      (token.digits && neighbours.has("#")) ||
      (neighbours.has("*") && isClinicalNeighbour(view, i))
    );
  });
}

function isInitialsPlace(view: View, hit: Hit, index: number): boolean {
  const source = view.text.slice(view.at[hit.from], view.to[hit.to - 1]);
  // "Pat ID 4711": the label of a number
  if (isIdCue(view.tokens[index]!.folded) && view.tokens[index + 1] !== undefined) return false;
  return personCueBefore(view, index) !== "none" && source === source.toUpperCase();
}

/** Index of the token that holds view position `at`. */
export function tokenAt(view: View, at: number): number {
  let low = 0;
  let high = view.tokens.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (view.tokens[middle]!.from <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Capitalised and without a clinical word or number beside it: "scan of Long", not "Long axis". */
function standsAlone(view: View, hit: Hit): boolean {
  const index = tokenAt(view, hit.from);
  const token = view.tokens[index]!;
  if (hit.to - hit.from < 3 || (token.shape !== "title" && token.shape !== "upper")) return false;
  if ((token.flags & Word.function) !== 0 && token.shape !== "title") return false;
  return !isClinicalNeighbour(view, index - 1) && !isClinicalNeighbour(view, tokenAt(view, hit.to - 1) + 1);
}

function isClinicalNeighbour(view: View, index: number): boolean {
  const token = view.tokens[index];
  return (
    token !== undefined &&
    (token.digits || ((token.flags & Word.clinical) !== 0 && (token.flags & Word.function) === 0))
  );
}

const UNITS = new Set(
  "mm cm m ml l ms msec s sec min mg g kg hz khz mhz kv kvp ma mas mgy mgycm gy hu bpm ppm x px pixel pixels mbq mci pct b t".split(
    " ",
  ),
);
const PARAMETERS = new Set(
  "tr te ti b bval bvalue te1 fov etl bw matrix wl ww dfov fl flip kv ma mas x of slice slices image images im series frame frames".split(
    " ",
  ),
);

/** "TR 1500", "1500 ms", "b1000", "512x512": a number of the technique, whatever ID it equals. */
export function isMeasure(view: View, index: number): boolean {
  const before = view.tokens[index - 1];
  const after = view.tokens[index + 1];
  const near = (gap: string): boolean => /^[\s:=_/-]{0,2}$/.test(gap);
  if (before !== undefined && PARAMETERS.has(before.folded) && near(gapBefore(view, index))) return true;
  return after !== undefined && UNITS.has(after.folded) && near(gapBefore(view, index + 1));
}

/** Endings of diseases and operations: "Takayasu arteritis", "Nissen fundoplication". */
const DISEASE = /[a-z]{3}(?:itis|osis|oma|omas|opathy|plasty|ectomy|otomy|ostomy|plication|calcification)$/;

/**
 * True when the noun of an eponym follows token `index`: "Baker's cyst", "Foley catheter", "Wilson disease". After
 * a cue of a person (`strict`) two names before the noun need their hyphen: in "Dr. Jones Ewing sarcoma" one is a person.
 */
export function isEponymPhrase(view: View, index: number, strict = false): boolean {
  const next = afterPossessive(view, index);
  const token = view.tokens[next];
  if (token === undefined || !/^['’]?[ \t_-]{1,2}$/.test(gapBefore(view, next))) return false;
  if ((token.flags & Word.head) !== 0 || DISEASE.test(token.folded)) return true;
  // Two eponyms in a row: "Kellgren-Lawrence grade", "Guillain-Barre syndrome"
  if (strict && gapBefore(view, next) !== "-") return false;
  const after = view.tokens[next + 1];
  return (
    after !== undefined &&
    (after.flags & Word.head) !== 0 &&
    (token.flags & (Word.clinical | Word.surname)) !== 0
  );
}

/** The token after `index`, past a possessive "'s". */
export function afterPossessive(view: View, index: number): number {
  const next = view.tokens[index + 1];
  return next?.folded === "s" && /^['’]$/.test(gapBefore(view, index + 1)) ? index + 2 : index + 1;
}

/** Parts of names by the view position where they begin and where they end. */
interface Edges {
  readonly starts: ReadonlyMap<number, readonly Pattern[]>;
  readonly ends: ReadonlyMap<number, readonly Pattern[]>;
  /** Which two patterns are parts of one name, as far as asked. */
  readonly related: Map<Pattern, Map<Pattern, boolean>>;
}

function edgesOf(hits: readonly Hit[]): Edges {
  const starts = new Map<number, Pattern[]>();
  const ends = new Map<number, Pattern[]>();
  const put = (map: Map<number, Pattern[]>, at: number, pattern: Pattern): void => {
    const list = map.get(at);
    if (list === undefined) map.set(at, [pattern]);
    else list.push(pattern);
  };
  for (const { pattern, from, to } of hits) {
    if (pattern.names.size === 0 || pattern.strength === "exact") continue;
    put(starts, from, pattern);
    put(ends, to, pattern);
  }
  return { starts, ends, related: new Map() };
}

/** True when some name has both parts; asked once for each two, for a name may be one of thousands. */
function isSameName(a: Pattern, b: Pattern, { related }: Edges): boolean {
  if (a.key === b.key) return false;
  let answers = related.get(a);
  if (answers === undefined) related.set(a, (answers = new Map()));
  let answer = answers.get(b);
  if (answer === undefined) {
    const [few, many] = a.names.size < b.names.size ? [a.names, b.names] : [b.names, a.names];
    answer = [...few].some((name) => many.has(name));
    answers.set(b, answer);
  }
  return answer;
}

/** Another part, or an initial, of the same name stands directly beside the hit. */
function supportedByName(view: View, hit: Hit, edges: Edges): boolean {
  const { names, strength, initials: letters } = hit.pattern;
  if (names.size === 0 || strength === "exact") return false;
  const sameName = (other: Pattern): boolean => isSameName(hit.pattern, other, edges);
  if (closeGap(view, hit.from) && edges.ends.get(hit.from)?.some(sameName)) return true;
  if (closeGap(view, hit.to) && edges.starts.get(hit.to)?.some(sameName)) return true;
  const before = view.tokens[tokenAt(view, hit.from) - 1];
  const after = view.tokens[tokenAt(view, hit.to - 1) + 1];
  const own = view.tokens[tokenAt(view, hit.from)]!;
  return (
    own.shape !== "lower" && (isInitial(view, before, letters, own.start) || isInitial(view, after, letters))
  );
}

/** A capital of the name with its period ("J. Long") or after a comma ("Long, J"). */
function isInitial(
  view: View,
  token: Token | undefined,
  letters: ReadonlySet<string>,
  next?: number,
): boolean {
  if (
    token === undefined ||
    token.to - token.from !== 1 ||
    token.shape !== "upper" ||
    !letters.has(token.folded)
  )
    return false;
  if (next !== undefined) return /^\.[ ]?$/.test(view.text.slice(token.end, next));
  const before = view.text.slice(Math.max(0, token.start - 2), token.start);
  return view.text[token.end] === "." || /[,^] ?$/.test(before);
}

const CLOSE = /^[\s^,._\-='’/]{0,3}$/;
function closeGap(view: View, at: number): boolean {
  if (at === 0 || at >= view.length) return false;
  return CLOSE.test(view.text.slice(view.to[at - 1], view.at[at]));
}

/** The hit as a finding, with the initials, the possessive and in PN notation the prefixes and suffixes beside it. */
function grown(view: View, hit: Hit): Finding {
  let first = tokenAt(view, hit.from);
  let last = tokenAt(view, hit.to - 1);
  let start = view.at[hit.from]!;
  let end = view.to[hit.to - 1]!;
  const name = hit.pattern;
  if (name.names.size > 0 && view.tokens[first]!.from === hit.from && view.tokens[last]!.to === hit.to) {
    for (let k = 0; k < 3 && belongs(view, first, first - 1, name); k++) start = view.tokens[--first]!.start;
    for (let k = 0; k < 3 && belongs(view, last + 1, last + 1, name); k++) end = view.tokens[++last]!.end;
    const possessive = afterPossessive(view, last);
    if (possessive > last + 1) end = view.tokens[last + 1]!.end;
  }
  return { kind: hit.pattern.kind, start, end };
}

/** Token `index` across the gap before token `gapAt` is an initial or an affix of the name. */
function belongs(view: View, gapAt: number, index: number, name: Pattern): boolean {
  const token = view.tokens[index];
  if (token === undefined) return false;
  const gap = gapBefore(view, gapAt);
  if (gap === "" || !CLOSE.test(gap)) return false;
  if (token.to - token.from === 1) {
    const glued = view.tokens[index + 1]?.start === token.end || view.tokens[index - 1]?.end === token.start;
    // "Smith F-18 PET": a letter joined to a number is a nuclide
    const next = view.tokens[index + 1];
    const numbered = next?.digits === true && gapBefore(view, index + 1) === "-";
    return token.shape === "upper" && name.initials.has(token.folded) && !glued && !numbered;
  }
  return gap.includes("^") && name.affixes.has(token.folded);
}
