import { clip, type TextSink } from "./output.js";

/** How a command tells how far it is: a line that is written over on a terminal, lines in a log, or nothing. */
export type ProgressStyle = "bar" | "lines" | "none";

const EVERY_MS: Readonly<Record<ProgressStyle, number>> = {
  bar: 100,
  lines: 15_000,
  none: Number.POSITIVE_INFINITY,
};
const CLEARED = "\r\x1b[K";

/** The place of that line. Times come from `now`, milliseconds. */
export class StatusLine {
  readonly style: ProgressStyle;
  readonly #sink: TextSink;
  readonly #now: () => number;
  #shown = 0;
  #isDrawn = false;

  constructor(sink: TextSink, style: ProgressStyle, now: () => number) {
    this.style = style;
    this.#sink = sink;
    this.#now = now;
  }

  /** Columns of the terminal but the last: a cursor behind it would begin a new line. */
  get width(): number {
    return (this.#sink.columns ?? 80) - 1;
  }

  /** From now on it is time for a line now and then, but not at once. */
  begin(): void {
    this.#shown = this.#now();
  }

  /** True when it is time for another line; asked again, it is not. */
  isDue(): boolean {
    const now = this.#now();
    if (now - this.#shown < EVERY_MS[this.style]) return false;
    this.#shown = now;
    return true;
  }

  /** Written over by what comes next on a terminal. */
  show(text: string): void {
    if (this.style === "bar") this.#sink.write(`${CLEARED}${clip(text, this.width)}`);
    else if (this.style === "lines") this.#sink.write(`${text}\n`);
    this.#isDrawn = this.style === "bar";
  }

  /** A line that stays. */
  leave(text: string): void {
    if (this.style !== "bar") this.show(text);
    else this.#sink.write(`${CLEARED}${clip(text, this.width)}\n`);
    this.#isDrawn = false;
  }

  /** Leaves nothing on a terminal. */
  clear(): void {
    if (this.#isDrawn) this.#sink.write(CLEARED);
    this.#isDrawn = false;
  }
}
