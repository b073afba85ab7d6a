import { fromLatin1, fromUtf8, utf8 } from "../base/index.js";
import { type DataSet, SINGLE_VALUED, trimPadding, type VR } from "../dicom/index.js";

/** What the values of a text element may say, where their bytes do not fit their label. */
export interface Readings {
  /** Values as a person may have meant them, by every character set that is plausible. */
  readonly meant: readonly string[];
  /** The same values as they look when UTF-8 is read as Latin-1: "MÃ¼ller". */
  readonly garbled: readonly string[];
}

const ASCII = /^[\0-\x7f]*$/;
const ESCAPE = "\x1b";
/** Letters that UTF-8 read as Latin-1 turns into letters again; other scripts become marks and controls. */
const LATIN = /^[\0-\u024f]*$/;

/** ASCII without an escape sequence, which says the same in every character set (PS3.5 6.1.2.5.1). */
export const isPlain = (raw: string): boolean => ASCII.test(raw) && !raw.includes(ESCAPE);

/**
 * Every plausible reading of a text element. Labels are often wrong: UTF-8 without (0008,0005) or under
 * ISO_IR 100, Latin-1 under ISO_IR 192. Bytes that are valid UTF-8 are hardly ever anything else.
 */
export function readingsOf(data: DataSet, token: number, vr: VR): Readings {
  const bytes = data.bytes(token);
  const raw = fromLatin1(bytes);
  const declared = data.text(token, vr);
  const split = (text: string) => (SINGLE_VALUED.has(vr) ? [text] : text.split("\\")).map(clean);
  if (isPlain(raw)) return { meant: split(declared), garbled: [] };
  const isUtf8 = !ASCII.test(raw) && strictUtf8(bytes);
  const meant = new Set<string>();
  const garbled = new Set<string>();
  if (isUtf8 !== false) meant.add(isUtf8);
  if (!declared.includes("\ufffd")) {
    // Of a label that was wrong, what the file's other texts look like under it.
    if (isUtf8 !== false && declared === trimPadding(raw)) garbled.add(declared);
    else meant.add(declared);
  }
  // Escape sequences switch sets that Latin-1 knows nothing of: their bytes spell no word in it.
  if (isUtf8 === false && !ASCII.test(raw) && !raw.includes(ESCAPE)) meant.add(raw);
  for (const text of meant) {
    if (LATIN.test(text) && !ASCII.test(text)) garbled.add(fromLatin1(utf8(text)));
  }
  return { meant: [...meant].flatMap(split), garbled: [...garbled].flatMap(split) };
}

const clean = (value: string): string => trimPadding(value).trim();

function strictUtf8(bytes: Uint8Array): string | false {
  try {
    return fromUtf8(bytes);
  } catch {
    return false;
  }
}

/**
 * The dates that a value may mean, as YYYYMMDD, of DA and DT and of what stands in their place under another VR:
 * 1960-05-02, 02.05.1960 and 05/02/1960, the last two in both orders. [] when it is no date.
 */
export function datesMeant(value: string): string[] {
  const start = /^(\d{4})([-./]?)(\d{2})\2(\d{2})/.exec(value);
  if (start) return [`${start[1]}${start[3]}${start[4]}`];
  const end = /^(\d{1,2})([-./ ])(\d{1,2})\2(\d{4})$/.exec(value);
  if (!end) return [];
  const [first, second] = [end[1]!.padStart(2, "0"), end[3]!.padStart(2, "0")];
  const year = end[4]!;
  return [first + second, second + first]
    .filter((monthDay) => Number(monthDay.slice(0, 2)) <= 12 && Number(monthDay.slice(2)) <= 31)
    .map((monthDay) => year + monthDay);
}
