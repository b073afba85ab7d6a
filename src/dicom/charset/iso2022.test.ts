import { describe, expect, it } from "vitest";
import { decode, encode, split } from "../../../test/support/charset.js";

describe("JIS X 0201", () => {
  it("has a yen sign and an overline where ASCII has backslash and tilde", () => {
    expect(decode(["ISO_IR 13"], "a\\b~", "single")).toBe("a¥b‾");
    expect(encode(["ISO_IR 13"], "a¥b‾", "single")).toBe("a\\b~");
    expect(encode(["ISO_IR 13"], "~", "single")).toBeNull();
  });

  it("keeps byte 5C the delimiter of multi-valued text, so that no yen sign is written there", () => {
    expect(decode(["ISO_IR 13"], "\xd4\\\xcf")).toBe("ﾔ\\ﾏ");
    expect(encode(["ISO_IR 13"], "ﾔ\\ﾏ")).toBe("\xd4\\\xcf");
    expect(encode(["ISO_IR 13"], "100¥")).toBeNull();
  });

  it("reads Shift JIS that was labelled ISO_IR 13, where a second byte may be 5C", () => {
    expect(decode(["ISO_IR 13"], "\x95\x5c\x8e\xa6\\\xd4\x93\x63")).toBe("表示\\ﾔ田");
    expect(split(["ISO_IR 13"], "\x95\x5c\x8e\xa6\\\xd4")).toEqual(["\x95\x5c\x8e\xa6", "\xd4"]);
  });
});

describe("code extensions", () => {
  const JAPANESE = ["", "ISO 2022 IR 87"];

  it("designates each set in turn and returns before a delimiter", () => {
    const terms = ["ISO 2022 IR 6", "ISO 2022 IR 87", "ISO 2022 IR 159"];
    const bytes = "Mori^Ogai=\x1b$B?9\x1b(B^\x1b$(Dl?\x1b$B30\x1b(B=\x1b$B$b$j\x1b(B^\x1b$B$*$&$,$$\x1b(B";
    expect(decode(terms, bytes, "PN")).toBe("Mori^Ogai=森^鷗外=もり^おうがい");
    expect(encode(terms, "Mori^Ogai=森^鷗外=もり^おうがい", "PN")).toBe(bytes);
  });

  it("returns to the G1 of value 1 before a delimiter and at the end", () => {
    const terms = ["ISO 2022 IR 100", "ISO 2022 IR 126"];
    expect(encode(terms, "é\\Δé\\Δ")).toBe("\xe9\\\x1b-F\xc4\x1b-A\xe9\\\x1b-F\xc4\x1b-A");
    expect(decode(terms, "\xe9\\\x1b-F\xc4\\\xc4")).toBe("é\\Δ\\Ä");
  });

  it.each([
    ["^ in a PN", "PN", "^"],
    ["= in a PN", "PN", "="],
    ["a backslash in multi-valued text", "text", "\\"],
    ["a line feed", "single", "\n"],
    ["a form feed", "single", "\f"],
    ["a carriage return", "single", "\r"],
    ["a tab", "text", "\t"],
  ] as const)("%s resets to the initial state", (_, kind, delimiter) => {
    const terms = ["ISO 2022 IR 100", "ISO 2022 IR 144"];
    expect(decode(terms, `\x1b-L\xb0${delimiter}\xb0`, kind)).toBe(`А${delimiter}°`);
  });

  it.each([
    ["^ in other text", "text", "^"],
    ["a backslash in a single value", "single", "\\"],
  ] as const)("%s does not reset", (_, kind, character) => {
    expect(decode(["ISO 2022 IR 100", "ISO 2022 IR 144"], `\x1b-L\xb0${character}\xb0`, kind)).toBe(
      `А${character}А`,
    );
  });

  it("takes bytes 5C, 5E and 3D inside a two-byte character for no delimiter", () => {
    // 3D 5C, 5C 5E and 5E 3D are one ideograph each in JIS X 0208.
    const bytes = "\x1b$B=\\\\^^=\x1b(B";
    const text = decode(JAPANESE, bytes, "PN");
    expect(text).toHaveLength(3);
    expect(text).not.toMatch(/[\\^=\ufffd]/);
    expect(encode(JAPANESE, text, "PN")).toBe(bytes);
    expect(split(JAPANESE, `${bytes}\\b`)).toEqual([bytes, "b"]);
  });

  it("writes a space between two ideographs in ASCII", () => {
    expect(encode(JAPANESE, "山 田")).toBe("\x1b$B;3\x1b(B \x1b$BED\x1b(B");
  });

  it("still finds the delimiter where a writer forgot to return to ASCII", () => {
    expect(decode(JAPANESE, "\x1b$B;3\\\x1b$BED")).toBe("山\\田");
    expect(split(JAPANESE, "\x1b$B;3\\\x1b$BED")).toEqual(["\x1b$B;3", "\x1b$BED"]);
  });

  it("follows a designation that nobody declared, and does not write one", () => {
    expect(decode(["ISO_IR 100"], "\x1b$B;3ED\x1b(B")).toBe("山田");
    expect(encode(["ISO_IR 100"], "山田")).toBeNull();
    expect(encode(JAPANESE, "é")).toBeNull();
  });

  it("keeps an unknown escape sequence as characters, and never writes ESC", () => {
    expect(decode(JAPANESE, "a\x1b[31mb")).toBe("a\x1b[31mb");
    expect(encode(JAPANESE, "a\x1b[31mb")).toBeNull();
  });

  it("reads unescaped Korean when value 1 is ISO 2022 IR 149, and writes it with escapes", () => {
    expect(decode(["ISO 2022 IR 149"], "\xb1\xe8^\xc8\xf1\xc1\xdf", "PN")).toBe("김^희중");
    expect(encode(["ISO 2022 IR 149"], "김^희중", "PN")).toBe("\x1b$)C\xb1\xe8^\x1b$)C\xc8\xf1\xc1\xdf");
  });

  it("turns half a character and an empty cell into U+FFFD", () => {
    expect(decode(JAPANESE, "\x1b$B;")).toBe("\ufffd");
    expect(decode(JAPANESE, "\x1b$B)!;3\x1b(B")).toBe("\ufffd山");
    expect(decode(["", "ISO 2022 IR 149"], "\x1b$)C\xb1a\xff")).toBe("\ufffda\ufffd");
    expect(decode(["ISO_IR 109"], "\xa5")).toBe("\ufffd");
  });

  it("writes no vendor's addition to a registered set, though it reads them", () => {
    expect(decode(JAPANESE, "\x1b$B-!\x1b(B")).toBe("①");
    expect(encode(JAPANESE, "①")).toBeNull();
  });
});
