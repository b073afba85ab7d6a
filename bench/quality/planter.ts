import type { Random } from "../../src/base/index.js";
import { type PlainDataSet, parseTag, tagOfKeyword } from "../../src/dicom/index.js";
import { type Composed, descriptor, note, plainDescriptor, type Room, type Subject } from "./compose.js";
import type { Category } from "./identifiers.js";
import type { PlantedText, PlantedValue, TextKind } from "./key.js";
import { nameTokens, type Person, pnOf } from "./people.js";

/** A keyword or tag as eight hexadecimal digits. */
export const hex = (keyword: string) =>
  (tagOfKeyword(keyword) ?? parseTag(keyword)).toString(16).toUpperCase().padStart(8, "0");

/** Makes one data set and its answer key at the same time. Paths are those of the item in hand. */
export class Planter {
  readonly texts: PlantedText[] = [];
  readonly values: PlantedValue[] = [];
  readonly dates: string[] = [];
  readonly random: Random;
  readonly of: Subject;
  #prefix: string[] = [];

  constructor(random: Random, of: Subject) {
    this.random = random;
    this.of = of;
  }

  path(keyword: string): string {
    return [...this.#prefix, hex(keyword)].join(".");
  }

  /** A text with an identifier (or, one time in four, with none), remembered. */
  text(keyword: string, kind: TextKind, max: number): string {
    const room: Room = { max, repertoire: repertoireOf(this.of.who) };
    const make: (r: Random, o: Subject, m: Room) => Composed =
      max <= 16 || this.random() < 0.25
        ? plainDescriptor
        : max > 64 && this.random() < 0.7
          ? note
          : descriptor;
    const composed = make(this.random, this.of, room);
    this.texts.push({ path: this.path(keyword), kind, composed });
    return composed.text;
  }

  value(
    keyword: string,
    category: Category,
    text: string,
    options: Partial<PlantedValue> & { tokens?: readonly string[] } = {},
  ): string {
    const { tokens = [text], ...rest } = options;
    this.values.push({
      path: this.path(keyword),
      planted: { category, text, tokens, known: true },
      mustGo: false,
      ...rest,
    });
    return text;
  }

  name(keyword: string, who: Person, mustGo = false): string {
    return this.value(keyword, "names", pnOf(who), { tokens: nameTokens(who), mustGo });
  }

  date(keyword: string, value: string): string {
    this.dates.push(this.path(keyword));
    return value;
  }

  /** The items of a sequence, each made with its own prefix. */
  items(keyword: string, ...makers: readonly (() => PlainDataSet)[]): readonly PlainDataSet[] {
    return makers.map((make, i) => {
      const outer = this.#prefix;
      this.#prefix = [...outer, hex(keyword), String(i)];
      const item = make();
      this.#prefix = outer;
      return item;
    });
  }
}

function repertoireOf(who: Person): Room["repertoire"] {
  if (who.characterSet.length === 0) return "ascii";
  return who.characterSet[0] === "ISO_IR 100" ? "latin1" : "own";
}
