import type { KeptText } from "../../deid/index.js";
import type { ManifestKeptText } from "../../ledger/index.js";
import { printable } from "../output.js";
import { compare, type InputFile, shownPath } from "./list.js";

export const KEPT_COLUMNS = ["element", "why", "text", "context", "instances", "example"] as const;

/** A text that stayed in some instances, with the one that was listed first. */
interface Kept {
  readonly element: string;
  readonly why: string;
  readonly text: string;
  context: string;
  example: InputFile;
  instances: number;
}

/** Texts that stayed though they look suspicious: for the release where they stood, for the site the words too. */
export class KeptTexts {
  readonly #elements = new Map<
    string,
    { readonly element: string; readonly why: string; instances: number }
  >();
  readonly #texts = new Map<string, Kept>();

  /** Takes what stayed in one instance. What comes out does not depend on the order of the instances. */
  add(kept: readonly KeptText[], file: InputFile): void {
    const byElement = new Map(kept.map((one) => [JSON.stringify([one.path, one.why]), one]));
    for (const [key, { path, why }] of byElement) {
      const known = this.#elements.get(key);
      if (known) known.instances++;
      else this.#elements.set(key, { element: path, why, instances: 1 });
    }
    const byText = new Map(
      [...kept].reverse().map((one) => [JSON.stringify([one.path, one.why, one.text]), one]),
    );
    for (const [key, { path, why, text, context }] of byText) {
      const known = this.#texts.get(key);
      if (!known) this.#texts.set(key, { element: path, why, text, context, example: file, instances: 1 });
      else {
        known.instances++;
        if (file.id < known.example.id) Object.assign(known, { context, example: file });
      }
    }
  }

  /** How many different texts. */
  get count(): number {
    return this.#texts.size;
  }

  /** For the manifest: no words. */
  elements(): ManifestKeptText[] {
    return [...this.#elements.values()].sort(
      (a, b) => compare(a.element, b.element) || compare(a.why, b.why),
    );
  }

  /** For the site alone, as `KEPT_COLUMNS`. */
  *rows(): Generator<readonly string[]> {
    const sorted = [...this.#texts.values()].sort(
      (a, b) => compare(a.element, b.element) || compare(a.why, b.why) || compare(a.text, b.text),
    );
    for (const { element, why, text, context, example, instances } of sorted) {
      const path = shownPath(example.path);
      yield [element, why, readable(text), readable(context), String(instances), readable(path)];
    }
  }
}

/**
 * For eyes, not to be read back: on one line, and never a formula. The text comes from files of strangers, and
 * this list is opened in a spreadsheet.
 */
function readable(text: string): string {
  return printable(text).replace(/^(?=[=+\-@])/, "'");
}
