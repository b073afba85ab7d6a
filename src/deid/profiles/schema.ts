import * as z from "zod";
import {
  CONFIDENTIALITY_OPTIONS,
  type ConfidentialityOption,
  VALUE_REPRESENTATIONS,
} from "../../dicom/index.js";
import { didYouMean, type KeyPath, type Problems } from "./problems.js";

// The YAML is read without types (its failsafe schema): every scalar is the text that stands there. So 0010 stays
// 0010, and "no" is no boolean.

/** `retain-uids` for `retainUids`: options as profiles write them. */
export const OPTION_NAMES: ReadonlyMap<string, ConfidentialityOption> = new Map(
  CONFIDENTIALITY_OPTIONS.map((option) => [
    option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    option,
  ]),
);
const optionNames = [...OPTION_NAMES.keys()] as [string, ...string[]];

const text = z.string({ error: "text is expected" });
const filled = text.trim().min(1, "must not be empty");
const reason = text.trim().min(1, "a reviewer will ask why: a reason is required");
const days = text.regex(/^[+-]?\d{1,6}$/, "a whole number of days is expected").transform(Number);

/** In YAML `{12}` is a map. */
const shape = z.string({ error: 'text is expected; quote what begins with a brace: "{12}"' });

export const optionList = z.array(z.enum(optionNames), { error: "a list of options is expected" });
export const optionChanges = z.strictObject(
  { add: optionList.optional(), remove: optionList.optional() },
  { error: "a list of options is expected, or {add: [...], remove: [...]} beside extends" },
);

export const attributeRule = z.strictObject(
  {
    action: z.enum(["keep", "remove", "empty", "replace", "clean", "shift", "shifted-year", "uid"]),
    value: text.optional(),
    reason,
  },
  { error: "{action: ..., reason: ...} is expected" },
);

export const attributeMap = z.record(z.string(), z.unknown(), {
  error: "a map of attributes is expected: PatientAge: {action: ..., reason: ...}",
});

const creator = filled.refine((value) => value.length <= 64 && /^[^\\\p{Cc}]+$/u.test(value), {
  message: "a private creator has at most 64 characters and no backslash (LO)",
});
const privateGroup = text
  .regex(/^(?:0x)?[0-9a-f]{1,4}$/i, "a group as four hexadecimal digits is expected: 0029")
  .transform((hex) => Number.parseInt(hex.replace(/^0x/i, ""), 16))
  .refine((group) => group % 2 === 1 && group >= 0x0009 && group < 0xffff, {
    message: "a private group is odd, 0009 or above (PS3.5 7.8)",
  });
const privateElement = text
  .regex(/^[0-9a-f]{2}$/i, "the low byte as two hexadecimal digits is expected: 10 for (0029,xx10)")
  .transform((hex) => Number.parseInt(hex, 16));

export const safePrivateRule = z.strictObject(
  { creator, group: privateGroup, element: privateElement, vr: z.enum(VALUE_REPRESENTATIONS), reason },
  { error: "{creator: ..., group: ..., element: ..., vr: ..., reason: ...} is expected" },
);

/** The keys of a profile; what stands under `options`, `attributes` and `safe-private` is read piece by piece. */
export const PROFILE_KEYS = {
  name: filled.regex(
    /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/,
    "1 to 64 letters, digits, spaces, '.', '_' or '-'",
  ),
  extends: filled,
  options: z.unknown(),
  attributes: attributeMap,
  "safe-private": z.array(z.unknown(), { error: "a list is expected" }),
  "patient-id": shape,
  "patient-name": shape,
  dates: z.strictObject(
    { "min-days": days.optional(), "max-days": days.optional() },
    { error: "{min-days: ..., max-days: ...} is expected" },
  ),
  "uid-root": text,
  pixels: z.enum(["examine", "hold", "vetted"]),
  marks: z.enum(["keep", "blank"]),
  devices: z.unknown(),
  "encrypt-to": filled,
} as const;

export type ProfileValues = {
  readonly [Key in keyof typeof PROFILE_KEYS]: z.output<(typeof PROFILE_KEYS)[Key]>;
};

/** The value in the schema's form, or undefined after adding what is wrong with it to the problems. */
export function checked<Schema extends z.ZodType>(
  problems: Problems,
  path: KeyPath,
  schema: Schema,
  value: unknown,
): z.output<Schema> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const at = [...path, ...(issue.path as (string | number)[])];
    if (issue.code !== "unrecognized_keys") {
      problems.add(at, complaint(issue, valueAt(value, issue.path as KeyPath)));
      continue;
    }
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    for (const key of issue.keys) problems.add([...at, key], unknownKey(key, known));
  }
  return undefined;
}

export function unknownKey(key: string, known: readonly string[]): string {
  return `no such key${didYouMean(key, known) || `; there are ${known.join(", ")}`}`;
}

function complaint(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return "is missing";
  if (issue.code !== "invalid_value") return issue.message;
  const choices = issue.values.map(String);
  const hint = typeof value === "string" ? didYouMean(value, choices) : "";
  return `not one of the choices${hint || `; there are ${choices.join(", ")}`}`;
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let found = value;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return found;
}
