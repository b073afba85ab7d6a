import { grouped, plural, type TextSink } from "../output.js";

/** How a run tells how far it is: a bar on a terminal, a line now and then in a log, or nothing. */
export type ProgressStyle = "bar" | "lines" | "none";

const BAR_WIDTH = 24;
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 15_000;

/** One phase after the other, each with a number of files to do. Times come from `now`, milliseconds. */
export class Progress {
  readonly #sink: TextSink;
  readonly #style: ProgressStyle;
  readonly #now: () => number;
  #phase = "";
  #total = 0;
  #done = 0;
  /** Done before this run began, which says nothing about its rate. */
  #before = 0;
  #started = 0;
  #shown = 0;

  constructor(sink: TextSink, style: ProgressStyle, now: () => number) {
    this.#sink = sink;
    this.#style = style;
    this.#now = now;
  }

  begin(phase: string, total: number, before = 0): void {
    this.#phase = phase;
    this.#total = total;
    this.#done = this.#before = before;
    this.#started = this.#shown = this.#now();
    if (this.#style === "bar") this.#draw();
  }

  advance(count: number): void {
    this.#done += count;
    const now = this.#now();
    if (now - this.#shown < (this.#style === "bar" ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shown = now;
    this.#draw();
  }

  /** Leaves one line that says what was done, and how fast. */
  end(): void {
    const seconds = (this.#now() - this.#started) / 1000;
    const rate = this.#rate();
    const text = `${this.#phase}: ${plural(this.#done, "file")}${rate ? `, ${rate}` : ""}, ${duration(seconds)}`;
    if (this.#style === "bar") this.#sink.write(`\r\x1b[K${text}\n`);
    else if (this.#style === "lines") this.#sink.write(`${text}\n`);
    this.#phase = "";
  }

  /** Clears a bar that an error has left behind. */
  abort(): void {
    if (this.#style === "bar" && this.#phase !== "") this.#sink.write("\r\x1b[K");
    this.#phase = "";
  }

  #draw(): void {
    if (this.#style === "none") return;
    const share = this.#total === 0 ? 1 : this.#done / this.#total;
    const parts = [`${grouped(this.#done)} of ${plural(this.#total, "file")}`, this.#rate(), this.#left()];
    const text = parts.filter((part) => part !== "").join(", ");
    if (this.#style === "lines") this.#sink.write(`${this.#phase}: ${text}\n`);
    else {
      const line = `${this.#phase} ${bar(share)} ${text}`;
      this.#sink.write(`\r\x1b[K${line.slice(0, Math.max(20, (this.#sink.columns ?? 80) - 1))}`);
    }
  }

  #perSecond(): number {
    const seconds = (this.#now() - this.#started) / 1000;
    return seconds < 0.05 ? 0 : (this.#done - this.#before) / seconds;
  }

  #rate(): string {
    const rate = this.#perSecond();
    if (rate < 0.05) return "";
    return rate >= 10 ? `${grouped(Math.round(rate))} a second` : `${rate.toFixed(1)} a second`;
  }

  #left(): string {
    const rate = this.#perSecond();
    if (rate === 0 || this.#done >= this.#total) return "";
    return `${duration((this.#total - this.#done) / rate)} left`;
  }
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

function bar(share: number): string {
  const eighths = Math.round(Math.min(1, share) * BAR_WIDTH * 8);
  const drawn = "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
  return `▕${drawn.padEnd(BAR_WIDTH)}▏`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
