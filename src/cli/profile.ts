import { type AttributeRule, OPTION_NAMES, type Profile, type SafePrivateRule } from "../deid/index.js";
import { dictionaryEntry, formatTag } from "../dicom/index.js";
import { type Io, type Paint, painterFor, printable, printJson, table } from "./output.js";

/** Options as profiles write them: `clean-descriptors`. */
function optionsOf({ options }: Profile): string[] {
  return [...OPTION_NAMES].flatMap(([name, option]) => (options.has(option) ? [name] : [])).sort();
}

/** `(0019,xx0C)`: the block's number moves from file to file. */
function privateTag({ group, element }: SafePrivateRule): string {
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, "0");
  return `(${hex(group, 4)},xx${hex(element, 2)})`;
}

const keywordOf = ({ tag }: AttributeRule): string => dictionaryEntry(tag)?.keyword ?? "";
const byTag = (a: AttributeRule, b: AttributeRule): number => a.tag - b.tag;

/** `elpis profile`: prints what a profile that was read and found right says, bases resolved. Returns 0. */
export function showProfile(profile: Profile, json: boolean, io: Io): number {
  if (json) printJson(io, asJson(profile));
  else io.stdout.write(`${profileLines(profile, painterFor(io.stdout, io.env)).join("\n")}\n`);
  return 0;
}

function asJson(profile: Profile) {
  const { name, digest, patientId, patientName, uidRoot, pixels, encryptTo } = profile;
  return {
    name,
    digest,
    options: optionsOf(profile),
    rules: [...profile.rules.values()].sort(byTag).map((rule) => ({
      tag: formatTag(rule.tag),
      keyword: keywordOf(rule),
      action: rule.action,
      ...(rule.value === undefined ? {} : { value: rule.value }),
      reason: rule.reason,
    })),
    safePrivate: profile.safePrivate.map((rule) => ({
      creator: rule.creator,
      element: privateTag(rule),
      vr: rule.vr,
      reason: rule.reason,
    })),
    patientId,
    patientName,
    dates: datesOf(profile),
    dateShift: profile.options.has("modifiedDates") ? profile.dateShift : null,
    uidRoot,
    pixels,
    encryptTo: encryptTo ?? null,
  };
}

function datesOf({ options }: Profile): "retained" | "shifted" | "removed" {
  if (options.has("retainFullDates")) return "retained";
  return options.has("modifiedDates") ? "shifted" : "removed";
}

function profileLines(profile: Profile, paint: Paint): string[] {
  const { minDays, maxDays } = profile.dateShift;
  const dates = datesOf(profile);
  const facts = table([
    ["digest", profile.digest],
    ["patient-id", profile.patientId],
    ["patient-name", profile.patientName],
    ["dates", dates === "shifted" ? `shifted by ${minDays} to ${maxDays} days, per patient` : dates],
    ["uid-root", profile.uidRoot],
    ["pixels", profile.pixels === "vetted" ? "vetted: a person has looked" : "hold what may show a name"],
    ["encrypt-to", profile.encryptTo ? "a certificate: removed values go to its holder" : "nobody"],
  ]);
  return [
    paint("bold", `profile ${profile.name}`),
    ...facts,
    ...section("options beside the Basic Profile", optionsOf(profile), paint),
    ...section(
      "rules for attributes",
      [...profile.rules.values()]
        .sort(byTag)
        .flatMap((rule) => [
          `${formatTag(rule.tag)} ${keywordOf(rule)}: ${actionOf(rule)}`,
          `    ${printable(rule.reason)}`,
        ]),
      paint,
    ),
    ...section(
      "safe private elements beside PS3.15 Table E.3.10-1",
      profile.safePrivate.flatMap((rule) => [
        `${privateTag(rule)} ${rule.vr} of ${printable(rule.creator)}`,
        `    ${printable(rule.reason)}`,
      ]),
      paint,
    ),
  ];
}

function actionOf({ action, value }: AttributeRule): string {
  return value === undefined ? action : `${action} by "${printable(value)}"`;
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return ["", paint("bold", title), ...(lines.length === 0 ? ["  none"] : lines.map((line) => `  ${line}`))];
}
