/**
 * The graphic character sets that DICOM designates to G0 (bytes 21-7E) and G1 (bytes A0-FF): PS3.3 Tables
 * C.12-2 to C.12-4. Their tables come from the platform's TextDecoder and are built at first use.
 */
export interface GraphicSet {
  /** What follows ESC to designate the set, as Latin-1; empty when nothing designates it. */
  readonly designator: string;
  readonly slot: "G0" | "G1";
  /** Bytes a character. */
  readonly width: 1 | 2;
  /**
   * UTF-16 unit of each code, `UNASSIGNED` where there is none. One byte: 128 entries, by the byte's low
   * seven bits. Two bytes: 94 x 94 entries, by (first - 0x21) * 94 + second - 0x21, high bits off.
   */
  readonly table: () => Uint16Array;
  /** UTF-16 unit to code: the byte itself, or first << 8 | second with the bits of the slot. */
  readonly codes: () => ReadonlyMap<number, number>;
}

/** U+FFFD: stands for bytes that are no character, and marks an empty cell of a table. */
export const UNASSIGNED = 0xfffd;

/** `make`, called at the first use alone. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const LINE_FEED = 0x0a;

/** Decodes many short codes in one call; a code that is not exactly one character becomes `UNASSIGNED`. */
export function decodeCodes(label: string, codes: readonly (readonly number[])[]): Uint16Array {
  // A line feed is never a trail byte in these encodings, so even a broken code ends there.
  const bytes = Uint8Array.from(codes.flatMap((code) => [...code, LINE_FEED]));
  const cells = new TextDecoder(label, { ignoreBOM: true }).decode(bytes).split("\n");
  return Uint16Array.from(codes, (_, i) => (cells[i]?.length === 1 ? cells[i].charCodeAt(0) : UNASSIGNED));
}

function invert(table: Uint16Array, codeOf: (index: number) => number | null): Map<number, number> {
  const codes = new Map<number, number>();
  table.forEach((unit, index) => {
    const code = unit === UNASSIGNED ? null : codeOf(index);
    if (code !== null && !codes.has(unit)) codes.set(unit, code);
  });
  return codes;
}

function oneByte(slot: "G0" | "G1", designator: string, make: () => Uint16Array): GraphicSet {
  const table = once(make);
  const high = slot === "G0" ? 0 : 0x80;
  return { designator, slot, width: 1, table, codes: once(() => invert(table(), (index) => high | index)) };
}

const ascii = () => Uint16Array.from({ length: 128 }, (_, code) => code);

export const ASCII: GraphicSet = oneByte("G0", "(B", ascii);

/** ISO-IR 14, the Roman half of JIS X 0201: ASCII save for two cells. */
export const ROMAN: GraphicSet = oneByte("G0", "(J", () => {
  const table = ascii();
  table[0x5c] = 0x00a5; // yen sign
  table[0x7e] = 0x203e; // overline
  return table;
});

/** ISO-IR 13, the Katakana half of JIS X 0201: A1-DF are U+FF61-FF9F. */
export const KATAKANA: GraphicSet = oneByte("G1", ")I", () =>
  Uint16Array.from({ length: 128 }, (_, low) => (low >= 0x21 && low <= 0x5f ? 0xff40 + low : UNASSIGNED)),
);

/**
 * The right half of an ISO 8859 part. Bytes 80-9F are the C1 controls of the same number, whatever the
 * platform says: its labels for parts 1, 9 and 11 mean Windows code pages, which differ just there.
 */
function iso8859(
  designator: string,
  label: string,
  assigned: (byte: number) => boolean = () => true,
): GraphicSet {
  return oneByte("G1", designator, () => {
    const table = decodeCodes(
      label,
      Array.from({ length: 128 }, (_, low) => [0x80 | low]),
    );
    return table.map((unit, low) => (low < 0x20 ? 0x80 | low : assigned(0x80 | low) ? unit : UNASSIGNED));
  });
}

export const LATIN_1: GraphicSet = iso8859("-A", "iso-8859-1");
export const LATIN_2: GraphicSet = iso8859("-B", "iso-8859-2");
export const LATIN_3: GraphicSet = iso8859("-C", "iso-8859-3");
export const LATIN_4: GraphicSet = iso8859("-D", "iso-8859-4");
export const LATIN_5: GraphicSet = iso8859("-M", "iso-8859-9");
export const LATIN_9: GraphicSet = iso8859("-b", "iso-8859-15");
export const CYRILLIC: GraphicSet = iso8859("-L", "iso-8859-5");
export const ARABIC: GraphicSet = iso8859("-G", "iso-8859-6");
export const GREEK: GraphicSet = iso8859("-F", "iso-8859-7");
export const HEBREW: GraphicSet = iso8859("-H", "iso-8859-8");
/** ISO-IR 166 is TIS 620: it lacks the no-break space that the platform's table has at A0. */
export const THAI: GraphicSet = iso8859("-T", "windows-874", (byte) => byte !== 0xa0);

/** What bytes of G1 mean where nothing is designated there: Latin-1, to be read but never to be written. */
export const UNDECLARED: GraphicSet = { ...LATIN_1, designator: "", codes: once(() => new Map()) };

/** True for U+E000-F8FF, where platforms put the cells that a standard leaves empty. */
export const isPrivateUse = (unit: number): boolean => unit >= 0xe000 && unit <= 0xf8ff;

interface DoubleByte {
  readonly slot: "G0" | "G1";
  readonly designator: string;
  readonly label: string;
  /** Bytes that lead to the set in the platform's encoding, before the pair with its high bits on. */
  readonly prefix?: readonly number[];
  /** Cells on which platforms disagree with each other or with the standard: code to UTF-16 unit. */
  readonly corrections?: ReadonlyMap<number, number>;
  /** True for codes (high bits off) of the registered set; vendors' additions are read but never written. */
  readonly registered: (code: number) => boolean;
}

function twoByte({
  slot,
  designator,
  label,
  prefix = [],
  corrections = new Map(),
  registered,
}: DoubleByte): GraphicSet {
  const codeAt = (index: number) => ((0x21 + Math.floor(index / 94)) << 8) | (0x21 + (index % 94));
  const table = once(() => {
    const codes = Array.from({ length: 94 * 94 }, (_, i) => codeAt(i));
    const units = decodeCodes(
      label,
      codes.map((code) => [...prefix, (code >> 8) | 0x80, (code & 0xff) | 0x80]),
    );
    return units.map((unit, i) => corrections.get(codes[i]!) ?? (isPrivateUse(unit) ? UNASSIGNED : unit));
  });
  const high = slot === "G0" ? 0 : 0x8080;
  const codes = once(() => invert(table(), (i) => (registered(codeAt(i)) ? codeAt(i) | high : null)));
  return { designator, slot, width: 2, table, codes };
}

/** True for a code whose first byte lies in one of the `rows` (1 to 94). */
function inRows(...rows: readonly (readonly [first: number, last: number])[]): (code: number) => boolean {
  return (code) => rows.some(([first, last]) => code >> 8 >= 0x20 + first && code >> 8 <= 0x20 + last);
}

export const JIS_X_0208: GraphicSet = twoByte({
  slot: "G0",
  designator: "$B",
  label: "euc-jp",
  // Windows and the web took full-width look-alikes for these; JIS X 0208 means the characters themselves.
  corrections: new Map([
    [0x2141, 0x301c],
    [0x2142, 0x2016],
    [0x215d, 0x2212],
    [0x2171, 0xa2],
    [0x2172, 0xa3],
    [0x224c, 0xac],
  ]),
  registered: inRows([1, 8], [16, 84]),
});

export const JIS_X_0212: GraphicSet = twoByte({
  slot: "G0",
  designator: "$(D",
  label: "euc-jp",
  prefix: [0x8f],
  registered: inRows([2, 2], [6, 7], [9, 11], [16, 77]),
});

export const KS_X_1001: GraphicSet = twoByte({
  slot: "G1",
  designator: "$)C",
  label: "euc-kr",
  // The euro and registered signs of KS X 1001:1998, which some platforms do not have.
  corrections: new Map([
    [0x2266, 0x20ac],
    [0x2267, 0xae],
  ]),
  registered: (code) => code !== 0x2268, // the postal mark of 2002, which few readers have
});

/** The cells of GB 2312 before its ideographs; GBK, from which the table comes, fills some gaps between. */
const GB_2312_SYMBOLS = [
  [0x2121, 0x217e], [0x2231, 0x2262], [0x2265, 0x226e], [0x2271, 0x227c], [0x2321, 0x237e], [0x2421, 0x2473],
  [0x2521, 0x2576], [0x2621, 0x2638], [0x2641, 0x2658], [0x2721, 0x2741], [0x2751, 0x2771], [0x2821, 0x283a],
  [0x2845, 0x2869], [0x2924, 0x296f],
] as const; // biome-ignore format: a table

const isIdeographRow = inRows([16, 87]);

export const GB_2312: GraphicSet = twoByte({
  slot: "G1",
  designator: "$)A",
  label: "gbk",
  registered: (code) =>
    isIdeographRow(code) || GB_2312_SYMBOLS.some(([first, last]) => code >= first && code <= last),
});

/** Every set by its escape sequence, so that a reader follows also designations that nobody declared. */
export const BY_DESIGNATOR: ReadonlyMap<string, GraphicSet> = new Map([
  ...[
    ASCII, ROMAN, KATAKANA, LATIN_1, LATIN_2, LATIN_3, LATIN_4, LATIN_5, LATIN_9, CYRILLIC, ARABIC, GREEK,
    HEBREW, THAI, JIS_X_0208, JIS_X_0212, KS_X_1001, GB_2312,
  ].map((set): [string, GraphicSet] => [set.designator, set]), // biome-ignore format: a table
  ["$@", JIS_X_0208], // the 1978 edition, as old Japanese writers designate it
]);
