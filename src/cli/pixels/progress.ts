import { clip, grouped, type TextSink } from "../output.js";
import type { ProgressStyle } from "../run/progress.js";

const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 15_000;

/** Tells of a file with many frames how far its examination is: one line that is written over, or lines in a log. */
export class LookProgress {
  readonly #sink: TextSink;
  readonly #style: ProgressStyle;
  readonly #now: () => number;
  #file = "";
  #shown = 0;
  #isDrawn = false;

  constructor(sink: TextSink, style: ProgressStyle, now: () => number) {
    this.#sink = sink;
    this.#style = style;
    this.#now = now;
  }

  begin(file: string): void {
    this.#file = file;
    this.#shown = this.#now();
  }

  look(looks: number, ofLooks: number): void {
    if (this.#style === "none") return;
    const now = this.#now();
    if (now - this.#shown < (this.#style === "bar" ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shown = now;
    const frames = ofLooks / 2;
    const [does, frame] =
      looks > frames ? ["looking at what is left", looks - frames] : ["looking for text", looks];
    const text = `${this.#file}: ${does}, frame ${grouped(frame)} of ${grouped(frames)}`;
    if (this.#style === "lines") this.#sink.write(`${text}\n`);
    else this.#sink.write(`\r\x1b[K${clip(text, (this.#sink.columns ?? 80) - 1)}`);
    this.#isDrawn = this.#style === "bar";
  }

  /** Leaves nothing on a terminal. */
  end(): void {
    if (this.#isDrawn) this.#sink.write("\r\x1b[K");
    this.#isDrawn = false;
  }
}
