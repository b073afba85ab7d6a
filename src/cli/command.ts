import { type ParseArgsConfig, parseArgs } from "node:util";
import { ElpisError } from "../base/index.js";
import { displayWidth, type Io, type TextSink, wrapped } from "./output.js";

export interface CommandOption {
  /** Name of the value for the help, such as `FILE`; without one the option is a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  /** The arguments as the help shows them: `FILE`, `PATIENT-ID OUT...`. */
  readonly usage: string;
  /** One line of the table of commands. */
  readonly summary: string;
  /** What the help of the command says under its usage. */
  readonly about: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** How many arguments beside options it takes. */
  readonly count: { readonly min: number; readonly max: number };
  /** Returns the exit status. */
  run(line: CommandLine, io: Io): number | Promise<number>;
}

/** A command line that its command's options and arguments allow. */
export interface CommandLine {
  readonly positionals: readonly string[];
  text(option: string): string | undefined;
  flag(option: string): boolean;
}

/** Options that every command knows. */
const COMMON: Readonly<Record<string, CommandOption>> = {
  help: { help: "this text" },
};

/** Reads a command's arguments. Throws USAGE, and names what was probably meant. */
export function parseCommandLine(command: Command, args: readonly string[]): CommandLine {
  const specs = { ...command.options, ...COMMON };
  refuseUnknown(command, specs, args);
  const options: ParseArgsConfig["options"] = {};
  for (const [name, { value }] of Object.entries(specs))
    options[name] = { type: value ? "string" : "boolean" };
  options.help = { type: "boolean", short: "h" };
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new ElpisError("USAGE", firstSentence(error));
  }
  const { values, positionals } = parsed;
  for (const [name, value] of Object.entries(values)) {
    if (value === "") throw new ElpisError("USAGE", `--${name} has an empty value`);
  }
  if (values.help !== true) requireCount(command, positionals.length);
  return {
    positionals,
    text: (option) => values[option] as string | undefined,
    flag: (option) => values[option] === true,
  };
}

/** Node's own message up to its first full stop: the rest explains how to quote. */
function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : "the command line cannot be read";
  const sentence = text.split(/\.\s|\n/)[0] ?? text;
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}

function refuseUnknown(
  command: Command,
  specs: Readonly<Record<string, CommandOption>>,
  args: readonly string[],
): void {
  const known = Object.keys(specs);
  const { tokens } = parseArgs({ args: [...args], options: {}, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option" || token.rawName === "-h" || known.includes(token.name)) continue;
    const meant = token.rawName.startsWith("--") ? closest(token.name, known) : undefined;
    const hint = meant === undefined ? "" : `; did you mean --${meant}?`;
    throw new ElpisError("USAGE", `${command.name} has no option ${token.rawName}${hint}`);
  }
}

function requireCount(command: Command, given: number): void {
  const { min, max } = command.count;
  if (given >= min && given <= max) return;
  const problem = given < min ? "too few arguments" : "too many arguments";
  throw new ElpisError("USAGE", `${problem}: ${synopsis(command)}`);
}

function synopsis(command: Command): string {
  return `elpis ${command.name}${command.usage === "" ? "" : ` ${command.usage}`}`;
}

/** Wider lines are hard to read, and a pipe says no width. */
const WIDEST_HELP = 100;

/** What `elpis COMMAND --help` prints, in lines as wide as the terminal. */
export function helpOf(command: Command, sink: Pick<TextSink, "columns"> = {}): string {
  const width = Math.max(60, Math.min(sink.columns ?? WIDEST_HELP, WIDEST_HELP));
  const options = Object.entries({ ...command.options, ...COMMON }).map(([name, { value, help }]) => ({
    label: `  --${name}${value ? ` ${value}` : ""}`,
    help,
  }));
  const indent = Math.max(...options.map(({ label }) => displayWidth(label))) + 2;
  const rows = options.flatMap(({ label, help }) =>
    wrapped(help, width - indent).map((line, at) => (at === 0 ? label : "").padEnd(indent) + line),
  );
  const about = command.about
    .trim()
    .split("\n\n")
    .flatMap((paragraph) => ["", ...paragraphLines(paragraph, width)]);
  return `${[`usage: ${synopsis(command)} [options]`, ...about, "", "options:", ...rows].join("\n")}\n`;
}

/** A paragraph in lines of this width; one that begins `word  what it does` is a list and keeps its lines. */
function paragraphLines(paragraph: string, width: number): string[] {
  const lines = paragraph.split("\n");
  const isList = /^\S+ {2}/.test(paragraph);
  return isList ? lines.flatMap((line) => wrapped(line, width)) : wrapped(lines.join(" "), width);
}

/** The choice that a mistyped word most likely meant: at most a third of its letters wrong. */
export function closest(word: string, choices: readonly string[]): string | undefined {
  const scored = choices.map((choice) => ({
    choice,
    distance: choice.startsWith(word) && word.length >= 3 ? 0 : editDistance(word.toLowerCase(), choice),
  }));
  scored.sort((a, b) => a.distance - b.distance);
  const [best] = scored;
  return best && best.distance <= Math.max(1, Math.floor(best.choice.length / 3)) ? best.choice : undefined;
}

/** Levenshtein distance: insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
