/** Checks of single values: each returns what is wrong and what would be right, or undefined. */
export type Complaint = string | undefined;

const PLACEHOLDER = /\{([^{}]*)\}/g;
/** The keyed hash has 51 characters; more than 40 say no more. */
const MOST_HASH = 40;
const LEAST_HASH = 8;

/** A shape's placeholders filled with as many characters as they stand for, or a complaint. */
function filled(shape: string): { text: string; hash: number } | { complaint: string } {
  let hash = 0;
  let complaint = "";
  const text = shape.replace(PLACEHOLDER, (whole, count: string) => {
    const length = /^\d{1,2}$/.test(count) ? Number(count) : 0;
    if (length < 1 || length > MOST_HASH) {
      complaint = `${whole} is no placeholder; {12} stands for 12 characters of the keyed hash, 1 to ${MOST_HASH}`;
    }
    hash += length;
    return "X".repeat(length);
  });
  if (complaint) return { complaint };
  if (/[{}]/.test(text))
    return { complaint: "a brace is not closed; {12} stands for 12 characters of the keyed hash" };
  return { text, hash };
}

/** Patient ID (0010,0020) LO, which also names a folder of the release. */
export function complainOfPatientId(shape: string): Complaint {
  const result = filled(shape);
  if ("complaint" in result) return result.complaint;
  if (result.hash < LEAST_HASH) {
    return `needs at least ${LEAST_HASH} characters of the hash, or two patients would soon share one; {12} is usual`;
  }
  if (result.text.length > 64) return "becomes longer than the 64 characters of a Patient ID (LO)";
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(result.text)) {
    return "letters, digits, '.', '_' and '-' alone, a letter, digit or {N} first: it also names a folder";
  }
  return undefined;
}

/** Patient's Name (0010,0010) PN: PS3.5 6.2.1, in the default character repertoire. */
export function complainOfPatientName(shape: string): Complaint {
  const result = filled(shape);
  if ("complaint" in result) return result.complaint;
  const groups = result.text.split("=");
  if (!/^[A-Za-z0-9 .'^=_-]+$/.test(result.text) || result.text.trim() !== result.text) {
    return "letters, digits, spaces within, '.', ''', '_', '-', '^' and '=' alone; Patient^{8} is usual";
  }
  if (groups.length > 3 || groups.some((group) => group.split("^").length > 5)) {
    return "a person's name has at most 3 groups (=) of 5 components (^) each";
  }
  if (groups.some((group) => group.length > 64))
    return "becomes longer than the 64 characters of a name (PN)";
  return undefined;
}

/** PS3.5 9.1, and short enough that a 128-bit number behind it stays within 64 characters. */
export function complainOfUidRoot(root: string): Complaint {
  const shape =
    "is no UID root of at most 24 characters; write numbers without leading zeros, 1.3.6.1.4.1.99999";
  if (root.length > 24 || !/^[012](\.(0|[1-9][0-9]*))+$/.test(root)) return shape;
  if (/^[01]\.([4-9][0-9]|[0-9]{3})/.test(root))
    return "begins 0 or 1: its second number is below 40 (X.660)";
  if (root === "1.2.840.10008" || root.startsWith("1.2.840.10008.")) {
    return "is the DICOM standard's own root; use your organisation's, or 2.25";
  }
  if (root.startsWith("2.25.")) return "2.25 stands alone: what follows must be a UUID (PS3.5 B.2)";
  return undefined;
}

const LEAST_DAYS = 30;
const MOST_DAYS = 36_500;

/** Days that a shift can take: both ends inclusive, never 0. */
export function complainOfDates(minDays: number, maxDays: number): Complaint {
  if (minDays > maxDays) return "min-days is above max-days";
  if (Math.max(-minDays, maxDays) > MOST_DAYS) return `at most ${MOST_DAYS} days either way`;
  const choices = maxDays - minDays + (minDays <= 0 && maxDays >= 0 ? 0 : 1);
  if (choices < LEAST_DAYS) {
    return `leaves ${choices} days to choose from; at least ${LEAST_DAYS}, so that a shift cannot be guessed`;
  }
  return undefined;
}
