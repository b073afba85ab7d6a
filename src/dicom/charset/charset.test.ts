import { describe, expect, it } from "vitest";
import { decode, EVERY_SET, encode, SINGLE_BYTE, split } from "../../../test/support/charset.js";
import { concatBytes, fromHex, latin1, randomInt, seededRandom, toHex } from "../../base/index.js";
import { type CharacterSet, DEFAULT_CHARACTER_SET, parseCharacterSet, type TextKind } from "./index.js";

describe("the examples of PS3.5", () => {
  const UTF_8_LINES =
    "54686520666972737420 6c696e6520696e636c75646573 e4b8ad e69687 2e0d0a 546865207365636f6e64206c696e6520696e636c75646573" +
    "e4b8ad e69687 2c20746f6f2e0d0a 546865207468697264206c696e652e0d0a";
  const LINES = "The first line includes中文.\r\nThe second line includes中文, too.\r\nThe third line.\r\n";
  it.each<[example: string, terms: string[], text: string, hex: string, kind: TextKind]>([
    [
      "H.3-1", ["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう",
      "59616d6164615e5461726f753d 1b24423b3345441b2842 5e 1b244242404f3a1b2842 3d 1b24422464245e24401b2842 5e 1b2442243f246d24261b2842",
      "PN",
    ],
    [
      "H.3-2", ["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
      "d4cfc0de5ec0dbb33d 1b24423b3345441b284a 5e 1b244242404f3a1b284a 3d 1b24422464245e24401b284a 5e 1b2442243f246d24261b284a",
      "PN",
    ],
    [
      "I.2-1", ["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동",
      "486f6e675e47696c646f6e673d 1b242943fbf3 5e 1b242943d1ced4d7 3d 1b242943c8ab 5e 1b242943b1e6b5bf",
      "PN",
    ],
    ["J.1-1", ["ISO_IR 192"], "Wang^XiaoDong=王^小東=", "57616e675e5869616f446f6e673d e78e8b 5e e5b08fe69db1 3d", "PN"],
    ["J.2-1", ["ISO_IR 192"], LINES, UTF_8_LINES, "single"],
    ["J.3-1", ["GB18030"], "Wang^XiaoDong=王^小东=", "57616e675e5869616f446f6e673d cdf5 5e d0a1b6ab 3d", "PN"],
    ["J.4-1", ["GB18030"], LINES, UTF_8_LINES.replaceAll("e4b8ad e69687", "d6d0 cec4"), "single"],
    ["J.3-1 as GBK", ["GBK"], "Wang^XiaoDong=王^小东=", "57616e675e5869616f446f6e673d cdf5 5e d0a1b6ab 3d", "PN"],
    [
      "K.2-1", ["", "ISO 2022 IR 58"], "Zhang^XiaoDong=张^小东=",
      "5a68616e675e5869616f446f6e673d 1b242941d5c5 5e 1b242941d0a1b6ab 3d",
      "PN",
    ],
    [
      "K.3-1", ["", "ISO 2022 IR 58"], "1.第一行文字。\r\n2.第二行文字。\r\n3.第三行文字。\r\n",
      "312e1b242941b5dad2bbd0d0cec4d7d6a1a30d0a" +
        "322e1b242941b5dab6fed0d0cec4d7d6a1a30d0a 332e1b242941b5dac8fdd0d0cec4d7d6a1a30d0a",
      "single",
    ],
  ])("%s is read, and written to the same bytes", (_, terms, text, hex, kind) => {
    const bytes = fromHex(hex.replaceAll(" ", ""));
    const set = parseCharacterSet(terms);
    expect(set.problems).toEqual([]);
    expect(set.decode(bytes, kind)).toBe(text);
    expect(toHex(set.encode(text, kind)!)).toBe(toHex(bytes));
  }); // biome-ignore format: a table

  it("I.3-1 is read: the designation at the head of a line holds to its end", () => {
    const line = "\x1b$)CThe first line includes \xc7\xd1\xb1\xdb.\r\n";
    expect(decode(["", "ISO 2022 IR 149"], line + line, "single")).toBe(
      "The first line includes 한글.\r\n".repeat(2),
    );
  });
});

describe("single-byte sets", () => {
  it.each<[registration: number, text: string, bytes: string]>([
    [100, "Buc^Jérôme", "Buc^J\xe9r\xf4me"],
    [101, "Wałęsa", "Wa\xb3\xeasa"],
    [109, "antaŭnomo", "anta\xfdnomo"],
    [110, "vārds", "v\xe0rds"],
    [126, "Διονυσιος", "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2"],
    [127, "قباني^لنزار", "\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1"],
    [138, "שרון^דבורה", "\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4"],
    [144, "Люкceмбypг", "\xbb\xee\xdace\xdc\xd1yp\xd3"],
    [148, "Çavuşoğlu", "\xc7avu\xfeo\xf0lu"],
    [166, "นามสกุล", "\xb9\xd2\xc1\xca\xa1\xd8\xc5"],
    [203, "Œuvre^Šimunek €", "\xbcuvre^\xa6imunek \xa4"],
    [13, "ﾔﾏﾀﾞ^ﾀﾛｳ", "\xd4\xcf\xc0\xde^\xc0\xdb\xb3"],
  ])("ISO_IR %i is read and written, with and without code extensions", (registration, text, bytes) => {
    expect(decode([`ISO_IR ${registration}`], bytes, "PN")).toBe(text);
    expect(encode([`ISO_IR ${registration}`], text, "PN")).toBe(bytes);
    const extended = ["ISO 2022 IR 6", `ISO 2022 IR ${registration}`];
    expect(parseCharacterSet(extended).problems).toEqual([]);
    const written = encode(extended, text, "PN")!;
    expect(written).toContain("\x1b");
    expect(decode(extended, written, "PN")).toBe(text);
  });

  it.each(SINGLE_BYTE)("ISO_IR %i gives every assigned byte back", (registration) => {
    const set = parseCharacterSet([`ISO_IR ${registration}`]);
    let assigned = 0;
    for (let byte = 0; byte < 256; byte++) {
      const text = set.decode(Uint8Array.of(byte), "single");
      if (text === "\ufffd" || byte === 0x1b) continue;
      assigned++;
      expect([byte, set.encode(text, "single")]).toEqual([byte, Uint8Array.of(byte)]);
    }
    expect(assigned).toBeGreaterThan(180);
  });

  it("keeps bytes 80-9F as control characters, where the platform would read Windows-1252", () => {
    expect(decode(["ISO_IR 100"], "\x80\x92\x9f\xa0")).toBe("\x80\x92\x9f\xa0");
    expect(decode(["ISO_IR 148"], "\x80\x92\x9f")).toBe("\x80\x92\x9f");
  });

  it("reads bytes of undeclared sets as Latin-1 and refuses to write them", () => {
    expect(DEFAULT_CHARACTER_SET.decode(latin1("J\xe9r\xf4me"), "PN")).toBe("Jérôme");
    expect(DEFAULT_CHARACTER_SET.encode("Jérôme", "PN")).toBeNull();
    expect(decode(["NO SUCH TERM"], "J\xe9r\xf4me")).toBe("Jérôme");
    expect(encode(["NO SUCH TERM"], "Jérôme")).toBeNull();
  });
});

describe("GB18030, GBK and UTF-8", () => {
  it.each([["GB18030"], ["GBK"]])("splits %s at backslashes, not at second bytes 5C", (term) => {
    const bytes = "\x81\x5c\\\xcd\xf5\\a";
    expect(split([term], bytes)).toEqual(["\x81\x5c", "\xcd\xf5", "a"]);
    expect(decode([term], bytes)).toBe("乗\\王\\a");
  });

  it("has every character of Unicode in GB18030, in GBK those of two bytes", () => {
    const text = "é王㐀😀𠀀";
    const bytes = parseCharacterSet(["GB18030"]).encode(text, "text")!;
    expect(parseCharacterSet(["GB18030"]).decode(bytes, "text")).toBe(text);
    expect(toHex(bytes)).toBe("a8a6cdf58139ee399439fc3695328236");
    expect(encode(["GBK"], "😀")).toBeNull();
    expect(encode(["GBK"], "㐀")).toBeNull();
    expect(encode(["GBK"], "é王")).toBe("\xa8\xa6\xcd\xf5");
  });

  it("turns broken bytes into U+FFFD and goes on", () => {
    expect(decode(["GB18030"], "\xcd")).toBe("\ufffd");
    expect(decode(["GB18030"], "\x800\x81\x30\x81!\xff")).toBe("\ufffd0\ufffd0\ufffd!\ufffd");
    expect(decode(["ISO_IR 192"], "J\xe9r")).toBe("J\ufffdr");
    expect(decode(["ISO_IR 192"], "\xef\xbb\xbfa")).toBe("\ufeffa");
  });

  it("refuses half a surrogate pair", () => {
    for (const terms of EVERY_SET) expect(encode(terms, "a\ud800b")).toBeNull();
  });
});

describe("properties", () => {
  const KINDS: readonly TextKind[] = ["text", "PN", "single"];

  /** Random bytes in which escapes, delimiters and lead bytes are frequent. */
  function randomBytes(random: () => number): Uint8Array {
    const pieces = [
      "\x1b$B",
      "\x1b(B",
      "\x1b(J",
      "\x1b)I",
      "\x1b$)C",
      "\x1b$)A",
      "\x1b$(D",
      "\x1b-F",
      "\\",
      "^",
      "\r\n",
      "\x1b",
    ];
    return concatBytes(
      Array.from({ length: randomInt(random, 0, 12) }, () => {
        if (random() < 0.4) return latin1(pieces[randomInt(random, 0, pieces.length - 1)]!);
        return Uint8Array.from({ length: randomInt(random, 1, 6) }, () => randomInt(random, 0, 255));
      }),
    );
  }

  it.each(EVERY_SET.map((terms) => ({ name: terms.join("\\"), set: parseCharacterSet(terms) })))(
    "$name: any bytes decode, any text that is encoded comes back, values join to the whole",
    ({ set }: { set: CharacterSet }) => {
      const random = seededRandom(20260);
      for (let round = 0; round < 1500; round++) {
        const bytes = randomBytes(random);
        const kind = KINDS[round % KINDS.length]!;
        const text = set.decode(bytes, kind);
        const encoded = set.encode(text, kind);
        if (encoded !== null) expect(set.decode(encoded, kind)).toBe(text);
        const values = set.splitValues(bytes);
        expect(
          toHex(concatBytes(values.flatMap((value, i) => (i === 0 ? [value] : [latin1("\\"), value])))),
        ).toBe(toHex(bytes));
        expect(values.map((value) => set.decode(value, "text")).join("\\")).toBe(set.decode(bytes, "text"));
      }
    },
  );
});
