import { clip, displayWidth, grouped, plural, type TextSink } from "../output.js";
import { type ProgressStyle, StatusLine } from "../status-line.js";

/** Cells. */
const [SHORTEST_BAR, LONGEST_BAR] = [8, 24];

/** One phase after the other, each with a number of files to do. Times come from `now`, milliseconds. */
export class Progress {
  readonly #line: StatusLine;
  readonly #now: () => number;
  #phase = "";
  #total = 0;
  #done = 0;
  /** Done before this run began, which says nothing about its rate. */
  #before = 0;
  #started = 0;

  constructor(sink: TextSink, style: ProgressStyle, now: () => number) {
    this.#line = new StatusLine(sink, style, now);
    this.#now = now;
  }

  begin(phase: string, total: number, before = 0): void {
    this.#phase = phase;
    this.#total = total;
    this.#done = this.#before = before;
    this.#started = this.#now();
    this.#line.begin();
    if (this.#line.style === "bar") this.#draw();
  }

  advance(count: number): void {
    this.#done += count;
    if (this.#line.isDue()) this.#draw();
  }

  /** Leaves one line that says what was done, and how fast. */
  end(): void {
    this.#line.leave(`${this.#phase}: ${this.#result()}`);
  }

  #result(): string {
    if (this.#before > 0 && this.#done === this.#before) return "nothing left to do";
    const seconds = (this.#now() - this.#started) / 1000;
    const earlier = this.#before > 0 ? ` and ${grouped(this.#before)} before` : "";
    const done = `${plural(this.#done - this.#before, "file")}${earlier}`;
    return [done, this.#rate(), duration(seconds)].filter((part) => part !== "").join(", ");
  }

  /** A line between two phases. */
  tell(text: string): void {
    this.#line.leave(text);
  }

  /** Clears a bar that an error has left behind. */
  abort(): void {
    this.#line.clear();
  }

  #draw(): void {
    const done = `${grouped(this.#done)} of ${plural(this.#total, "file")}`;
    const parts = [done, this.#left(), this.#rate()].filter((part) => part !== "");
    const isBar = this.#line.style === "bar";
    this.#line.show(isBar ? this.#barLine(parts) : `${this.#phase}: ${parts.join(", ")}`);
  }

  /** The numbers first: the bar gets what is left of the line, and the last numbers go where all is too much. */
  #barLine(parts: readonly string[]): string {
    const share = this.#total === 0 ? 1 : this.#done / this.#total;
    const text = parts.join(", ");
    const cells = this.#line.width - displayWidth(`${this.#phase} ▕▏ ${text}`);
    if (cells >= SHORTEST_BAR) return `${this.#phase} ${bar(share, Math.min(LONGEST_BAR, cells))} ${text}`;
    for (let count = parts.length; count > 0; count--) {
      const line = `${this.#phase}: ${parts.slice(0, count).join(", ")}`;
      if (displayWidth(line) <= this.#line.width) return line;
    }
    return clip(parts[0] ?? "", this.#line.width);
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

function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, share) * width * 8);
  const drawn = "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
  return `▕${drawn.padEnd(width)}▏`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
