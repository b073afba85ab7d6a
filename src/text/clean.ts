import { findDates } from "./dates.js";
import type { IdentifierMatcher } from "./known.js";
import { findHits, type Hit } from "./match.js";
import { findNumbers } from "./numbers.js";
import { type DictionaryUse, findPersons } from "./persons.js";
import { findPlaces } from "./places.js";
import { resolveHits } from "./resolve.js";
import type { Finding, FindingKind, Suspicion } from "./types.js";
import type { View } from "./view.js";
import { readings } from "./windows.js";

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

/** Of what was kept and may identify so much is reported of one text; who is told of a thousand looks at it whole. */
const MAX_SUSPICIOUS = 1000;

/**
 * Removes every identifier from one text value; never throws. Time is linear in the length of `text`; memory beside
 * the findings does not grow with it, for a long text is read in windows.
 */
export function cleanText(text: string, matcher: IdentifierMatcher, options: CleanOptions): CleanResult {
  const findings: Finding[] = [];
  const suspicious: Suspicion[] = [];
  for (const { view, offset, from, to } of readings(text)) {
    const result = analyse(view, matcher, options);
    for (const { kind, start, end } of result.findings) {
      if (end + offset > from && start + offset < to)
        append(findings, { kind, start: start + offset, end: end + offset });
    }
    for (const { why, start, end } of result.suspicious) {
      if (suspicious.length < MAX_SUSPICIOUS && start + offset >= from && start + offset < to)
        suspicious.push({ why, start: start + offset, end: end + offset });
    }
  }
  if (findings.length === 0) return { text, findings, suspicious };
  return {
    text: cut(text, findings, options.marker ?? (() => "")),
    findings,
    suspicious: suspicious.filter((s) => !covered(s, findings)).sort((a, b) => a.start - b.start),
  };
}

/** What stands in one view; `hits` where the caller leaves some known identifiers out. */
export function analyse(
  view: View,
  matcher: IdentifierMatcher,
  options: CleanOptions,
  hits: readonly Hit[] = findHits(view, matcher),
): Pick<CleanResult, "findings" | "suspicious"> {
  if (view.length === 0) return { findings: [], suspicious: [] };
  const known = resolveHits(view, hits);
  const numbers = findNumbers(view);
  const persons = findPersons(view, options.dictionary ?? "on");
  const findings = [
    ...known.findings,
    ...numbers.findings,
    ...persons.findings,
    ...findDates(view, matcher.dates, options.removeDates),
    ...findPlaces(view),
  ];
  return {
    findings: findings.length === 0 ? findings : merge(findings),
    suspicious: [...known.suspicious, ...numbers.suspicious, ...persons.suspicious],
  };
}

function merge(found: Finding[]): Finding[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const out: Finding[] = [];
  for (const finding of found) append(out, finding);
  return out;
}

/** Adds a finding to those before it, joined with the ones it overlaps. */
function append(findings: Finding[], finding: Finding): void {
  let { kind, start, end } = finding;
  const later: Finding[] = [];
  for (let last = findings.at(-1); last !== undefined && last.end > start; last = findings.at(-1)) {
    findings.pop();
    // A second reading of one window brings findings that stand before some of the first
    if (last.start >= end) later.push(last);
    else
      [kind, start, end] = [
        last.start <= start ? last.kind : kind,
        Math.min(start, last.start),
        Math.max(end, last.end),
      ];
  }
  findings.push({ kind, start, end }, ...later.reverse());
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

/** Pieces of a text that is being cut, joined from time to time: many small pieces take more room than the text. */
const MAX_PIECES = 4096;
/** Of them so many stay apart, for the next cut may close up to the last that is not empty. */
const LAST_PIECES = 16;

/** Cuts the findings out, closing the hole at each empty mark. What is not beside a cut stays as it was. */
function cut(text: string, findings: readonly Finding[], marker: (kind: FindingKind) => string): string {
  const done: string[] = [];
  const out: string[] = [text.slice(0, findings[0]!.start)];
  findings.forEach(({ kind, end }, i) => {
    const mark = marker(kind);
    const right = text.slice(end, findings[i + 1]?.start);
    if (mark !== "") {
      out.push(mark, right);
    } else {
      let left = out.pop() ?? "";
      while (left === "" && out.length > 0) left = out.pop()!;
      const isFirst = out.length + done.length === 0;
      out.push(...close(left, right, isFirst, i === findings.length - 1));
    }
    if (out.length > MAX_PIECES) done.push(out.splice(0, out.length - LAST_PIECES).join(""));
  });
  return done.join("") + out.join("");
}

const BRACKETS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "<": ">", "{": "}", '"': '"' };
/** What only joined the identifier to its neighbours. */
const JOINERS = /[ \t^_,;/\-.]/;
const MAX_JOIN = 8;

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
