import { describe, expect, it } from "vitest";
import { concatBytes, latin1, seededRandom, utf8 } from "../base/index.js";
import { ByteMatcher, type KnownIdentifiers } from "./index.js";

const known = (part: Partial<KnownIdentifiers>) =>
  new ByteMatcher({ names: [], ids: [], dates: [], other: [], ...part });
const ANN = {
  names: [
    "Smyth^Jo",
    "Quibblewick^Thaddeus",
    "Ng^Bo",
    "Wilson^Ada",
    "Müller^Änne",
    "山田^太郎",
    "Ковальчук^Ольга",
  ],
  ids: ["MRN0045821", "123-45-678", "100200300400"],
  dates: ["19600502"],
};

/** Numbers of one kind, little-endian unless said otherwise. */
function numbers(kind: "Uint16" | "Int32" | "Float32" | "Float64", values: readonly number[], little = true) {
  const size = { Uint16: 2, Int32: 4, Float32: 4, Float64: 8 }[kind];
  const view = new DataView(new ArrayBuffer(size * values.length));
  values.forEach((value, i) => {
    view[`set${kind}`](i * size, value, little);
  });
  return new Uint8Array(view.buffer);
}
const utf16 = (text: string, little = true) =>
  numbers(
    "Uint16",
    [...text].map((c) => c.charCodeAt(0)),
    little,
  );

describe("bytes that hold", () => {
  const cases: [string, Uint8Array][] = [
    ["a name of five letters between NULs", latin1("\0Smyth\0\0")],
    ["one in capitals", latin1("\x05SMYTH\x01")],
    ["one behind a byte that is a letter by chance", latin1("ASmyth\0")],
    ["two short parts of a name", latin1("\0\0Ng^Bo\0")],
    ["a name inside a word", latin1("dirquibblewick7")],
    ["a surname that is an eponym", latin1("\0Wilson\0")],
    ["a name in UTF-16", utf16("..Smyth Jo..")],
    [
      "a name in UTF-16 of the other order, one byte off",
      concatBytes([latin1("\x07"), utf16("Smyth", false)]),
    ],
    ["an accented name in Latin-1", latin1("\0M\xdcLLER\0")],
    ["an accented name without its accent", latin1("\0Muller\0")],
    ["an accented name in UTF-8", concatBytes([latin1("\0"), utf8("Müller"), latin1("\0")])],
    ["an accented name in UTF-16", utf16("\0Müller\0")],
    ["a name in Cyrillic, UTF-8", utf8("..ковальчук..")],
    ["a name in Cyrillic, UTF-16", utf16("..КОВАЛЬЧУК..", false)],
    ["a name in ideographs, UTF-8", utf8("..山田..")],
    ["a name in ideographs, UTF-16", utf16("..太郎..")],
    ["a number as written", latin1("\0MRN0045821\0")],
    ["its figures alone", latin1("\x010045821\x02")],
    ["its figures without zeros", latin1("\x0145821\x02")],
    ["a number without its punctuation", latin1("x12345678x")],
    ["a date of birth", latin1("\x0119600502\x02")],
    ["a date of birth, day first", latin1("\x0102.05.1960\x02")],
    ["a date of birth as an integer", numbers("Int32", [7, 19600502])],
    ["a date of birth as a big-endian integer", numbers("Int32", [7, 19600502], false)],
    ["a date of birth as two words", numbers("Uint16", [19600502 >>> 16, 19600502 & 0xffff])],
    ["a date of birth as floating point", numbers("Float64", [0.5, 19600502])],
    ["a date of birth as short floating point", numbers("Float32", [0.5, 19600502])],
    ["year, month and day as words", numbers("Uint16", [1960, 5, 2])],
    ["a number as an integer", numbers("Int32", [12345678])],
    ["a number of twelve figures as floating point", numbers("Float64", [100200300400])],
  ];

  it.each(cases)("%s", (_, bytes) => {
    expect(known(ANN).isIn(bytes)).toBe(true);
    expect(known({ names: ["Zarquon^Ilse"], ids: ["998877"], dates: ["19710203"] }).isIn(bytes)).toBe(false);
  });

  it.each(cases.filter(([what]) => !/integer|as two words|short float|ideographs, UTF-16/.test(what)))(
    "%s, far behind in a large table",
    (_, bytes) => {
      const table = new Uint8Array(300_001).fill(1);
      table.set(bytes, 250_003);
      expect(known(ANN).isIn(table)).toBe(true);
    },
  );

  it.each<[string, Partial<KnownIdentifiers>, Uint8Array]>([
    ["a word with the name inside", { names: ["Smyth^Jo"] }, latin1("smythers")],
    ["an eponym before its noun", { names: ["Wilson^Ada"] }, latin1("\0Wilson's disease\0")],
    ["an everyday word that is a name", { names: ["Long^Head"] }, latin1("\0Long axis\0")],
    ["a decimal fraction", { ids: ["MRN45821"] }, latin1("\x000.45821\0")],
    ["a longer number", { ids: ["45821"] }, latin1("\x001458219\0")],
    [
      "a ramp of bytes",
      { ids: ["456789"], names: ["Defg^A"] },
      Uint8Array.from({ length: 256 }, (_, i) => i),
    ],
    [
      "a ramp of words",
      { ids: ["456789"] },
      numbers(
        "Uint16",
        Array.from({ length: 256 }, (_, i) => i),
      ),
    ],
    [
      "a table that counts",
      { ids: ["123456"] },
      numbers(
        "Int32",
        [...Array(9).keys()].map((i) => 123450 + 2 * i),
      ),
    ],
    ["a placeholder", { ids: ["000000", "1111111"] }, latin1("0000000000 11111111")],
  ])("not %s", (_, part, bytes) => expect(known(part).isIn(bytes)).toBe(false));
});

describe("pictures", () => {
  it("hold names of six letters and long numbers, which samples do not spell", () => {
    for (const text of ["Quibblewick", "MRN0045821", "100200300400"]) {
      const bytes = new Uint8Array(5000).fill(3);
      bytes.set(latin1(text), 777);
      expect(known(ANN).isIn(bytes, "samples")).toBe(true);
      expect(known(ANN).isIn(bytes, "compressed")).toBe(true);
    }
  });

  it("spell short names and numbers by chance, also in noise as dark as figures are", () => {
    const random = seededRandom(7);
    const dark = () => Uint8Array.from({ length: 500_000 }, () => 0x2a + random() * 18);
    const ids = Array.from({ length: 300 }, () => String(Math.floor(1e5 + random() * 9e5)));
    expect(known({ ids }).isIn(dark())).toBe(true);
    expect(known({ ids, names: ["Bones^Al"] }).isIn(dark(), "samples")).toBe(false);
  });
});

it("finds nobody in noise, whatever its levels", () => {
  const random = seededRandom(20261120);
  const sources = [
    () => random() * 256,
    () => (random() + random() + random()) * 40,
    () => 32 + random() * 95,
  ];
  const matcher = known({
    names: ["Doe^Anna", "Kims^Bo", "Leeds^Alva", "Okon^Ike", "Ruzi^Tara"],
    ids: ["0045821", "881234", "1234501", "A55812"],
    dates: ["19600502", "20240115", "20240116"],
  });
  const hits = sources.flatMap((next) =>
    Array.from({ length: 100 }, () => matcher.isIn(Uint8Array.from({ length: 60_000 }, next))),
  );
  // Bytes that are all printable spell a name of four letters once in some ten million places.
  expect(hits.filter(Boolean).length).toBeLessThanOrEqual(1);
});
