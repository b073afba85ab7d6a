import type { CalendarDate } from "./known.js";
import type { Finding } from "./types.js";
import { gapBefore, type Token, type View } from "./view.js";

const MONTH_NAMES: readonly string[] = [
  "january jan januar janvier janv enero ene gennaio gen januari janeiro janner",
  "february feb februar fevrier fevr febrero febbraio februari fevereiro fev febr",
  "march mar marz maerz mrz mars marzo maart mrt marco",
  "april apr avril avr abril abr aprile",
  "may mai mayo maggio mag mei maio",
  "june jun juni juin junio giugno giu junho",
  "july jul juli juillet juil julio luglio lug julho",
  "august aug aout agosto ago augustus",
  "september sep sept septembre septiembre settembre set setembro",
  "october oct oktober okt octobre octubre ottobre ott outubro out",
  "november nov novembre noviembre novembro",
  "december dec dezember dez decembre diciembre dic dicembre dezembro",
];
const MONTHS = new Map(
  MONTH_NAMES.flatMap((names, i) => names.split(" ").map((name) => [name, i + 1] as const)),
);
/** Month names that are words or codes of descriptors too: they need a day and a year. */
const AMBIGUOUS_MONTHS = new Set("may mar dec sep set mai ago out gen mag mars march ene".split(" "));
const DATE_CUES = new Set(
  "dob born birthdate birthday dated date on since from until till of geb geboren geburtsdatum am vom ne nee le du nacido nacida nato nata geboortedatum dod died deceased".split(
    " ",
  ),
);
const BIRTH_CUES = new Set(
  "dob born birthdate birthday geb geboren geburtsdatum nacido nacida geboortedatum nee ne dod died deceased birth".split(
    " ",
  ),
);
const UNIT = /^(mm|cm|ms|ml|mg|g|kg|x|min|sec|s|hz|mhz|pct)$/;

/** One date-like stretch with every calendar date it may mean; `sure` when its form is a date and nothing else. */
interface Expression {
  readonly start: number;
  readonly end: number;
  readonly dates: readonly CalendarDate[];
  readonly sure: boolean;
}

/**
 * Dates in `view`: those equal to a known date in any reading, and with `all` every stretch that is
 * written as a date (PS3.15 E.3.6 leaves dates in text to Clean Descriptors).
 */
export function findDates(view: View, known: readonly CalendarDate[], all: boolean): Finding[] {
  const out: Finding[] = [];
  for (let i = 0; i < view.tokens.length; i++) {
    const found = expressionAt(view, i);
    if (found === undefined) continue;
    const isKnown = found.dates.some((d) =>
      known.some((k) => k.year === d.year && k.month === d.month && k.day === d.day),
    );
    if (!isKnown && !(all && (found.sure || cueBefore(view, i, DATE_CUES)))) continue;
    out.push({ kind: "date", start: found.start, end: found.end });
    while (view.tokens[i + 1] !== undefined && view.tokens[i + 1]!.start < found.end) i++;
  }
  return out;
}

function expressionAt(view: View, i: number): Expression | undefined {
  const token = view.tokens[i]!;
  if (token.digits)
    return (
      compact(view, i) ??
      era(view, i) ??
      monthSecond(view, i) ??
      monthBetween(view, i) ??
      numeric(view, i) ??
      yearMonth(view, i) ??
      bareYear(view, i)
    );
  return MONTHS.has(token.folded) ? monthFirst(view, i) : undefined;
}

/** "20240131", DT "20240131123059.123", and after a cue of birth "31011960" or "310160". */
function compact(view: View, i: number): Expression | undefined {
  const token = view.tokens[i]!;
  const d = token.folded;
  if (d.length === 8 || d.length === 12 || d.length === 14) {
    const date = valid(Number(d.slice(0, 4)), Number(d.slice(4, 6)), Number(d.slice(6, 8)));
    if (date.length > 0 && validTime(d.slice(8)))
      return { ...span(view, i, i), end: fraction(view, token), dates: date, sure: true };
  }
  if ((d.length === 8 || d.length === 6) && cueBefore(view, i, BIRTH_CUES)) {
    return { ...span(view, i, i), dates: [], sure: true };
  }
  return undefined;
}

function validTime(hhmmss: string): boolean {
  return hhmmss === "" || /^([01]\d|2[0-3])[0-5]\d([0-5]\d)?$/.test(hhmmss);
}

function fraction(view: View, token: Token): number {
  const rest = /^\.\d{1,6}([+-]\d{4})?(?!\d)/.exec(view.text.slice(token.end, token.end + 13));
  return token.folded.length === 14 && rest !== null ? token.end + rest[0].length : token.end;
}

/** "2024-01-31", "31.01.2024", "01/31/24", "2024年1月31日". */
function numeric(view: View, i: number): Expression | undefined {
  const [a, b, c] = [view.tokens[i], view.tokens[i + 1], view.tokens[i + 2]];
  const cjk = ideographic(view, i);
  if (cjk !== undefined) return cjk;
  if (a === undefined || b?.digits !== true || c?.digits !== true) return undefined;
  const first = gapBefore(view, i + 1);
  const second = gapBefore(view, i + 2);
  const separator = first.trim();
  if (
    second.trim() !== separator ||
    !/^ ?[-/._\u2010-\u2013] ?$|^ $/.test(first) ||
    isPartOfLonger(view, i, i + 2, separator)
  )
    return undefined;
  const x = a.folded;
  const y = b.folded;
  const z = c.folded;
  if (y.length > 2 || x.length + z.length > 6) return undefined;
  const dates =
    x.length === 4 ? readings(x, y, z, "year-first") : x.length <= 2 ? readings(z, x, y, "year-last") : [];
  if (dates.length === 0) return undefined;
  const long = x.length === 4 || z.length === 4;
  const padded = y.length === 2 && (x.length === 4 ? z.length : x.length) === 2;
  const measured =
    UNIT.test(view.tokens[i + 3]?.folded ?? "") && !long && /^ ?$/.test(gapBefore(view, i + 3));
  const sure =
    separator === "" ? long && padded : long || (!measured && (separator === "/" ? z.length === 2 : padded));
  return { ...span(view, i, i + 2), end: endOfDate(view, c), dates, sure };
}

/** "2024-01-31T12:30:05Z": the glued time goes with its date. */
function endOfDate(view: View, last: Token): number {
  const time = /^T\d{2}:?\d{2}(:?\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?/.exec(
    view.text.slice(last.end, last.end + 30),
  );
  return time === null ? last.end : last.end + time[0].length;
}

/** A fourth number with the same separator makes it a version, a UID or a list. */
function isPartOfLonger(view: View, from: number, to: number, separator: string): boolean {
  if (separator === "") return false;
  const before = view.tokens[from - 1];
  const after = view.tokens[to + 1];
  const joins = (token: Token | undefined, gap: string): boolean =>
    token?.digits === true && gap.trim() === separator && gap.length === 1;
  return joins(before, gapBefore(view, from)) || joins(after, gapBefore(view, to + 1));
}

function readings(
  year: string,
  first: string,
  second: string,
  order: "year-first" | "year-last",
): CalendarDate[] {
  const years = yearsOf(year);
  const [m, d] = [Number(first), Number(second)];
  const out = years.flatMap((y) => [...valid(y, m, d), ...valid(y, d, m)]);
  // "24-01-31": the year may be the first of three two-digit numbers
  if (order === "year-last" && year.length === 2)
    out.push(...yearsOf(first).flatMap((y) => valid(y, d, Number(year))));
  return out;
}

function yearsOf(digits: string): number[] {
  const n = Number(digits);
  if (digits.length === 4) return n >= 1850 && n <= 2150 ? [n] : [];
  return digits.length === 2 ? [1900 + n, 2000 + n] : [];
}

function valid(year: number, month: number, day: number): CalendarDate[] {
  return year >= 1850 && year <= 2150 && month >= 1 && month <= 12 && day >= 1 && day <= 31
    ? [{ year, month, day }]
    : [];
}

function ideographic(view: View, i: number): Expression | undefined {
  const from = view.tokens[i]!;
  const match = /^(\d{4})[年년]\s?(\d{1,2})[月월](?:\s?(\d{1,2})[日일])?/.exec(
    view.text.slice(from.start, from.start + 16),
  );
  if (match === null) return undefined;
  const dates = match[3] === undefined ? [] : valid(Number(match[1]), Number(match[2]), Number(match[3]));
  return { start: from.start, end: from.start + match[0].length, dates, sure: true };
}

const JOIN = /^(?:[\s\-./,_]{0,3}|['’ ]{1,2}|\.? ?de ?)$/;

/** "31 January 2024", "31-Jan-24", "31JAN2024", "31st of January", "3 Mai 1960", "5 de mayo de 1960". */
function monthSecond(view: View, i: number): Expression | undefined {
  const day = Number(view.tokens[i]!.folded);
  if (view.tokens[i]!.folded.length > 2 || day < 1 || day > 31) return undefined;
  let m = i + 1;
  while (m <= i + 2 && /^(st|nd|rd|th|er|of|de)$/.test(view.tokens[m]?.folded ?? "")) m++;
  const month = MONTHS.get(view.tokens[m]?.folded ?? "");
  if (month === undefined || !gapsJoin(view, i + 1, m)) return undefined;
  // "stage 1 Aug 4, 2014": the day is the one before the year
  const [dayBehind, yearBehind] = [view.tokens[m + 1], view.tokens[m + 2]];
  const isDay = dayBehind?.digits === true && dayBehind.folded.length < 3 && gapBefore(view, m + 1) === " ";
  if (isDay && yearBehind?.folded.length === 4 && yearBehind.digits && /^,? $/.test(gapBefore(view, m + 2)))
    return undefined;
  return withYear(view, i, m, month, day);
}

const ROMAN_MONTHS = new Map("i ii iii iv v vi vii viii ix x xi xii".split(" ").map((m, i) => [m, i + 1]));

/** "1960 May 2", "1960-MAY-02", and with a Roman month "02.V.1960". */
function monthBetween(view: View, i: number): Expression | undefined {
  const [a, b, c] = [view.tokens[i]!, view.tokens[i + 1], view.tokens[i + 2]];
  if (b === undefined || b.digits || c?.digits !== true) return undefined;
  const [first, second] = [gapBefore(view, i + 1), gapBefore(view, i + 2)];
  const roman = ROMAN_MONTHS.get(b.folded);
  if (roman !== undefined && b.shape !== "lower" && first === second && /^(?:[.\-/] ?| )$/.test(first)) {
    const dates = yearsOf(c.folded).flatMap((year) => valid(year, roman, Number(a.folded)));
    return a.folded.length < 3 && c.folded.length === 4 && dates.length > 0
      ? { ...span(view, i, i + 2), dates, sure: first !== " " }
      : undefined;
  }
  const month = MONTHS.get(b.folded);
  if (month === undefined || a.folded.length !== 4 || c.folded.length > 2 || !gapsJoin(view, i + 1, i + 2))
    return undefined;
  const dates = yearsOf(a.folded).flatMap((year) => valid(year, month, Number(c.folded)));
  return dates.length > 0
    ? { ...span(view, i, i + 2), end: endOfDate(view, c), dates, sure: true }
    : undefined;
}

/** First year of each Japanese era, by its name and by its letter. */
const ERAS = new Map([
  ["明治", 1868],
  ["大正", 1912],
  ["昭和", 1926],
  ["平成", 1989],
  ["令和", 2019],
  ["m", 1868],
  ["t", 1912],
  ["s", 1926],
  ["h", 1989],
  ["r", 2019],
]);

/** "昭和35年5月2日", and "S35.5.2" where it is a known date or stands behind a cue of birth. */
function era(view: View, i: number): Expression | undefined {
  const name = view.tokens[i - 1];
  const token = view.tokens[i]!;
  if (name === undefined || name.digits || name.end !== token.start || token.folded.length > 2)
    return undefined;
  const letter = name.folded.length === 1;
  const first = ERAS.get(letter ? name.folded : name.folded.slice(-2));
  if (first === undefined || (letter && name.shape !== "upper")) return undefined;
  const written = view.text.slice(token.start, token.start + 14);
  const match = letter
    ? /^(\d{1,2})([./-])(\d{1,2})\2(\d{1,2})(?![0-9]|[./-][0-9])/.exec(written)
    : /^(\d{1,2})(年)(\d{1,2})月(\d{1,2})日/.exec(written);
  if (match === null) return undefined;
  const dates = valid(first + Number(match[1]) - 1, Number(match[3]), Number(match[4]));
  if (dates.length === 0) return undefined;
  const start = letter ? name.start : name.end - 2;
  return {
    start,
    end: token.start + match[0].length,
    dates,
    sure: !letter || cueBefore(view, i - 1, BIRTH_CUES),
  };
}

/** "January 31, 2024", "Jan 31 24", "Jan-2024", "March 2024". */
function monthFirst(view: View, i: number): Expression | undefined {
  const month = MONTHS.get(view.tokens[i]!.folded)!;
  const next = view.tokens[i + 1];
  if (next?.digits !== true || !gapsJoin(view, i + 1, i + 1)) return undefined;
  // "rule out - 08.07.2019": a whole date stands behind a word that is a month elsewhere
  if (AMBIGUOUS_MONTHS.has(view.tokens[i]!.folded) && numeric(view, i + 1) !== undefined) return undefined;
  if (next.folded.length === 4) {
    return yearsOf(next.folded).length === 0
      ? undefined
      : { ...span(view, i, i + 1), dates: [], sure: isMonthWord(view, i, true) };
  }
  const day = Number(next.folded);
  if (next.folded.length > 2 || day < 1 || day > 31) return undefined;
  const suffix = /^(st|nd|rd|th)$/.test(view.tokens[i + 2]?.folded ?? "") ? i + 2 : i + 1;
  return withYear(view, i, suffix, month, day, i);
}

function withYear(
  view: View,
  from: number,
  last: number,
  month: number,
  day: number,
  word = last,
): Expression | undefined {
  const skip = /^(of|de|del)$/.test(view.tokens[last + 1]?.folded ?? "") ? last + 2 : last + 1;
  const year = view.tokens[skip];
  if (year?.digits === true && gapsJoin(view, last + 1, skip)) {
    const years = yearsOf(year.folded);
    const clock = view.text[year.end] === ":";
    const clear = year.folded.length === 4 || (!clock && !UNIT.test(view.tokens[skip + 1]?.folded ?? ""));
    if (years.length > 0 && clear) {
      return {
        ...span(view, from, skip),
        end: endOfDate(view, year),
        dates: years.flatMap((y) => valid(y, month, day)),
        sure: true,
      };
    }
  }
  return {
    ...span(view, from, last),
    dates: [],
    sure: isMonthWord(view, word, false) && !UNIT.test(view.tokens[last + 1]?.folded ?? ""),
  };
}

/** A month's name, not the verb "may" or the code "SEP": without a year it must be capitalised and unambiguous. */
function isMonthWord(view: View, i: number, hasYear: boolean): boolean {
  const token = view.tokens[i]!;
  if (hasYear) return token.folded !== "may" || token.shape !== "lower";
  if (AMBIGUOUS_MONTHS.has(token.folded)) return false;
  return token.folded.length > 3 || token.shape === "title";
}

function gapsJoin(view: View, from: number, to: number): boolean {
  for (let k = from; k <= to; k++) if (!JOIN.test(gapBefore(view, k))) return false;
  return true;
}

/** "2024-01", "01/2024": a month with its year. */
function yearMonth(view: View, i: number): Expression | undefined {
  const [a, b] = [view.tokens[i]!, view.tokens[i + 1]];
  const gap = gapBefore(view, i + 1);
  if (b?.digits !== true || !/^[-/.]$/.test(gap) || isPartOfLonger(view, i, i + 1, gap)) return undefined;
  const yearFirst = a.folded.length === 4 && b.folded.length === 2 && gap === "-";
  const yearLast = b.folded.length === 4 && a.folded.length <= 2 && gap === "/";
  const inRange = (year: string, month: string): boolean =>
    /^(19|20)\d\d$/.test(year) && Number(month) >= 1 && Number(month) <= 12;
  if (yearFirst ? inRange(a.folded, b.folded) : yearLast && inRange(b.folded, a.folded)) {
    return { ...span(view, i, i + 1), dates: [], sure: true };
  }
  const dayMonth =
    gap !== "-" &&
    a.folded.length <= 2 &&
    b.folded.length <= 2 &&
    valid(2000, Number(a.folded), Number(b.folded)).length +
      valid(2000, Number(b.folded), Number(a.folded)).length >
      0;
  return dayMonth && gap === "/" && Number(a.folded) + Number(b.folded) > 2 && cueBefore(view, i, BIRTH_CUES)
    ? { ...span(view, i, i + 1), dates: [], sure: true }
    : undefined;
}

/** "born 1960", "b. 1960" */
function bareYear(view: View, i: number): Expression | undefined {
  if (!/^(18|19|20)\d\d$/.test(view.tokens[i]!.folded)) return undefined;
  const before = view.tokens[i - 1];
  const isBorn = before?.folded === "b" && before.shape === "lower" && /^\. ?$/.test(gapBefore(view, i));
  return isBorn || cueBefore(view, i, BIRTH_CUES)
    ? { ...span(view, i, i), dates: [], sure: true }
    : undefined;
}

function cueBefore(view: View, i: number, cues: ReadonlySet<string>): boolean {
  for (let k = i - 1; k >= 0 && k >= i - 2; k--) {
    if (!/^[\s:=.,#()*-]{1,6}$/.test(gapBefore(view, k + 1))) return false;
    if (cues.has(view.tokens[k]!.folded)) return true;
    if (!/^(on|in|am|le|el|the|date)$/.test(view.tokens[k]!.folded)) return false;
  }
  return false;
}

function span(view: View, from: number, to: number): { start: number; end: number } {
  return { start: view.tokens[from]!.start, end: view.tokens[to]!.end };
}
