import * as z from "zod";
import { ElpisError } from "../../base/index.js";
import { type DataSet, makeTag, Tags } from "../../dicom/index.js";
import type { Box } from "../types.js";
import { bottomOf, clipAll, type Extent, rightOf, unionOf } from "./boxes.js";

const MODALITY = makeTag(0x0008, 0x0060);

/** Where one kind of device writes text, as a site has found: what to blank in images of exactly this size. */
export interface DeviceRule {
  /** Manufacturer (0008,0070) and Manufacturer's Model Name (0008,1090): letter case aside, `*` for anything. */
  readonly manufacturer: string;
  readonly model: string;
  readonly modality?: string;
  readonly rows: number;
  readonly columns: number;
  /** Each of these is a value of Image Type (0008,0008), at whatever place. */
  readonly imageType: readonly string[];
  readonly blank: readonly Box[];
  readonly reason: string;
}

/** What is wrong, where (keys, and positions from 0), and what would be right. */
export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const MOST_RULES = 1000;
const MOST_BOXES = 256;
/** Rows and Columns are US (PS3.6). */
const LARGEST_SIDE = 65_535;

const text = z.string({ error: "text is expected" });
/** An LO has 64 characters; a rule is compared with one. */
const matched = text
  .trim()
  .min(1, "must not be empty")
  .max(64, "an attribute of this kind has at most 64 characters");
/** Profiles are read without types, so that numbers come as the text that stands there; elsewhere as numbers. */
const wholeFrom = (low: number, error: string) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\d{1,6}$/)
          .transform(Number),
      ],
      { error },
    )
    .refine((value) => Number.isInteger(value) && value >= low && value <= LARGEST_SIDE, { message: error });
const place = wholeFrom(0, `a whole number from 0 to ${LARGEST_SIDE} is expected`);
const side = wholeFrom(1, `a whole number from 1 to ${LARGEST_SIDE} is expected`);
const rectangle = z.tuple([place, place, side, side], {
  error: "[left, top, width, height] is expected, in pixels from the top left corner, which is 0, 0",
});

const deviceRule = z.strictObject(
  {
    manufacturer: matched,
    model: matched,
    modality: text.regex(/^[A-Za-z0-9]{1,16}$/, "a modality is expected, as US").optional(),
    rows: side,
    columns: side,
    "image-type": z
      .union([matched.transform((value) => [value]), z.array(matched).min(1)], {
        error: "a value of Image Type is expected, or a list of them",
      })
      .optional(),
    frames: z.literal("all", { error: "all is the only choice: a rule holds for every frame" }).optional(),
    blank: z
      .array(rectangle, { error: "a list of [left, top, width, height] is expected" })
      .min(1, "names no rectangle; at least one [left, top, width, height] is expected")
      .max(MOST_BOXES, `has more than ${MOST_BOXES} rectangles`),
    reason: text.trim().min(1, "a reviewer will ask why: a reason is required"),
  },
  { error: "{manufacturer, model, rows, columns, blank, reason} is expected" },
);
const KEYS = Object.keys(deviceRule.shape);

/**
 * Rules from a parsed YAML value, and all that is wrong with it. Where there is a problem, no rule is given: half a
 * list would blank half of what the site asked for.
 */
export function readDeviceRules(value: unknown): { rules: DeviceRule[]; problems: RuleProblem[] } {
  const problems: RuleProblem[] = [];
  if (!Array.isArray(value)) {
    return { rules: [], problems: [{ path: [], message: "a list of device rules is expected" }] };
  }
  if (value.length > MOST_RULES) {
    return { rules: [], problems: [{ path: [], message: `has more than ${MOST_RULES} rules` }] };
  }
  const rules: DeviceRule[] = [];
  for (const [i, raw] of value.entries()) {
    const read = deviceRule.safeParse(raw);
    if (!read.success) problems.push(...read.error.issues.flatMap((issue) => problemsOf(issue, i)));
    else {
      const rule = ruleOf(read.data);
      problems.push(...complaintsOf(rule, i));
      rules.push(rule);
    }
  }
  return { rules: problems.length > 0 ? [] : rules, problems };
}

/** The same for a caller that wants rules or nothing: throws PIXELS_RULE_INVALID with every problem and its path. */
export function parseDeviceRules(value: unknown, name = "devices"): DeviceRule[] {
  const { rules, problems } = readDeviceRules(value);
  if (problems.length === 0) return rules;
  const lines = problems.map(({ path, message }) => `  ${keyText([name, ...path])}: ${message}`);
  const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
  throw new ElpisError("PIXELS_RULE_INVALID", [`device rules: ${count}`, ...lines].join("\n"));
}

function problemsOf(issue: z.core.$ZodIssue, index: number): RuleProblem[] {
  const path = [index, ...(issue.path as (string | number)[])];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `no such key; there are ${KEYS.join(", ")}`,
    }));
  }
  const isMissing = issue.code === "invalid_type" && issue.input === undefined && path.length === 2;
  return [{ path, message: isMissing ? "is missing" : issue.message }];
}

function ruleOf(raw: z.output<typeof deviceRule>): DeviceRule {
  const { manufacturer, model, modality, rows, columns, reason } = raw;
  return {
    manufacturer,
    model,
    ...(modality === undefined ? {} : { modality: modality.toUpperCase() }),
    rows,
    columns,
    imageType: raw["image-type"] ?? [],
    blank: raw.blank.map(([left, top, width, height]) => ({ left, top, width, height })),
    reason,
  };
}

/** What is wrong with a rule whose parts are each in their form. */
function complaintsOf(rule: DeviceRule, index: number): RuleProblem[] {
  const problems: RuleProblem[] = [];
  if (/^\*+$/.test(rule.manufacturer) && /^\*+$/.test(rule.model)) {
    const message = "names no device: * stands for both manufacturer and model; name one of them";
    problems.push({ path: [index, "model"], message });
  }
  for (const [i, box] of rule.blank.entries()) {
    const path = [index, "blank", i];
    if (rightOf(box) > rule.columns) {
      const most = rule.columns - box.left;
      problems.push({
        path,
        message: `leaves the image: left ${box.left} + width ${box.width} is more than columns ${rule.columns}; ${room("width", most)}`,
      });
    }
    if (bottomOf(box) > rule.rows) {
      const most = rule.rows - box.top;
      problems.push({
        path,
        message: `leaves the image: top ${box.top} + height ${box.height} is more than rows ${rule.rows}; ${room("height", most)}`,
      });
    }
  }
  return problems;
}

const room = (what: "width" | "height", most: number): string =>
  most > 0 ? `a ${what} of at most ${most} fits` : `it begins outside, and no ${what} fits`;

/** `devices[1].blank[2]`, positions from 1. */
function keyText(path: readonly (string | number)[]): string {
  let shown = "";
  for (const step of path) shown += typeof step === "number" ? `[${step + 1}]` : `${shown && "."}${step}`;
  return shown;
}

/** What the rules that match an instance ask for. */
export interface DeviceMatch {
  readonly rules: readonly DeviceRule[];
  /** The union of their rectangles, without overlap; none where no rule matches. */
  readonly blank: readonly Box[];
}

/** The rules for this device and frames of this size; several may match. */
export function deviceBoxes(
  rules: readonly DeviceRule[],
  data: DataSet,
  rows: number,
  columns: number,
): DeviceMatch {
  const frame: Extent = { rows, columns };
  const matching = rules.filter(
    (rule) => rule.rows === rows && rule.columns === columns && isFor(rule, data),
  );
  return {
    rules: matching,
    blank: unionOf(
      clipAll(
        matching.flatMap(({ blank }) => blank),
        frame,
      ),
    ),
  };
}

function isFor(rule: DeviceRule, data: DataSet): boolean {
  if (!matches(rule.manufacturer, data.string(Tags.Manufacturer))) return false;
  if (!matches(rule.model, data.string(Tags.ManufacturerModelName))) return false;
  if (rule.modality !== undefined && !matches(rule.modality, data.string(MODALITY))) return false;
  if (rule.imageType.length === 0) return true;
  const token = data.find(Tags.ImageType);
  const values = token < 0 ? [] : data.strings(token);
  return rule.imageType.every((pattern) => values.some((value) => matches(pattern, value)));
}

/** Letter case, and blanks at the ends and repeated within, do not matter: the same device writes both. */
const plain = (text: string): string => text.trim().replace(/\s+/g, " ").toLowerCase();

/** True where `*` in the pattern can stand for something, or nothing, so that it equals the value. */
function matches(pattern: string, value: string): boolean {
  const [wanted, given] = [plain(pattern), plain(value)];
  const [first = "", ...rest] = wanted.split("*");
  if (rest.length === 0) return wanted === given;
  const last = rest.pop()!;
  if (given.length < first.length + last.length) return false;
  if (!given.startsWith(first) || !given.endsWith(last)) return false;
  // Each part at its first place: work grows with the value's length alone, unlike a regular expression's.
  const end = given.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = given.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
