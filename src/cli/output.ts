/** A stream that text goes to; `process.stdout` is one. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where a command writes; `process` is one. Results go to stdout, progress and errors to stderr. */
export interface Io {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

const CODES: Readonly<Record<Style, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
};

/** Puts a style around a text, or returns it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Colour for a terminal alone, and never where NO_COLOR is set (no-color.org) or the terminal is dumb. */
export function painterFor(sink: TextSink, env: Io["env"]): Paint {
  const colour = sink.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return (style, text) => (colour && text !== "" ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
}

/** Columns a text takes in a terminal: East Asian wide characters take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** At most `width` columns; what was cut is marked by "…". */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (displayWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Lines of a table: columns as wide as their widest cell, two spaces between, no trailing space. */
export function table(
  rows: readonly (readonly string[])[],
  style: (cell: string, column: number, row: number) => string = (cell) => cell,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, displayWidth(cell));
    });
  }
  return rows.map((row, at) => {
    const cells = row.map((cell, column) => {
      const padding = column === row.length - 1 ? "" : " ".repeat(widths[column]! - displayWidth(cell));
      return style(cell, column, at) + padding;
    });
    return cells.join("  ").trimEnd();
  });
}

/** Broken at spaces into lines of at most `width` columns; longer words are clipped. */
export function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    const joined = line === "" ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) lines[lines.length - 1] = joined;
    else if (line === "") lines[0] = clip(word, width);
    else lines.push(clip(word, width));
  }
  return lines;
}

/** Values come from files of strangers: a control character among them must not drive the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, (character) => {
    if (character === "\n" || character === "\r") return "⏎";
    return character === "\t" ? " " : "·";
  });
}

const MASKED_CHARACTERS = 24;

/**
 * The shape of a value and none of its letters: `Aaaa^Aaaa`, `99999999`; other scripts as `x`, other signs
 * as `·`. Long values keep the first characters of their shape and say how many there are.
 */
export function masked(value: string): string {
  const characters = [...value];
  const shape = characters.slice(0, MASKED_CHARACTERS).map((character) => {
    if (/\p{Lu}/u.test(character)) return "A";
    if (/\p{Ll}/u.test(character)) return "a";
    if (/\p{L}/u.test(character)) return "x";
    if (/\p{N}/u.test(character)) return "9";
    return /[ ^=\\.,:;/+\-_()]/.test(character) ? character : "·";
  });
  return shape.join("") + (characters.length > MASKED_CHARACTERS ? `… (${characters.length})` : "");
}

/** `1,234,567`: for people, never for programs. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function byteSize(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  let at = 0;
  let size = bytes;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at++;
  }
  return `${at === 0 ? size : size.toFixed(size < 10 ? 1 : 0)} ${units[at]}`;
}

/** "1 file", "2 files". */
export function plural(count: number, noun: string): string {
  const many = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : noun.endsWith("s") ? noun : `${noun}s`;
  return `${grouped(count)} ${count === 1 ? noun : many}`;
}

/** A JSON document for programs, with a newline at its end. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
