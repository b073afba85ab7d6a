/** A row of docs/claims.md. */
export interface Claim {
  readonly sentence: string;
  readonly limits: string;
  /** Path of a test file, relative to the repository. */
  readonly file: string;
  /** Title of the test in that file, as written there. */
  readonly title: string;
  /** Line of the page, from 1. */
  readonly line: number;
}

/** Splits a table row at its bars; `\|` is a bar inside a cell. */
function cellsOf(row: string): readonly string[] {
  const cells = row
    .trim()
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split(/(?<!\\)\|/);
  return cells.map((cell) => cell.replaceAll("\\|", "|").trim());
}

const bare = (cell: string): string => cell.replace(/^`|`$/g, "");

/** Every row of the tables "claim | limits | test file | test title" of the page. */
export function claimsOf(markdown: string): readonly Claim[] {
  return markdown.split("\n").flatMap((text, index) => {
    if (!text.startsWith("|") || /^\|\s*(-|claim\s*\|)/i.test(text)) return [];
    const [sentence = "", limits = "", file = "", title = ""] = cellsOf(text);
    return [{ sentence, limits, file: bare(file), title: bare(title), line: index + 1 }];
  });
}

/** True when the source has a test of that title: a string that is an argument, not part of a comment. */
export function hasTest(source: string, title: string): boolean {
  const quoted = ['"', "'", "`"].map((quote) => `${quote}${title}${quote}`);
  return source.split("\n").some((line) => {
    if (/^\s*(\/\/|\*|\/\*)/.test(line)) return false;
    return quoted.some((text) => {
      const at = line.indexOf(text);
      return at >= 0 && /^\s*,/.test(line.slice(at + text.length)) && /(^|[(,])\s*$/.test(line.slice(0, at));
    });
  });
}

/** What is wrong with the claims: a missing part, file or test. `read` gives a file's text or undefined. */
export function unproven(
  claims: readonly Claim[],
  read: (file: string) => string | undefined,
): readonly string[] {
  return claims.flatMap(({ sentence, limits, file, title, line }) => {
    if ([sentence, limits, file, title].includes("")) return [`line ${line}: claim, limits, file and title`];
    const source = file.endsWith(".test.ts") ? read(file) : undefined;
    if (source === undefined) return [`line ${line}: no test file ${file}`];
    return hasTest(source, title) ? [] : [`line ${line}: ${file} has no test "${title}"`];
  });
}
