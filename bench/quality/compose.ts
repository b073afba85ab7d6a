import { pick, type Random } from "../../src/base/index.js";
import { DESCRIPTORS } from "./descriptors.js";
import { HELD_OUT_DESCRIPTORS, HELD_OUT_NOTES, HELD_OUT_PHRASES } from "./held-out.js";
import {
  accession,
  accountNumber,
  address,
  type CalendarDay,
  type Category,
  calendarDay,
  deviceSerial,
  email,
  institution,
  ip,
  licenseNumber,
  mrn,
  type Planted,
  phone,
  planNumber,
  ssn,
  uid,
  url,
  vehicleNumber,
  writtenDate,
} from "./identifiers.js";
import { NOTES, PHRASES } from "./notes.js";
import { latinPerson, type NamePool, nameTokens, type Person, person, writtenName } from "./people.js";

/** Which templates and names: those that the cleaner was mended on, or those that it never saw. */
export type Half = "development" | "held out";

/** A patient with everything that a header and a text say of the person and of those around. */
export interface Subject {
  readonly who: Person;
  readonly half: Half;
  readonly mrn: string;
  readonly accession: string;
  readonly birth: CalendarDay;
  readonly study: CalendarDay;
  readonly doctor: Person;
  readonly operator: Person;
  readonly phone: string;
  readonly ssn: string;
  readonly plan: string;
  readonly address: { readonly text: string; readonly tokens: readonly string[] };
  readonly institution: { readonly text: string; readonly tokens: readonly string[] };
  readonly serial: string;
}

/** What the character set of the text can say; names in other scripts stay in Latin letters. */
export type Repertoire = "ascii" | "latin1" | "own";

export function subject(random: Random, half: Half, repertoire: Repertoire): Subject {
  const latin = repertoire !== "own";
  const listed = half === "development" ? "common" : "held-out cultures";
  const pools: readonly NamePool[] = [listed, listed, "common", "word", "outside"];
  const pool = pick(random, pools);
  const who = latin ? latinPerson(random, pool, repertoire === "ascii") : person(random, pool);
  // People around the patient are written in the patient's character set.
  const around = () => latinPerson(random, pick(random, pools), true);
  return {
    who,
    half,
    mrn: mrn(random),
    accession: accession(random),
    birth: calendarDay(random, 1934, 2006),
    study: calendarDay(random, 2012, 2023),
    doctor: around(),
    operator: around(),
    phone: phone(random),
    ssn: ssn(random),
    plan: planNumber(random),
    address: address(random),
    institution: institution(random),
    serial: deviceSerial(random),
  };
}

/** A text with what was planted in it and what has to stay. */
export interface Composed {
  readonly text: string;
  readonly planted: readonly Planted[];
  /** Words outside the slots, in order. */
  readonly keep: readonly string[];
  readonly half: Half;
}

const LINES = {
  development: { descriptors: DESCRIPTORS, phrases: PHRASES, notes: NOTES },
  "held out": { descriptors: HELD_OUT_DESCRIPTORS, phrases: HELD_OUT_PHRASES, notes: HELD_OUT_NOTES },
} as const;

/** MIDI-B leaves stop words out of text_retained; so do we, to be comparable. */
const STOP_WORDS = new Set(
  "a an and are as at be by for from in is it of on or s that the to was with".split(" "),
);

/** Words and numbers of a text. */
export function tokensOf(text: string): string[] {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).filter((token) => !STOP_WORDS.has(token.toLowerCase()));
}

export interface Room {
  /** Longest text, in characters; a phrase that does not fit is not planted. */
  readonly max: number;
  readonly repertoire: Repertoire;
}

/** A descriptor alone: every word has to stay. */
export function plainDescriptor(random: Random, of: Subject, { max }: Room): Composed {
  const fitting = LINES[of.half].descriptors.filter(({ length }) => length <= max);
  return filled(random, of, pick(random, fitting), "ascii");
}

/** A descriptor and a phrase with an identifier, in one of the ways people join them. */
export function descriptor(random: Random, of: Subject, room: Room): Composed {
  for (let attempt = 0; attempt < 20; attempt++) {
    const phrase = pick(random, LINES[of.half].phrases);
    const text = pick(random, LINES[of.half].descriptors);
    const join = pick(random, [" ", " ", ", ", " - ", "; ", ": ", " / "]);
    const template = random() < 0.7 ? `${text}${join}${phrase}` : `${phrase}${join}${text}`;
    const composed = filled(random, of, template, room.repertoire);
    if (composed.text.length <= room.max) return composed;
  }
  return plainDescriptor(random, of, room);
}

/** A whole note. */
export function note(random: Random, of: Subject, room: Room): Composed {
  const composed = filled(random, of, pick(random, LINES[of.half].notes), room.repertoire);
  return composed.text.length <= room.max ? composed : descriptor(random, of, room);
}

/** A template with its slots filled for a subject. */
export function filled(random: Random, of: Subject, template: string, repertoire: Repertoire): Composed {
  const planted: Planted[] = [];
  const text = template.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const made = fill(random, of, slot, repertoire);
    planted.push(made);
    return made.text;
  });
  const keep = tokensOf(template.replace(/\{\w+\}/g, " "));
  return { text, planted, keep, half: of.half };
}

function fill(random: Random, of: Subject, slot: string, repertoire: Repertoire): Planted {
  const one = (category: Category, text: string, known: boolean, tokens: readonly string[] = [text]): Planted => ({
    category,
    text,
    tokens,
    known,
  });
  switch (slot) {
    case "name":
      return name(random, of.who, true, repertoire);
    case "dr":
      return name(random, pick(random, [of.doctor, of.operator]), true, "ascii");
    case "person":
      return name(random, latinPerson(random, pick(random, of.half === "development" ? ["common", "outside"] : ["common", "outside", "held-out cultures"]), repertoire !== "latin1"), false, repertoire);
    case "mrn":
      return one("MRN", of.mrn, true);
    case "acc":
      return one("other unique", of.accession, true);
    case "id":
      return one("MRN", mrn(random), false);
    case "date":
      return date(random, of.study, true, repertoire);
    case "dob":
      return { ...date(random, of.birth, true, repertoire), isBirth: true };
    case "when":
      return date(random, calendarDay(random, 2005, 2024), false, repertoire);
    case "phone":
      return one("phone", random() < 0.5 ? of.phone : phone(random), false);
    case "fax":
      return one("fax", phone(random), false);
    case "email":
      return one("e-mail", email(random, of.who.family), false);
    case "ssn":
      return one("SSN", of.ssn, true);
    case "addr":
      return one("geographic", of.address.text, true, of.address.tokens);
    case "inst":
      return one("geographic", of.institution.text, true, of.institution.tokens);
    case "place": {
      const { text, tokens } = institution(random);
      return one("geographic", text, false, tokens);
    }
    case "serial":
      return one("device", of.serial, true);
    case "account":
      return one("account", accountNumber(random), false);
    case "plan":
      return one("health plan", of.plan, true);
    case "license":
      return one("license", licenseNumber(random), false);
    case "vehicle":
      return one("vehicle", vehicleNumber(random), false);
    case "url":
      return one("URL", url(random), false);
    case "ip":
      return one("IP", ip(random), false);
    case "uid":
      return one("other unique", uid(random), false);
    default:
      throw new RangeError(`no slot ${slot}`);
  }
} // biome-ignore format: one slot, two lines

function name(random: Random, who: Person, known: boolean, repertoire: Repertoire): Planted {
  let text = writtenName(random, who);
  // A text in Latin letters names nobody in another script.
  while (repertoire !== "own" && /[^\0-\xff]/.test(text)) text = writtenName(random, who);
  return { category: "names", text, tokens: nameTokens(who), known, pool: who.pool };
}

function date(random: Random, day: CalendarDay, known: boolean, repertoire: Repertoire): Planted {
  return { category: "dates", ...writtenDate(random, day, repertoire === "latin1"), known };
}
