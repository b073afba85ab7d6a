/** One requirement and whether the numbers meet it. */
export interface Verdict {
  readonly what: string;
  readonly passed: boolean;
}

/** Everything a run says: lines for people, verdicts, and the numbers behind both. */
export class Report {
  readonly lines: string[] = [];
  readonly verdicts: Verdict[] = [];
  readonly numbers: Record<string, unknown> = {};

  heading(title: string): void {
    this.lines.push("", `## ${title}`, "");
  }

  say(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    this.lines.push(...tableLines(head, rows), "");
  }

  /** Numbers that --json prints. */
  record(name: string, value: unknown): void {
    this.numbers[name] = value;
  }

  check(what: string, passed: boolean): void {
    this.verdicts.push({ what, passed });
    this.lines.push(`${passed ? "pass" : "FAIL"}  ${what}`);
  }
}

/** A Markdown table whose columns line up in a terminal too; all but the first stand right. */
function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)];
}

/** What every section is handed. */
export interface Run {
  readonly seed: number;
  /** 1 for the whole, 0.1 with --quick: by this the numbers of images and repetitions are multiplied. */
  readonly scale: number;
  readonly verbose: boolean;
  readonly report: Report;
  /** Progress on standard error. */
  progress(text: string): void;
}

/** So many of `whole`, at least `least`. */
export function scaled(run: Run, whole: number, least = 1): number {
  return Math.max(least, Math.round(whole * run.scale));
}
