import { pick, type Random, randomInt } from "../../src/base/index.js";
import type { NamePool } from "./people.js";

/** HIPAA's eighteen, as 45 CFR 164.514(b)(2)(i) lists them; biometrics and photographs are not in headers. */
export type Category =
  | "names"
  | "geographic"
  | "dates"
  | "phone"
  | "fax"
  | "e-mail"
  | "SSN"
  | "MRN"
  | "health plan"
  | "account"
  | "license"
  | "vehicle"
  | "device"
  | "URL"
  | "IP"
  | "other unique";

/** An identifier as it stands in text, and what of it may not be left. */
export interface Planted {
  readonly category: Category;
  readonly text: string;
  /** Words of which none may survive at the place where it was planted. */
  readonly tokens: readonly string[];
  /** True when the header says it too; false when the text alone does. */
  readonly known: boolean;
  /** A date of birth, which goes even where dates stay. */
  readonly isBirth?: boolean;
  /** Of names: where it comes from. */
  readonly pool?: NamePool;
}

const digits = (random: Random, count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => randomInt(random, i === 0 ? first : 0, 9)).join("");
const letters = (random: Random, count: number) =>
  Array.from({ length: count }, () => pick(random, [..."ABCDEFGHJKLMNPRSTUVWXYZ"])).join("");

/** Record numbers of many shapes, as hospitals write them. */
export function mrn(random: Random): string {
  const shapes = [
    () => digits(random, 6, 1),
    () => digits(random, 7, 1),
    () => digits(random, 8, 1),
    () => `00${digits(random, 7, 1)}`,
    () => digits(random, 10, 1),
    () => `${letters(random, 1)}${digits(random, 7, 1)}`,
    () => `MRN${digits(random, 6, 1)}`,
    () => `${digits(random, 3, 1)}-${digits(random, 2)}-${digits(random, 4)}`,
    () => `${letters(random, 2)}-${digits(random, 4, 1)}-${digits(random, 4)}`,
    () => `${letters(random, 3)}${digits(random, 5, 1)}${letters(random, 1)}`,
    () => `${digits(random, 4, 1)}/${digits(random, 4)}`,
    () => `${digits(random, 3, 1)}.${digits(random, 3)}.${digits(random, 3)}`,
  ];
  return pick(random, shapes)();
}

export function accession(random: Random): string {
  const shapes = [
    () => `A${digits(random, 8, 1)}`,
    () => digits(random, 9, 1),
    () => `RAD-${digits(random, 2, 1)}-${digits(random, 6)}`,
    () => `CT${digits(random, 2, 1)}-${digits(random, 5)}`,
    () => `${digits(random, 8, 1)}${letters(random, 2)}`,
    () => `E${digits(random, 10, 1)}`,
  ];
  return pick(random, shapes)();
}

export function phone(random: Random): string {
  const line = digits(random, 4);
  const shapes = [
    () => `(${digits(random, 3, 2)}) 555-${line}`,
    () => `${digits(random, 3, 2)}-555-${line}`,
    () => `${digits(random, 3, 2)}.555.${line}`,
    () => `+1 ${digits(random, 3, 2)} 555 ${line}`,
    () => `+49 30 ${digits(random, 4, 1)}${line}`,
    () => `+44 20 7946 0${digits(random, 3)}`,
    () => `+33 1 99 00 ${digits(random, 2)} ${digits(random, 2)}`,
    () => `1-800-555-${line}`,
  ];
  return pick(random, shapes)();
}

export function ssn(random: Random): string {
  return `9${digits(random, 2)}-${digits(random, 2, 1)}-${digits(random, 4, 1)}`;
}

const HOSTS = [
  "mercy-example",
  "stelmo-example",
  "northgate-example",
  "lindenhof-example",
  "uni-klinik-example",
];

export function email(random: Random, family: string): string {
  const ascii = family.normalize("NFD").replace(/[^A-Za-z]/g, "").toLowerCase() || "contact";
  const user = pick(random, [`${ascii}${digits(random, 2)}`, `x.${ascii}`, `${ascii}_${digits(random, 3)}`]);
  return `${user}@${pick(random, HOSTS)}.${pick(random, ["org", "com", "de", "co.uk"])}`;
} // biome-ignore format: short

export function url(random: Random): string {
  const host = `${pick(random, ["www", "pacs", "portal", "ris"])}.${pick(random, HOSTS)}.org`;
  return pick(random, [`http://${host}/p/${digits(random, 6, 1)}`, `https://${host}`, `${host}/view?id=${digits(random, 7, 1)}`]);
} // biome-ignore format: short

export function ip(random: Random): string {
  return pick(random, ["10", "192", "172"]).concat(...[0, 1, 2].map(() => `.${randomInt(random, 2, 254)}`));
}

const STREETS = `Maple Willow Juniper Linden Chestnut Hawthorn Sycamore Birchwood Elmhurst Cedarbrook`.split(
  " ",
);
const TOWNS = `Exampleton Sampleford Testingham Mockbury Fakenheim Placeboro`.split(" ");

/** A postal address: what text holds and the words that must go. */
export function address(random: Random): { text: string; tokens: string[] } {
  const [street, town, number, zip] = [
    pick(random, STREETS),
    pick(random, TOWNS),
    digits(random, randomInt(random, 2, 4), 1),
    digits(random, 5, 1),
  ];
  const kind = pick(random, ["Street", "St", "Avenue", "Ave", "Road", "Lane", "Drive"]);
  const state = pick(random, ["OH", "TX", "NY", "CA"]);
  const text = pick(random, [
    `${number} ${street} ${kind}, ${town}, ${state} ${zip}`,
    `${number} ${street} ${kind}, ${town}`,
  ]);
  return { text, tokens: text.includes(zip) ? [street, town, zip, number] : [street, town, number] };
}

const SAINTS = `Veritania Elmobert Quillon Ansgarius Brendanora Corvinus Pellegrine Wulfram`.split(" ");

/** The name of a hospital; only its own word identifies it. */
export function institution(random: Random): { text: string; tokens: string[] } {
  const own = pick(random, SAINTS);
  const text = pick(random, [
    `St. ${own} Hospital`,
    `${own} Memorial Hospital`,
    `${own} Medical Center`,
    `University Hospital ${own}`,
    `Klinikum ${own}`,
    `${own} Radiology Institute`,
  ]);
  return { text, tokens: [own] };
}

export function deviceSerial(random: Random): string {
  return pick(random, [
    `SN${digits(random, 6, 1)}`,
    digits(random, 5, 1) + digits(random, 3),
    `${letters(random, 2)}${digits(random, 6, 1)}`,
    `${digits(random, 4, 1)}-${letters(random, 1)}${digits(random, 4)}`,
  ]);
}

export const planNumber = (random: Random) => `${letters(random, 3)}${digits(random, 9, 1)}`;
export const accountNumber = (random: Random) => `${digits(random, 4, 1)}-${digits(random, 6)}`;
export const licenseNumber = (random: Random) => `${letters(random, 1)}${digits(random, 8, 1)}`;
export const vehicleNumber = (random: Random) => `${letters(random, 3)}-${digits(random, 4, 1)}`;

/** A UID under a root that registers nothing, as a device makes them. */
export function uid(random: Random): string {
  const root = pick(random, ["1.2.826.0.1.9999999", "1.3.6.1.4.1.99999.7", "2.16.840.1.999999.3", "1.2.276.0.9999999"]);
  return `${root}.${randomInt(random, 1, 99)}.${digits(random, 8, 1)}.${randomInt(random, 1, 9999)}.${digits(random, 6, 1)}`;
} // biome-ignore format: short

const MONTHS = `January February March April May June July August September October November December`.split(
  " ",
);
const MONATE = `Januar Februar März April Mai Juni Juli August September Oktober November Dezember`.split(
  " ",
);
const MOIS = `janvier février mars avril mai juin juillet août septembre octobre novembre décembre`.split(
  " ",
);

export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function calendarDay(random: Random, from: number, to: number): CalendarDay {
  return {
    year: randomInt(random, from, to),
    month: randomInt(random, 1, 12),
    day: randomInt(random, 1, 28),
  };
}

const two = (value: number) => String(value).padStart(2, "0");

export const da = ({ year, month, day }: CalendarDay) => `${year}${two(month)}${two(day)}`;

type DateForm = (date: CalendarDay) => string;

/** Written forms of a date, by what its characters need. */
const ASCII_FORMS: readonly DateForm[] = [
  ({ year, month, day }) => `${year}${two(month)}${two(day)}`,
  ({ year, month, day }) => `${year}-${two(month)}-${two(day)}`,
  ({ year, month, day }) => `${year}/${two(month)}/${two(day)}`,
  ({ year, month, day }) => `${year}.${two(month)}.${two(day)}`,
  ({ year, month, day }) => `${two(day)}.${two(month)}.${year}`,
  ({ year, month, day }) => `${two(day)}/${two(month)}/${year}`,
  ({ year, month, day }) => `${two(month)}/${two(day)}/${year}`,
  ({ year, month, day }) => `${month}/${day}/${two(year % 100)}`,
  ({ year, month, day }) => `${two(day)}-${MONTHS[month - 1]!.slice(0, 3)}-${year}`,
  ({ year, month, day }) => `${two(day)}${MONTHS[month - 1]!.slice(0, 3).toUpperCase()}${year}`,
  ({ year, month, day }) => `${MONTHS[month - 1]!.slice(0, 3)} ${day}, ${year}`,
  ({ year, month, day }) => `${MONTHS[month - 1]} ${day}, ${year}`,
  ({ year, month, day }) => `${day} ${MONTHS[month - 1]} ${year}`,
  ({ year, month, day }) => `${two(day)}-${two(month)}-${year}`,
];
const LATIN1_FORMS: readonly DateForm[] = [
  ({ year, month, day }) => `${day}. ${MONATE[month - 1]} ${year}`,
  ({ year, month, day }) => `${day} ${MOIS[month - 1]} ${year}`,
];

/** A date in one of its written forms, and what may not be left of it: all but the year. */
export function writtenDate(
  random: Random,
  date: CalendarDay,
  latin1: boolean,
): { text: string; tokens: string[] } {
  const text = pick(random, latin1 ? [...ASCII_FORMS, ...LATIN1_FORMS] : ASCII_FORMS)(date);
  const parts = text.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== "" && part !== String(date.year));
  // A stray one- or two-digit number says nothing; the date as written, and a month's name, do.
  return { text, tokens: [text, ...parts.filter((part) => part.length > 2)] };
}
