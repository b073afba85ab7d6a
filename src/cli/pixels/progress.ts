import { grouped, type TextSink } from "../output.js";
import { type ProgressStyle, StatusLine } from "../status-line.js";

/** Tells of a file with many frames how far its examination is. Times come from `now`, milliseconds. */
export class LookProgress {
  readonly #line: StatusLine;
  #file = "";

  constructor(sink: TextSink, style: ProgressStyle, now: () => number) {
    this.#line = new StatusLine(sink, style, now);
  }

  begin(file: string): void {
    this.#file = file;
    this.#line.begin();
  }

  look(looks: number, ofLooks: number): void {
    if (!this.#line.isDue()) return;
    const frames = ofLooks / 2;
    const [does, frame] =
      looks > frames ? ["looking at what is left", looks - frames] : ["looking for text", looks];
    this.#line.show(`${this.#file}: ${does}, frame ${grouped(frame)} of ${grouped(frames)}`);
  }

  /** Leaves nothing on a terminal. */
  end(): void {
    this.#line.clear();
  }
}
