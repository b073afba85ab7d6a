import { LineCounter, parseDocument } from "yaml";
import { canonicalJson, ElpisError, fromUtf8, sha256, toHex, utf8 } from "../base/index.js";
import { type ConfidentialityOption, formatTag, type Tag } from "../dicom/index.js";
import { type DeviceRule, readDeviceRules } from "../pixels/index.js";
import { readRecipient } from "./cms.js";
import { attributeTag, complainOfDateRule, complainOfRule } from "./profiles/attributes.js";
import { BUILTIN_PROFILES, type BuiltinProfile, isBuiltin } from "./profiles/builtin.js";
import { didYouMean, type KeyPath, Problems } from "./profiles/problems.js";
import {
  attributeRule,
  checked,
  OPTION_NAMES,
  optionChanges,
  optionList,
  PROFILE_KEYS,
  type ProfileValues,
  safePrivateRule,
  unknownKey,
} from "./profiles/schema.js";
import {
  type Complaint,
  complainOfDates,
  complainOfPatientId,
  complainOfPatientName,
  complainOfUidRoot,
} from "./profiles/shapes.js";
import type { AttributeRule, Profile, SafePrivateRule } from "./types.js";

export { BUILTIN_PROFILES, type BuiltinProfile, isBuiltin } from "./profiles/builtin.js";
export { OPTION_NAMES } from "./profiles/schema.js";

/** How a profile reaches other files; what is not given, it cannot do. */
export interface ProfileFiles {
  /** Text of the profile that `extends` names, undefined when there is none. Built-in names are not asked for. */
  readonly loadBase?: (name: string) => string | undefined;
  /** Bytes of the file that `encrypt-to` names. Paths in a base are handed on as they stand in it. */
  readonly readSibling?: (path: string) => Uint8Array;
}

const MOST_CHARACTERS = 1 << 20;
const MOST_BASES = 16;

/**
 * Reads a profile in YAML: docs/guides/profiles.md describes its keys. Throws PROFILE_INVALID, which names the
 * file and, for everything wrong in it, line, key and what would be right.
 */
export function parseProfile(text: string, fileName: string, files: ProfileFiles = {}): Profile {
  return read(text, fileName, files, { names: [], comesAlong: false });
}

/** A profile that comes along: basic, research or limited. */
export function builtinProfile(name: BuiltinProfile): Profile {
  return read(BUILTIN_PROFILES[name], name, {}, { names: [], comesAlong: true });
}

/** The files that extend one another down to this one, and whether this one comes along. */
interface Chain {
  readonly names: readonly string[];
  readonly comesAlong: boolean;
}

/** A profile without its digest, while it is put together. */
type Draft = { -readonly [key in keyof Omit<Profile, "digest">]: Profile[key] };

/** Before any file has spoken: the Basic Profile alone (PS3.15 E.1). */
const PLAIN: Draft = {
  name: "",
  options: new Set(),
  rules: new Map(),
  safePrivate: [],
  patientId: "{12}",
  patientName: "Patient^{8}",
  dateShift: { minDays: -3650, maxDays: -1 },
  uidRoot: "2.25",
  pixels: "examine",
  marks: "keep",
  devices: [],
};

type Get = <Key extends keyof ProfileValues>(key: Key) => ProfileValues[Key] | undefined;

function read(text: string, fileName: string, files: ProfileFiles, chain: Chain): Profile {
  const { problems, values } = readYaml(text, fileName);
  for (const key of Object.keys(values)) {
    if (!Object.hasOwn(PROFILE_KEYS, key)) problems.add([key], unknownKey(key, Object.keys(PROFILE_KEYS)));
  }
  const get = ((key) =>
    Object.hasOwn(values, key) ? checked(problems, [key], PROFILE_KEYS[key], values[key]) : undefined) as Get;
  const base = baseOf(get("extends"), fileName, files, chain, problems);
  const draft: Draft = { ...(base ?? PLAIN) };
  draft.name = nameOf(get("name"), values, problems, chain);
  draft.options = optionsOf(values, base, problems);
  draft.rules = new Map([...draft.rules, ...rulesOf(get("attributes"), problems)]);
  draft.safePrivate = safePrivateOf(get("safe-private"), draft.safePrivate, problems);
  readShapes(draft, get, problems);
  draft.pixels = get("pixels") ?? draft.pixels;
  draft.marks = get("marks") ?? draft.marks;
  draft.devices = devicesOf(values, draft.devices, problems);
  const certificate = get("encrypt-to");
  const pem = certificate === undefined ? undefined : certificateOf(certificate, files, problems);
  if (pem !== undefined) draft.encryptTo = pem;
  checkTogether(draft, values, problems);
  problems.throwIfAny();
  return { ...draft, digest: digestOf(draft) };
}

/** How pseudonyms, dates and UIDs look. */
function readShapes(draft: Draft, get: Get, problems: Problems): void {
  const judged = (
    key: "patient-id" | "patient-name" | "uid-root",
    complain: (value: string) => Complaint,
  ) => {
    const value = get(key);
    const complaint = value === undefined ? undefined : complain(value);
    if (complaint) problems.add([key], complaint);
    return value;
  };
  draft.patientId = judged("patient-id", complainOfPatientId) ?? draft.patientId;
  draft.patientName = judged("patient-name", complainOfPatientName) ?? draft.patientName;
  draft.uidRoot = judged("uid-root", complainOfUidRoot) ?? draft.uidRoot;
  const dates = get("dates");
  if (!dates) return;
  const { minDays, maxDays } = draft.dateShift;
  draft.dateShift = { minDays: dates["min-days"] ?? minDays, maxDays: dates["max-days"] ?? maxDays };
  const complaint = complainOfDates(draft.dateShift.minDays, draft.dateShift.maxDays);
  if (complaint) problems.add(["dates"], complaint);
}

/** The top-level map, every scalar as text. Throws when there is no map to go on with. */
function readYaml(text: string, fileName: string): { problems: Problems; values: Record<string, unknown> } {
  const lines = new LineCounter();
  if (text.length > MOST_CHARACTERS) {
    throw new ElpisError("PROFILE_INVALID", `profile ${fileName}: longer than ${MOST_CHARACTERS} characters`);
  }
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  const problems = new Problems(fileName, document.contents, lines);
  for (const { message, pos } of [...document.errors, ...document.warnings]) problems.addAt(pos[0], message);
  problems.throwIfAny();
  let values: unknown;
  try {
    values = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Aliases that lead nowhere, or that would unfold without end.
    problems.addAt(0, error instanceof Error ? error.message : "aliases that cannot be followed");
  }
  if (problems.none && (values === null || typeof values !== "object" || Array.isArray(values))) {
    problems.addAt(0, `a map is expected, with the keys ${Object.keys(PROFILE_KEYS).join(", ")}`);
  }
  problems.throwIfAny();
  return { problems, values: values as Record<string, unknown> };
}

/** The name stands in every release: nobody's own profile may pass for one that comes along. */
function nameOf(
  name: string | undefined,
  values: Record<string, unknown>,
  problems: Problems,
  chain: Chain,
): string {
  if (!Object.hasOwn(values, "name")) problems.add(["name"], "is missing; give the profile a name");
  if (name !== undefined && isBuiltin(name) && !chain.comesAlong) {
    problems.add(["name"], `${name} is a profile that comes along; choose another name`);
  }
  return name ?? "";
}

function baseOf(
  name: string | undefined,
  fileName: string,
  files: ProfileFiles,
  chain: Chain,
  problems: Problems,
): Profile | undefined {
  if (name === undefined) return undefined;
  const comesAlong = isBuiltin(name);
  const inside = [...chain.names, fileName];
  if (!comesAlong && (inside.includes(name) || inside.length > MOST_BASES)) {
    problems.add(["extends"], `goes round in a circle: ${[...inside, name].join(" extends ")}`);
    return undefined;
  }
  const text = comesAlong ? BUILTIN_PROFILES[name] : files.loadBase?.(name);
  if (text !== undefined) return read(text, name, files, { names: inside, comesAlong });
  const names = Object.keys(BUILTIN_PROFILES);
  const hint = didYouMean(name, names) || `; ${names.join(", ")} come along`;
  problems.add(["extends"], `neither a profile that comes along nor a file that can be read${hint}`);
  return undefined;
}

/** A list stands for itself; {add, remove} changes the base's. */
function optionsOf(
  values: Record<string, unknown>,
  base: Profile | undefined,
  problems: Problems,
): ReadonlySet<ConfidentialityOption> {
  const inherited = base?.options ?? new Set<ConfidentialityOption>();
  if (!Object.hasOwn(values, "options")) return inherited;
  const given = values.options;
  if (Array.isArray(given)) return new Set(optionSet(["options"], given, problems));
  const changes = checked(problems, ["options"], optionChanges, given);
  if (!changes) return inherited;
  if (!Object.hasOwn(values, "extends")) problems.add(["options"], "add and remove need a base: see extends");
  const added = optionSet(["options", "add"], changes.add ?? [], problems);
  const removed = optionSet(["options", "remove"], changes.remove ?? [], problems);
  (changes.remove ?? []).forEach((name, i) => {
    const option = OPTION_NAMES.get(name)!;
    if (added.has(option)) problems.add(["options", "remove", i], "is added and removed at once");
    else if (base && !base.options.has(option))
      problems.add(["options", "remove", i], `${base.name} has no such option`);
  });
  return new Set([...inherited].filter((option) => !removed.has(option)).concat([...added]));
}

function optionSet(path: KeyPath, names: unknown, problems: Problems): Set<ConfidentialityOption> {
  const options = new Set<ConfidentialityOption>();
  for (const [i, name] of (checked(problems, path, optionList, names) ?? []).entries()) {
    const option = OPTION_NAMES.get(name)!;
    if (options.has(option)) problems.add([...path, i], "stands there twice");
    options.add(option);
  }
  return options;
}

function rulesOf(
  attributes: Record<string, unknown> | undefined,
  problems: Problems,
): Map<Tag, AttributeRule> {
  const rules = new Map<Tag, AttributeRule>();
  for (const [key, value] of Object.entries(attributes ?? {})) {
    const path = ["attributes", key];
    const tag = attributeTag(key);
    if (typeof tag === "object") problems.add(path, tag.complaint);
    const raw = checked(problems, path, attributeRule, value);
    if (typeof tag === "object" || !raw) continue;
    const complaint = rules.has(tag) ? `${formatTag(tag)} has a rule already` : complainOfRule(tag, raw);
    if (complaint) problems.add(path, complaint);
    const { action, reason } = raw;
    rules.set(tag, { tag, action, reason, ...(raw.value === undefined ? {} : { value: raw.value }) });
  }
  return rules;
}

const privateKey = ({ creator, group, element }: SafePrivateRule): string => `${group}|${element}|${creator}`;

/** The base's list with the file's own; an entry for the same element takes its place. */
function safePrivateOf(
  list: readonly unknown[] | undefined,
  inherited: readonly SafePrivateRule[],
  problems: Problems,
): readonly SafePrivateRule[] {
  const own = new Map<string, SafePrivateRule>();
  for (const [i, value] of (list ?? []).entries()) {
    const rule = checked(problems, ["safe-private", i], safePrivateRule, value);
    if (!rule) continue;
    if (own.has(privateKey(rule)))
      problems.add(["safe-private", i], "this element stands in the list already");
    own.set(privateKey(rule), rule);
  }
  return [...inherited.filter((rule) => !own.has(privateKey(rule))), ...own.values()];
}

/** The base's device rules and the file's own: all that match an image are blanked. */
function devicesOf(
  values: Record<string, unknown>,
  inherited: readonly DeviceRule[],
  problems: Problems,
): readonly DeviceRule[] {
  if (!Object.hasOwn(values, "devices")) return inherited;
  const own = readDeviceRules(values.devices);
  for (const { path, message } of own.problems) problems.add(["devices", ...path], message);
  return [...inherited, ...own.rules];
}

function certificateOf(path: string, files: ProfileFiles, problems: Problems): string | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = files.readSibling?.(path);
  } catch {
    bytes = undefined;
  }
  if (!bytes) {
    problems.add(["encrypt-to"], `${path} cannot be read; a certificate in PEM is expected there`);
    return undefined;
  }
  try {
    return readRecipient(fromUtf8(bytes)).certificate.toString();
  } catch (error) {
    const why = error instanceof ElpisError ? error.message : "not a text file";
    problems.add(["encrypt-to"], `${path}: ${why}`);
    return undefined;
  }
}

/** What contradicts something else in the whole profile, bases included. */
function checkTogether(draft: Draft, values: Record<string, unknown>, problems: Problems): void {
  const has = (option: ConfidentialityOption) => draft.options.has(option);
  if (has("retainFullDates") && has("modifiedDates")) {
    problems.add(["options"], "retain-full-dates and modified-dates exclude each other; choose one");
  }
  if (draft.safePrivate.length > 0 && !has("retainSafePrivate")) {
    const key = Object.hasOwn(values, "safe-private") ? "safe-private" : "options";
    problems.add([key], "the list of safe private elements needs the option retain-safe-private");
  }
  const moved = [...draft.rules.values()].some(
    ({ action }) => action === "shift" || action === "shifted-year",
  );
  const dates = { areKept: has("retainFullDates"), areShifted: has("modifiedDates") || moved };
  const keys = new Map(
    Object.keys((values.attributes ?? {}) as object).map((key) => [attributeTag(key), key]),
  );
  for (const { tag, action } of draft.rules.values()) {
    const complaint = complainOfDateRule(tag, action, dates);
    const key = keys.get(tag);
    if (complaint)
      problems.add(
        key ? ["attributes", key] : ["options"],
        key ? complaint : `${formatTag(tag)}: ${complaint}`,
      );
  }
}

/** SHA-256 over canonical JSON of all that decides what is done, in an order of its own: not of the name. */
function digestOf(draft: Draft): string {
  const rules = [...draft.rules.values()].sort((a, b) => a.tag - b.tag);
  const safePrivate = [...draft.safePrivate].sort((a, b) => (privateKey(a) < privateKey(b) ? -1 : 1));
  const json = canonicalJson({
    options: [...draft.options].sort(),
    rules: rules.map(({ tag, action, value, reason }) => ({ tag: formatTag(tag), action, value, reason })),
    safePrivate: safePrivate.map((rule) => ({ ...rule })),
    patientId: draft.patientId,
    patientName: draft.patientName,
    dateShift: { ...draft.dateShift },
    uidRoot: draft.uidRoot,
    pixels: draft.pixels,
    marks: draft.marks,
    devices: draft.devices.map(({ blank, ...rule }) => ({
      ...rule,
      blank: blank.map((box) => ({ ...box })),
    })),
    encryptTo: draft.encryptTo,
  });
  return toHex(sha256(utf8(json)));
}
