import { sopClassName, transferSyntaxInfo } from "../../dicom/index.js";
import { groupBoxes, hullOf, intersection } from "../../pixels/index.js";
import { grouped, type Paint, plural, printable, type Style, table } from "../output.js";
import type { FileReport, Finding, FindingKind, Verdict } from "./report.js";

/** Places of one file that are told one by one; --json has all boxes. */
const MOST_LINES = 40;
/** Runs of frames that are told of one place. */
const MOST_RUNS = 4;

const STYLES: Readonly<Record<FindingKind, Style>> = {
  text: "yellow",
  "outside regions": "cyan",
  "device rule": "cyan",
  mark: "green",
  "residual text": "magenta",
};

const VERDICT_STYLES: Readonly<Record<Verdict, Style>> = {
  "nothing found": "green",
  "marks stay": "green",
  blanked: "yellow",
  held: "red",
  "nothing to examine": "dim",
  "not DICOM": "dim",
};

/** What is printed of one file: what it is, the verdict, and where something was found. */
export function fileLines(report: FileReport, paint: Paint): string[] {
  const { file, reasons, findings, pictures } = report;
  const facts = factsOf(report);
  return [
    paint("bold", printable(file)),
    ...(facts === "" ? [] : [facts]),
    paint(VERDICT_STYLES[report.verdict], verdictOf(report)),
    ...reasons.map(({ code, detail }) => `  ${code} ${printable(detail)}`),
    ...findingLines(findings, report.frames ?? 1, paint),
    ...(pictures.length > 0 ? [pictureLine(pictures)] : []),
    "",
  ];
}

function factsOf({ sopClass, transferSyntax, rows, columns, frames }: FileReport): string {
  const size = rows !== null && columns !== null ? `${columns} × ${rows}` : "a size that is not told";
  return [
    sopClass === null ? undefined : (sopClassName(sopClass) ?? "a class that the standard does not name"),
    transferSyntax === null
      ? undefined
      : (transferSyntaxInfo(transferSyntax)?.name ?? "an unknown transfer syntax"),
    frames === null ? undefined : `${plural(frames, "frame")} of ${size}`,
  ]
    .filter((part) => part !== undefined)
    .join(" · ");
}

function verdictOf(report: FileReport): string {
  const { verdict, examined, why, findings, blankedShare, transferSyntax, writtenAs } = report;
  if (verdict === "not DICOM") return "not DICOM: nothing to examine";
  if (verdict === "nothing to examine") return `nothing to examine: ${why}`;
  if (verdict === "held") return examined ? "would be held" : "would be held, whatever its pixels show";
  if (verdict === "nothing found") return "nothing found";
  if (verdict === "marks stay") return "nothing to blank: only lone marks of side or position, which stay";
  const places = placesOf(findings.filter(({ kind }) => kind !== "mark")).length;
  const name = writtenAs !== null && writtenAs !== transferSyntax && transferSyntaxInfo(writtenAs)?.name;
  return [
    `would be blanked: ${plural(places, "place")}`,
    `${percent(blankedShare ?? 0)} of ${(report.frames ?? 1) > 1 ? "the frame that loses most" : "the frame"}`,
    ...(name ? [`written as ${name}`] : []),
  ].join(", ");
}

function percent(share: number): string {
  return share < 0.001 ? "under 0.1 %" : `${(100 * share).toFixed(1)} %`;
}

const HEAD = ["", "frames", "what", "left", "top", "width", "height", "score"];
const NAMES: Readonly<Record<FindingKind, string>> = {
  text: "text",
  "outside regions": "outside regions",
  "device rule": "device rule",
  mark: "mark, stays",
  "residual text": "text that is left",
};

/** Where something was found: a box, or several that meet and are told as one around them. */
interface Place extends Finding {
  readonly pieces: number;
}

/** Slanted lines and blocks are blanked in pieces, so that little else is lost; a reader looks for the whole. */
function placesOf(findings: readonly Finding[]): Place[] {
  const alike = new Map<string, Finding[]>();
  for (const [at, finding] of findings.entries()) {
    const { kind, score, frames } = finding;
    const key = kind === "text" ? `${score} ${frames}` : `${at}`;
    const known = alike.get(key);
    if (known) known.push(finding);
    else alike.set(key, [finding]);
  }
  return [...alike.values()].flatMap((some) =>
    groupBoxes(some, (a, b) => intersection(a, b) !== undefined).map((group) => ({
      ...group[0]!,
      ...hullOf(group),
      pieces: group.length,
    })),
  );
}

function findingLines(findings: readonly Finding[], frames: number, paint: Paint): string[] {
  if (findings.length === 0) return [];
  const places = placesOf(findings);
  const told = places.slice(0, MOST_LINES);
  const rows = told.map((place) => [
    "",
    framesText(place, frames),
    place.pieces === 1 ? NAMES[place.kind] : `${NAMES[place.kind]}, ${place.pieces} boxes`,
    ...[place.left, place.top, place.width, place.height].map((value) => String(value).padStart(6)),
    scoreText(place),
  ]);
  const head = HEAD.map((name, at) => (at >= 3 && at <= 6 ? name.padStart(6) : name));
  const lines = table([head, ...rows], (cell, column, row) => {
    if (row === 0) return paint("dim", cell);
    return column === 2 ? paint(STYLES[told[row - 1]!.kind], cell) : cell;
  });
  const more = places.length - told.length;
  return more > 0 ? [...lines, paint("dim", `  and ${grouped(more)} more; --json has them all`)] : lines;
}

function framesText({ frames }: Finding, count: number): string {
  if (count > 1 && frames.length === 1 && frames[0]![0] === 1 && frames[0]![1] === count)
    return `all ${count}`;
  const runs = frames
    .slice(0, MOST_RUNS)
    .map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  return frames.length > MOST_RUNS ? `${runs.join(", ")}, …` : runs.join(", ");
}

/** Logits from which the finder is called likely, and sure. */
const [LIKELY, SURE] = [2, 5];

function scoreText({ kind, score }: Finding): string {
  if (score === null) return "–";
  if (kind === "residual text") return `${score.toFixed(1)} of 1`;
  const word = score >= SURE ? "sure" : score >= LIKELY ? "likely" : "doubtful";
  return `${score.toFixed(1).padStart(4)} ${word}`;
}

function pictureLine(pictures: readonly string[]): string {
  const [first = ""] = pictures;
  if (pictures.length === 1) return `picture: ${printable(first)}`;
  return `${plural(pictures.length, "picture")}: ${printable(first)} to ${printable(pictures.at(-1)!)}`;
}

const COUNTED: readonly (readonly [Verdict, string])[] = [
  ["nothing found", "with nothing found"],
  ["marks stay", "with marks that stay"],
  ["blanked", "to be blanked"],
  ["held", "held"],
  ["nothing to examine", "with nothing to examine"],
  ["not DICOM", "not DICOM"],
];

/** `12 files: 3 with nothing found, 8 to be blanked, 1 held` */
export function totalsLine(counts: ReadonlyMap<Verdict, number>): string {
  const parts = COUNTED.flatMap(([verdict, words]) => {
    const count = counts.get(verdict) ?? 0;
    return count > 0 ? [`${grouped(count)} ${words}`] : [];
  });
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return `${plural(all, "file")}: ${parts.join(", ")}`;
}
