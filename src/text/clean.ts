import { findDates } from "./dates.js";
import { findHits, type IdentifierMatcher } from "./known.js";
import { findNumbers } from "./numbers.js";
import { type DictionaryUse, findPersons } from "./persons.js";
import { findPlaces } from "./places.js";
import { resolveHits } from "./resolve.js";
import type { Finding, FindingKind, Suspicion } from "./types.js";
import { type View, viewOf } from "./view.js";

export interface CleanOptions {
  /** Dates written in the text go, known or not; false only where the profile keeps full dates. */
  readonly removeDates: boolean;
  /** What stands in place of a finding; default: nothing, with the white space tidied. */
  readonly marker?: (kind: FindingKind) => string;
  /** Use of the name tables; default "on". */
  readonly dictionary?: DictionaryUse;
}

export interface CleanResult {
  /** The text without its identifiers; the same string when nothing was found. */
  readonly text: string;
  /** What was removed, by position in the original; sorted, no overlaps. */
  readonly findings: readonly Finding[];
  /** What was kept although it may identify, by position in the original: for a person to look at. */
  readonly suspicious: readonly Suspicion[];
}

/** Removes every identifier from one text value; never throws, linear in the length of `text`. */
export function cleanText(text: string, matcher: IdentifierMatcher, options: CleanOptions): CleanResult {
  const view = viewOf(text);
  if (view.length === 0) return { text, findings: [], suspicious: [] };
  const known = resolveHits(view, findHits(view, matcher), matcher);
  const numbers = findNumbers(view);
  const persons = findPersons(view, options.dictionary ?? "on");
  const found = [
    ...known.findings,
    ...numbers.findings,
    ...persons.findings,
    ...findDates(view, matcher.dates, options.removeDates),
    ...findPlaces(view),
  ];
  const suspicious = [...known.suspicious, ...numbers.suspicious, ...persons.suspicious];
  if (found.length === 0) return { text, findings: [], suspicious };
  const findings = merge(found);
  return {
    text: cut(text, findings, options.marker ?? (() => "")),
    findings,
    suspicious: suspicious.filter((s) => !covered(s, findings)).sort((a, b) => a.start - b.start),
  };
}

function merge(found: Finding[]): Finding[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const out: Finding[] = [];
  for (const finding of found) {
    const last = out.at(-1);
    if (last === undefined || finding.start >= last.end) out.push(finding);
    else if (finding.end > last.end) out[out.length - 1] = { ...last, end: finding.end };
  }
  return out;
}

/** Binary search: a hostile text may hold as many suspicions as findings. */
function covered(s: Suspicion, findings: readonly Finding[]): boolean {
  let low = 0;
  let high = findings.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const f = findings[middle]!;
    if (f.end <= s.start) low = middle + 1;
    else if (f.start >= s.end) high = middle - 1;
    else return true;
  }
  return false;
}

/** Cuts the findings out. What is not beside a cut stays as it was, byte for byte. */
function cut(text: string, findings: readonly Finding[], marker: (kind: FindingKind) => string): string {
  const parts: string[] = [];
  let at = 0;
  findings.forEach((finding, i) => {
    parts.push(text.slice(at, finding.start));
    parts.push(marker(finding.kind));
    at = finding.end;
    if (i === findings.length - 1) parts.push(text.slice(at));
  });
  return tidy(parts);
}

const BRACKETS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "<": ">", "{": "}", '"': '"' };
/** What only joined the identifier to its neighbours. */
const JOINERS = /[ \t^_,;/\-.]/;
const MAX_JOIN = 8;

/** Joins `parts` (text, mark, text, mark, …, text), closing the hole at each empty mark; touches only the edges. */
function tidy(parts: readonly string[]): string {
  const out: string[] = [parts[0] ?? ""];
  for (let i = 1; i < parts.length; i += 2) {
    const mark = parts[i]!;
    const right = parts[i + 1] ?? "";
    if (mark !== "") {
      out.push(mark, right);
      continue;
    }
    let left = out.pop() ?? "";
    while (left === "" && out.length > 0) left = out.pop()!;
    out.push(...close(left, right, out.length === 0, i + 2 >= parts.length));
  }
  return out.join("");
}

/** The texts left and right of one hole, fitted; `first` and `last` when nothing stands beyond them. */
function close(left: string, right: string, first: boolean, last: boolean): [string, string] {
  let l = left;
  let r = right;
  const shut = BRACKETS[l.slice(-1)];
  if (shut !== undefined && r.startsWith(shut)) [l, r] = [l.slice(0, -1), r.slice(1)];
  const leftJoin = edge(l, -1);
  const rightJoin = edge(r, 1);
  const head = l.slice(0, l.length - leftJoin.length);
  const tail = r.slice(rightJoin.length);
  if (first && head === "") return ["", tail];
  if (last && tail === "") return [head, rightJoin.trimEnd() === "." ? "." : ""];
  // One of the two joins is enough: "CT_DOE_CHEST" becomes "CT_CHEST"
  if (leftJoin !== "" && rightJoin !== "") return [head + stronger(leftJoin, rightJoin), tail];
  const glued = leftJoin === "" && rightJoin === "" && /\w$/.test(l.slice(-1)) && /^\w/.test(r.slice(0, 1));
  return glued ? [`${l} `, r] : [l, r];
}

/** The run of joiners at the right (-1) or left (1) edge of `text`. */
function edge(text: string, side: 1 | -1): string {
  let n = 0;
  while (n < text.length && n < MAX_JOIN && JOINERS.test(side === 1 ? text[n]! : text[text.length - 1 - n]!))
    n++;
  return side === 1 ? text.slice(0, n) : text.slice(text.length - n);
}

/** Of the joins left and right of a cut the one that says more: a full stop or comma behind, else the one before. */
function stronger(left: string, right: string): string {
  return /^[.,;] ?$/.test(right) && !/^[.]/.test(left) ? right : left;
}

/**
 * Leak check for values that are not cleaned as text (coded, binary decoded as Latin-1): true when a known
 * identifier stands in `text` beyond doubt. Weak and ambiguous parts do not count.
 */
export function containsKnown(text: string, matcher: IdentifierMatcher): boolean {
  const view: View = viewOf(text);
  // In a long binary value three letters occur by chance
  const least = text.length > 256 ? 5 : 3;
  return findHits(view, matcher).some(
    ({ pattern, from, to }) =>
      (pattern.strength === "strong" &&
        to - from >= least &&
        !(pattern.kind === "date" && pattern.key.length < 8)) ||
      // A code of two letters ("GR", "SE") is nobody's initials
      (from === 0 &&
        to === view.length &&
        pattern.strength !== "weak" &&
        !(pattern.strength === "exact" && pattern.kind === "name")),
  );
}
