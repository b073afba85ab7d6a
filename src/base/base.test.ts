import { createHash, createHmac, hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  concatBytes,
  deriveKey,
  ElpisError,
  equalBytes,
  fromHex,
  fromLatin1,
  fromUtf8,
  hmacFields,
  isElpisError,
  latin1,
  pick,
  randomInt,
  seededRandom,
  sha256,
  toHex,
  utf8,
} from "./index.js";

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe("bytes", () => {
  it.each([0, 1, 7, 8, 9, 255, 256, 257, 264, 300, 4096, 5000, 20_000])(
    "read %i bytes as Latin-1 and back",
    (length) => {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
      const text = fromLatin1(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("latin1"));
      expect(equalBytes(latin1(text), bytes)).toBe(true);
    },
  );

  it("read a part, and no further than the end", () => {
    expect(fromLatin1(latin1("abcdefghijkl"), 2, 11)).toBe("cdefghijk");
    expect(fromLatin1(latin1("abc"), 1, 40)).toBe("bc");
    expect(fromLatin1(latin1("abcdefghij"), 1, 40)).toBe("bcdefghij");
  });

  it("are written in hexadecimal and read again, and nothing else is read", () => {
    expect(toHex(every)).toBe(Buffer.from(every).toString("hex"));
    expect(equalBytes(fromHex(toHex(every)), every)).toBe(true);
    for (const wrong of ["0", "0g", "zz"]) expect(() => fromHex(wrong)).toThrow(RangeError);
  });

  it("are joined and compared", () => {
    expect([...concatBytes([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)])]).toEqual([1, 2, 3]);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(2))).toBe(false);
  });

  it("are read as UTF-8 only when they are", () => {
    expect(fromUtf8(utf8("Jördis 山田"))).toBe("Jördis 山田");
    expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(TypeError);
  });
});

describe("canonical JSON (RFC 8785)", () => {
  it.each([
    [{ b: 1, a: [true, null, "x"] }, '{"a":[true,null,"x"],"b":1}'],
    [{ "\u20ac": 1, "\r": 2, "1": 3 }, '{"\\r":2,"1":3,"€":1}'],
    [1e21, "1e+21"],
    [-0, "0"],
    [{ gone: undefined, here: 0 }, '{"here":0}'],
  ])("writes %j as %s", (value, text) => expect(canonicalJson(value)).toBe(text));

  it("refuses what JSON cannot hold", () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(RangeError);
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow(RangeError);
  });
});

describe("hashes and keys", () => {
  it("agree with the platform's", () => {
    expect(toHex(sha256(every))).toBe(createHash("sha256").update(every).digest("hex"));
    const key = every.subarray(0, 32);
    const framed = Buffer.concat([
      Buffer.from([0, 0, 0, 2]),
      Buffer.from("ab"),
      Buffer.from([0, 0, 0, 1]),
      Buffer.from("c"),
    ]);
    expect(toHex(hmacFields(key, "ab", utf8("c")))).toBe(
      createHmac("sha256", key).update(framed).digest("hex"),
    );
    const expected = hkdfSync("sha256", key, new Uint8Array(0), "3:one2:ab", 42);
    expect(toHex(deriveKey(key, ["one", "ab"], 42))).toBe(Buffer.from(expected).toString("hex"));
  });

  it("keep fields and purposes apart, however they are cut", () => {
    const key = every.subarray(0, 32);
    expect(hmacFields(key, "ab", "c")).not.toEqual(hmacFields(key, "a", "bc"));
    expect(deriveKey(key, ["ab", "c"])).not.toEqual(deriveKey(key, ["a", "bc"]));
  });
});

describe("seeded randomness", () => {
  it("repeats with its seed, and stays within bounds", () => {
    const [one, two] = [seededRandom(5), seededRandom(5)];
    for (let i = 0; i < 1000; i++) {
      const value = one();
      expect(two()).toBe(value);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
    const drawn = new Set(Array.from({ length: 200 }, () => randomInt(one, 3, 5)));
    expect([...drawn].sort()).toEqual([3, 4, 5]);
    expect(["a", "b"]).toContain(pick(one, ["a", "b"]));
  });
});

it("errors are told by their code", () => {
  const error = new ElpisError("USAGE", "what to do next");
  expect(isElpisError(error)).toBe(true);
  expect(isElpisError(error, "USAGE")).toBe(true);
  expect(isElpisError(error, "NOT_FOUND")).toBe(false);
  expect(isElpisError(new Error("x"))).toBe(false);
});
