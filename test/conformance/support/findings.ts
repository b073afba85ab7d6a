/** How often each kind of message was given. */
export type Findings = ReadonlyMap<string, number>;

/** What a judge said of one file. `readable` is false when it gave up on the file as a whole. */
export interface Verdict {
  readonly readable: boolean;
  readonly errors: Findings;
  readonly warnings: Findings;
}

/**
 * A message without the values in it, so that messages on the original and on what was made of it compare
 * as kinds: names of attributes and modules and tags stay, `<value>`, numbers and offsets go.
 */
export function messageKind(line: string): string {
  return line
    .replace(/(?<!Element=|Module=|[Aa]ttribute )<[^>]*(>|$)/g, "<>")
    .replace(/ - (values? (is|are)|value) .*$/, " - $1 …")
    .replace(/(?<![(,\w])(0x[0-9a-f]+|[-+]?\d+(\.\d+)*(e[-+]?\d+)?)(?![\w,)])/gi, "#")
    .replace(/(\s=\s)(<>|\S+)+$/, "$1…")
    .replace(/\s+/g, " ")
    .trim();
}

/** Counts lines by kind. */
export function countKinds(lines: Iterable<string>): Findings {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const kind = messageKind(line);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Kinds of message that `after` has more often than `before`, with how many more. */
export function newFindings(before: Findings, after: Findings): Findings {
  const more = new Map<string, number>();
  for (const [kind, count] of after) {
    const added = count - (before.get(kind) ?? 0);
    if (added > 0) more.set(kind, added);
  }
  return more;
}

/** The verdict in what `dciodvfy` writes (dicom3tools). It gives up where it cannot read the data set. */
export function readDciodvfy(output: string): Verdict {
  const lines = output.split("\n");
  return {
    readable: !lines.some((line) => /Dicom dataset read failed|Tag read failed/.test(line)),
    errors: countKinds(lines.filter((line) => /(^|\s-?\s?)Error - /.test(line))),
    warnings: countKinds(lines.filter((line) => /(^|\s-?\s?)Warning - /.test(line))),
  };
}

/** The verdict of a tool that ends with an exit code and complains line by line. */
export function readComplaints(code: number | null, output: string): Verdict {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return {
    readable: code === 0,
    errors: countKinds(lines.filter((line) => /^(E|F): |[Ee]rror/.test(line))),
    warnings: countKinds(lines.filter((line) => /^W: |[Ww]arning/.test(line))),
  };
}
