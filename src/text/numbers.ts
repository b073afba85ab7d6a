import { idCueBefore, idCueReaches, isIdCue } from "./cues.js";
import { isVocabulary, wordFlags } from "./lexicon.js";
import { isMeasure } from "./resolve.js";
import type { Finding, FindingKind, Suspicion } from "./types.js";
import { gapBefore, type View } from "./view.js";

/**
 * Expressions for numbers and addresses of machines. Every repetition is bounded and every expression starts at a
 * character that cannot continue the one before, so the time is linear in the text, hostile or not.
 */
const NUMBER_START = "(?<![0-9A-Za-z]|[0-9][.\\-/])";
const NUMBER_END = "(?![0-9A-Za-z]|[.\\-/][0-9])";
const PHONES: readonly RegExp[] = [
  // +1 555 123 4567: ten digits and no more
  /(?<![0-9A-Za-z+.])(?:\+|00)1[ .\-/]?\(?[0-9]{3}\)?[ .\-/]?[0-9]{3}[ .\-/]?[0-9]{4}(?![0-9])/g,
  // +49 (0)89 1234-567, 0049 89 1234567: international. Digits and what stands between them never overlap, so there
  // is one way to read them
  /(?<![0-9A-Za-z+.])(?:\+|00)(?=[1-9])(?!1[ .\-/(])[0-9]{1,15}(?:(?:\)?[ .\-/]\(?|\)|\()[0-9]{1,12}){0,6}\)?(?![0-9A-Za-z])/g,
  // (555) 123-4567, 555-123-4567, 555.123.4567, 1-555-123-4567
  new RegExp(
    `${NUMBER_START}(?:1[-.]|1 (?=\\())?(?:\\([0-9]{3}\\) ?|[2-9][0-9]{2}[-.])[0-9]{3}[-. ][0-9]{4}(?: ?(?:x|ext\\.?) ?[0-9]{1,6})?${NUMBER_END}`,
    "gi",
  ),
  new RegExp(`(?<![0-9A-Za-z.])\\([0-9]{3}\\) ?[0-9]{3}[-. ][0-9]{4}${NUMBER_END}`, "g"),
  // 555 123 4567
  new RegExp(`${NUMBER_START}[2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4}${NUMBER_END}`, "g"),
  // 020 7946 0958, 089/1234567, (089) 123456, 01 23 45 67 89: national, with the trunk zero
  /(?<![0-9A-Za-z.,/-])\(?0[1-9][0-9]{0,4}\)?[ /-]{1,2}[0-9]{2,8}(?:[ -][0-9]{2,6}){0,4}(?![0-9A-Za-z]|[.,/][0-9])/g,
];
const PHONE_CUE =
  /(?<![A-Za-z])(?:tel|telephone|telefon|phone|ph|mobile|mobil|handy|cell|fax|pager|beeper|call|ext|extension|durchwahl|contact|portable|telefoon)(?:[\s.:#=-]|no|nr|number){0,6}(\+?[0-9(](?:[0-9().\-/]| (?=[0-9(]{2}|[0-9] [0-9]{2})){1,24}[0-9])(?![0-9])/gi;
const SSN = new RegExp(`${NUMBER_START}[0-9]{3}-[0-9]{2}-[0-9]{4}${NUMBER_END}`, "g");
const IBAN = /(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![0-9A-Za-z])/g;
const CARD =
  /(?<![0-9A-Za-z.])(?:[3-6][0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{3,4}|[3-6][0-9]{13,15})(?![0-9A-Za-z.])/g;
const URL = /(?<![A-Za-z0-9])(?:(?:https?|s?ftp|file|dicom|ldap|smb):\/\/|www\.)[^\s<>"'\\^]{1,2048}/gi;
/** Endings of host names, in use in health care and few others' words. */
export const HOST_ENDINGS =
  "com|org|net|edu|gov|mil|info|io|biz|local|lan|internal|intranet|health|hospital|nhs\\.uk|ac\\.uk|co\\.uk|org\\.uk|de|fr|nl|ch|at|es|it|be|uk|ca|au|jp|eu|se|dk|pl";
const HOST = new RegExp(
  `(?<![A-Za-z0-9.-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.){1,5}(?:${HOST_ENDINGS})(?![A-Za-z0-9-]|\\.[A-Za-z0-9])(?::[0-9]{2,5})?(?:\\/[^\\s<>"']{0,500})?`,
  "gi",
);
const IPV4 = /(?<![0-9A-Za-z.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z]|\.[0-9])(?::[0-9]{2,5})?/g;
const IPV4_CUE =
  /(?<![A-Za-z])(?:ip|host|server|address|addr|client|gateway|dns)(?:[ .:=-]|is|v4){0,6}((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![0-9A-Za-z]|\.[0-9])/gi;
const MAC =
  /(?<![0-9A-Za-z:-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Za-z:-])/g;
const IPV6 =
  /(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f:]{0,39}[A-Fa-f])(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}(?![0-9A-Za-z:])|(?<![0-9A-Za-z:.])[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){1,5}::(?:[0-9A-Fa-f]{1,4})?(?::[0-9A-Fa-f]{1,4}){0,4}(?![0-9A-Za-z:])/g;
/** A UID of an instance (PS3.5 9.1) under any root but the standard's own: six components or more, or 2.25. */
const UID =
  /(?<![0-9A-Za-z.])(?!1\.2\.840\.10008\.)(?:2\.25\.[0-9]{8,39}|[0-2](?:\.(?:0|[1-9][0-9]{0,38})){5,30})(?![0-9A-Za-z]|\.[0-9])/g;
/** "plate ABC-1234", "Kennzeichen B-MW 1234": letters and digits as vehicles carry them. */
const PLATE =
  /(?<![A-Za-z])(?:plates?|registration|kennzeichen|vehicle|kfz)(?:[ .:#]|no|nr|number|reg){1,6}([A-Z]{1,3}[- ]?[A-Z]{1,3}[- ]?[0-9]{2,4}|[A-Z]{2,3}[- ]?[0-9]{3,4}|[0-9]{3,4}[- ]?[A-Z]{2,3}|[A-Z]{2}[0-9]{2}[ -]?[A-Z]{3})(?![0-9A-Za-z])/gi;
/** Vehicle identification number (ISO 3779). */
const VIN = /(?<![0-9A-Za-z])(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-HJ-NPR-Z0-9]{13}[0-9]{4}(?![0-9A-Za-z])/g;
const HOME = /(?:[\\/](?:users|home|documents and settings)[\\/])([^\\/\s:*?"<>|]{1,64})/gi;
const UNC = /(?<![A-Za-z0-9\\])\\\\[A-Za-z0-9._-]{2,64}(?:\\[^\\\s]{1,255}){0,16}/g;

/** Everything with a digit, an "@" or a dot that identifies by its form or by the word before it. */
export function findNumbers(view: View): { findings: Finding[]; suspicious: Suspicion[] } {
  const { text } = view;
  const findings: Finding[] = [];
  const digits = view.tokens.reduce((n, t) => (t.digits ? n + t.to - t.from : n), 0);
  if (text.includes("@")) emails(text, findings);
  if (text.includes(".") || text.includes("://")) {
    collect(text, URL, "url", findings);
    collect(text, HOST, "url", findings, isHostName);
  }
  if (/[\\/]/.test(text)) {
    collect(text, HOME, "person", findings, undefined, 1);
    collect(text, UNC, "network", findings);
  }
  if (digits === 0) return { findings, suspicious: [] };
  if (digits > 7) for (const phone of PHONES) collect(text, phone, "phone", findings, isPhone);
  if (digits > 2) collect(text, PHONE_CUE, "phone", findings, undefined, 1);
  if (digits > 8 && text.includes("-")) collect(text, SSN, "ssn", findings);
  if (text.includes(".")) collect(text, IPV4, "network", findings, isIpv4);
  if (text.includes(".")) collect(text, IPV4_CUE, "network", findings, undefined, 1);
  if (/[:-]/.test(text)) collect(text, MAC, "network", findings);
  if (text.includes(":")) collect(text, IPV6, "network", findings);
  if (digits > 7 && text.includes(".")) collect(text, UID, "id", findings, (m) => m.length > 15);
  if (digits > 1) collect(text, PLATE, "id", findings, undefined, 1);
  if (digits > 5) collect(text, VIN, "id", findings, (m) => (m.match(/[A-Z]/g)?.length ?? 0) > 2);
  if (digits > 5)
    collect(text, IBAN, "id", findings, (m) => /[0-9].*[0-9].*[0-9].*[0-9].*[0-9].*[0-9]/.test(m));
  if (digits > 12) collect(text, CARD, "id", findings, luhn);
  if (digits > 1) findings.push(...ages(view));
  // Without a cue only long numbers are of interest
  if (digits < 7 && !view.tokens.some((t) => isIdCue(t.folded))) return { findings, suspicious: [] };
  const ids = cuedIds(view);
  return { findings: [...findings, ...ids.findings], suspicious: ids.suspicious };
}

function collect(
  text: string,
  expression: RegExp,
  kind: FindingKind,
  into: Finding[],
  accept?: (match: string) => boolean,
  group = 0,
): void {
  for (const match of text.matchAll(expression)) {
    const value = match[group] ?? "";
    if (value === "" || accept?.(value) === false) continue;
    const start = group === 0 ? match.index : match.index + match[0].lastIndexOf(value);
    into.push({ kind, start, end: start + value.length });
  }
}

const LOCAL = /[\p{L}\p{Nd}._%+'-]/u;
const DOMAIN = /[\p{L}\p{Nd}.-]/u;

/** Grows both ways from each "@": at most 64 and 255 characters, so many of them stay cheap. */
function emails(text: string, into: Finding[]): void {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    let end = at + 1;
    while (start > 0 && at - start < 64 && LOCAL.test(text[start - 1]!)) start--;
    while (end < text.length && end - at < 255 && DOMAIN.test(text[end]!)) end++;
    while (end > at + 1 && /[.-]/.test(text[end - 1]!)) end--;
    const domain = text.slice(at + 1, end);
    // "jdoe@pacs" is an address too; "512@3mm" is not
    if (
      start < at &&
      /^[\p{L}\p{Nd}-]+(\.[\p{L}\p{Nd}-]+)*$/u.test(domain) &&
      /\p{L}{2}/u.test(domain) &&
      (domain.includes(".") || !/^\d/.test(domain))
    ) {
      if (domain.includes(".") || /\p{L}/u.test(text.slice(start, at)))
        into.push({ kind: "email", start, end });
    }
  }
}

/** A country's ending needs three labels ("pacs.klinik.de") or a long name: "rt.de" could be anything. */
function isHostName(match: string): boolean {
  const labels = match.split(/[:/]/, 1)[0]!.split(".");
  if (/^\d+$/.test(labels.at(-2) ?? "")) return false;
  const last = labels.at(-1)!.toLowerCase();
  if (last.length > 2 || last === "io") return labels.length > 1 && /[a-z]/i.test(labels[0]!);
  // "Thorax.it", "ap.es": words that ended one sentence and began the next
  return labels.length > 2
    ? labels.slice(0, -1).some((l) => /[a-z]{3}/i.test(l))
    : !isVocabulary(labels[0]!.toLowerCase()) && labels[0]!.length > 4;
}

function isIpv4(match: string): boolean {
  const octets = match.split(":", 1)[0]!.split(".").map(Number);
  if (octets.some((o) => o > 255)) return false;
  if (/(?:^|\.)0[0-9]/.test(match)) return false;
  const [a, b] = octets as [number, number];
  if (
    a === 10 ||
    a === 127 ||
    (a === 192 && b === 168) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 169 && b === 254)
  )
    return true;
  // "51.80.108.10" may be a software version; an address mostly has two large parts or its port
  // No version starts as high
  return a >= 100 || (a >= 10 && (match.includes(":") || octets.filter((o) => o >= 100).length >= 2));
}

/** 7 to 15 digits (E.164 has no more). */
function isPhone(match: string): boolean {
  const digits = match.replace(/[^0-9]/g, "").length;
  if (digits < 8 || digits > 15) return false;
  // "01-02-2024" is a date; "512 512 1024" are sizes
  if (/^\(?\d{1,2}([-/ ])\d{1,2}\1(?:19|20)\d\d(?!\d)/.test(match)) return false;
  // "01-02-03-04": a list; five pairs are a French number
  if (/^\d\d(?:[ -]\d\d){3}$/.test(match)) return false;
  return !/^(?:256|320|384|448|480|512|640|768) /.test(match);
}

/** Check digit of payment cards; without it sixteen digits may be anything. */
function luhn(match: string): boolean {
  const digits = match.replace(/[^0-9]/g, "");
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const d = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? d : d > 4 ? 2 * d - 9 : 2 * d;
  }
  return sum % 10 === 0;
}

const ID_GLUE = /^[-./_:]?$/;
const MAX_ID_TOKENS = 16;

/** "MRN: 12-345", "Acc# A123", "Patient ID 0012"; and long numbers without a cue, which are only reported. */
function cuedIds(view: View): { findings: Finding[]; suspicious: Suspicion[] } {
  const findings: Finding[] = [];
  const suspicious: Suspicion[] = [];
  const { tokens } = view;
  for (let i = 0; i < tokens.length; i++) {
    const first = tokens[i]!;
    if (i > 0 && tokens[i - 1]!.end === first.start && !isCueWord(view, i - 1)) continue;
    const last = endOfId(view, i);
    const value = view.text.slice(first.start, tokens[last]!.end);
    const count = value.replace(/[^0-9]/g, "").length;
    if (count === 0) {
      if (isCapitalCode(view, i)) findings.push({ kind: "id", start: first.start, end: first.end });
      continue;
    }
    const near = idCueBefore(view, i);
    const cue = near === "none" && idCueReaches(view, i) ? "weak" : near;
    const enough =
      cue === "strong"
        ? count >= 2 || value.length >= 3
        : cue === "weak" && count >= (/[#:=]/.test(gapBefore(view, i)) ? 4 : 5);
    if (enough && !(isMeasure(view, i) && cue !== "strong") && !isQuantity(view, i, last, count)) {
      findings.push({
        kind: /^m/.test(tokens[i - 1]!.folded) ? "mrn" : "id",
        start: first.start,
        end: tokens[last]!.end,
      });
      i = last;
    } else if (count >= 7 && last - i < 3 && !/^\d+(?:\.\d+){3,}$/.test(value)) {
      suspicious.push({ start: first.start, end: tokens[last]!.end, why: "id-like" });
      i = last;
    }
  }
  return { findings, suspicious };
}

/** "MRN12345", "ID4711x": the cue is glued to its number. */
function isCueWord(view: View, i: number): boolean {
  return (
    idCueBefore(view, i + 1) === "strong" ||
    (idCueBefore(view, i + 1) === "weak" && view.tokens[i]!.folded === "id")
  );
}

/** "MRN: ABCDEF": letters only, after a colon behind a strong cue. */
function isCapitalCode(view: View, i: number): boolean {
  const token = view.tokens[i]!;
  if (
    token.shape !== "upper" ||
    token.folded.length < 4 ||
    isVocabulary(token.folded) ||
    wordFlags(token.folded) !== 0
  )
    return false;
  return /[:=#]/.test(gapBefore(view, i)) && idCueBefore(view, i) === "strong";
}

/** "Acc 2 mm", "no 3.5": a small number with a unit behind it. */
function isQuantity(view: View, i: number, last: number, count: number): boolean {
  return count < 4 && isMeasure(view, last) && i === last;
}

function endOfId(view: View, i: number): number {
  let last = i;
  for (let k = i + 1; k < view.tokens.length && k < i + MAX_ID_TOKENS; k++) {
    const gap = gapBefore(view, k);
    if (!ID_GLUE.test(gap)) {
      // "123 45 6789": groups of digits after digits
      if (
        gap !== " " ||
        !view.tokens[k]!.digits ||
        !view.tokens[k - 1]!.digits ||
        view.tokens[k]!.folded.length < 2
      )
        break;
      if (idCueBefore(view, i) !== "strong") break;
    }
    last = k;
  }
  return last;
}

const OLDEST_NAMED_AGE = 89;

/** Ages over 89 (HIPAA 164.514(b)(2)(i)(C)): "92 y/o", "aged 103", "95-year-old", "093Y". */
function ages(view: View): Finding[] {
  const out: Finding[] = [];
  view.tokens.forEach((token) => {
    const age = token.digits && token.folded.length <= 3 ? Number(token.folded) : 0;
    if (age <= OLDEST_NAMED_AGE || age > 125) return;
    const after = view.text.slice(token.end, token.end + 12);
    const before = view.text.slice(Math.max(0, token.start - 12), token.start);
    const said =
      /^[ -]?(?:y(?:ears?|rs?|\/?o|o)?(?![a-z])|year|yr|jahre?|jaar|ans(?![a-z])|anni|anos|años|j\.)/i.test(
        after,
      );
    if (said || /(?:\bage[ds]?|\balter)[ :=]{1,3}(?:of )?$/i.test(before))
      out.push({ kind: "age", start: token.start, end: token.end });
  });
  return out;
}
