import type { VR } from "../dicom/index.js";

const DAY = 86_400_000;

/** A calendar date moved by whole days; null when year, month and day name no date. */
function shiftYmd(year: number, month: number, day: number, days: number): Date | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const shifted = new Date(date.getTime() + days * DAY);
  return shifted.getUTCFullYear() >= 1 && shifted.getUTCFullYear() <= 9999 ? shifted : null;
}

const digits = (value: number, width: number) => String(value).padStart(width, "0");

/**
 * A DA value moved by whole days, in its own form (YYYYMMDD or the old YYYY.MM.DD); null when it is no
 * date. An empty value stays empty.
 */
export function shiftDate(text: string, days: number): string | null {
  const value = text.trim();
  if (value === "") return "";
  const match = /^(\d{4})(\.?)(\d{2})\2(\d{2})$/.exec(value);
  if (!match) return null;
  const shifted = shiftYmd(Number(match[1]), Number(match[3]), Number(match[4]), days);
  if (!shifted) return null;
  return [
    digits(shifted.getUTCFullYear(), 4),
    digits(shifted.getUTCMonth() + 1, 2),
    digits(shifted.getUTCDate(), 2),
  ].join(match[2]);
}

/** YYYY[MM[DD[HH[MM[SS[.F]]]]]] and an offset from UTC (PS3.5 6.2): year, month, day, time, offset. */
const DATE_TIME =
  /^(\d{4})(?:(\d{2})(?:(\d{2})((?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?)?)?)?([+-](?:0\d|1[0-4])[0-5]\d)?$/;

/**
 * A DT value moved by whole days; time of day, fraction and offset from UTC stay to the letter, so that
 * every interval survives. Year or year and month alone move by way of their middle. Null: no date-time.
 */
export function shiftDateTime(text: string, days: number): string | null {
  const value = text.trim();
  if (value === "") return "";
  const match = DATE_TIME.exec(value);
  if (!match) return null;
  const [, year, month, day, time = "", offset = ""] = match;
  const shifted = shiftYmd(Number(year), Number(month ?? 7), Number(day ?? (month ? 15 : 2)), days);
  if (!shifted) return null;
  let date = digits(shifted.getUTCFullYear(), 4);
  if (month) date += digits(shifted.getUTCMonth() + 1, 2);
  if (day) date += digits(shifted.getUTCDate(), 2);
  return date + time + offset;
}

/** The shifted year of a DA or DT, as 1 January; null when the value is neither. */
export function shiftedYear(text: string, days: number, vr: VR): string | null {
  const shifted = vr === "DT" ? shiftDateTime(text, days) : shiftDate(text, days);
  return shifted ? `${shifted.slice(0, 4)}0101` : shifted;
}

/** True for a TM, colons of the old form included (PS3.5 6.2), and for nothing. */
export function isTime(text: string): boolean {
  return /^(?:(?:[01]\d|2[0-3])(?:(:?)[0-5]\d(?:\1(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?)?$/.test(text.trim());
}

const INTEGER = /^[+-]?\d{1,12}$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
/** Figures of a number, those behind its point, and its exponent. */
const FIGURES = /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;
/** So few figures are no identifier; behind "0." one more, for directions and spacings are written so. */
const [SHORTEST_INTEGER, SHORTEST_FRACTION] = [5, 6];
/** Longer than the 16 characters of PS3.5 6.2, as many writers print floating point. */
const MAX_DECIMAL = 32;

/** True for a DS or IS, and for nothing. */
export function isNumber(text: string): boolean {
  const value = text.trim();
  return value === "" || INTEGER.test(value) || (value.length <= MAX_DECIMAL && DECIMAL.test(value));
}

/**
 * The figures of a DS or IS that may be an identifier: of an integer, however it is written ("4.5821e4"), and of
 * the fraction of a number less than one. What stands on both sides of a point is a coordinate.
 */
export function figuresOf(text: string): string[] {
  const value = text.trim();
  // Most numbers are short
  if (value.length < SHORTEST_INTEGER) return [];
  const [, integer = "", fraction = "", exponent] = FIGURES.exec(value) ?? [];
  const figures = integer.length >= SHORTEST_INTEGER ? [integer] : [];
  if (/^0*$/.test(integer) && fraction.length >= SHORTEST_FRACTION) figures.push(fraction);
  const whole = exponent === undefined ? "" : String(Number(value));
  if (/^\d+$/.test(whole) && whole.length >= SHORTEST_INTEGER) figures.push(whole);
  return figures;
}

const UNITS_PER_YEAR: Readonly<Record<string, number>> = { Y: 1, M: 12, W: 52.18, D: 365.25 };

/** An AS value; ages over 89 years become 090Y, whatever their unit (45 CFR 164.514(b)(2)(i)(C)). Null: no age. */
export function cappedAge(text: string): string | null {
  const value = text.trim();
  if (value === "") return "";
  const match = /^(\d{3})([DWMY])$/.exec(value);
  if (!match) return null;
  return Number(match[1]) / UNITS_PER_YEAR[match[2]!]! >= 90 ? "090Y" : value;
}

const DUMMIES: Partial<Record<VR, string>> = {
  AE: "REMOVED",
  AS: "000Y",
  CS: "REMOVED",
  DA: "19000101",
  DS: "0",
  DT: "19000101000000",
  IS: "0",
  LO: "REMOVED",
  LT: "REMOVED",
  // One component alone would be the form of ACR-NEMA (PS3.5 6.2.1).
  PN: "Removed^Name",
  SH: "REMOVED",
  ST: "REMOVED",
  TM: "000000",
  UC: "REMOVED",
  UR: "urn:removed",
  UT: "REMOVED",
};

/** A value that is valid for the VR and says nothing; undefined for numbers, bytes, UIDs and sequences. */
export function dummyText(vr: VR): string | undefined {
  return DUMMIES[vr];
}
