import { describe, expect, it } from "vitest";
import { encodeSiteKey, parseSiteKey } from "./keys.js";

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "SITE_KEY_INVALID", message: expect.stringMatching(message) });

describe("a site key as text", () => {
  const secret = Uint8Array.from({ length: 32 }, (_, at) => at);
  const text = encodeSiteKey(secret);

  it("gives its secret back, also after an editor has added blank lines and carriage returns", () => {
    expect(parseSiteKey(text, "key")).toEqual(secret);
    expect(parseSiteKey(`\n${text.replaceAll("\n", "\r\n")}\n# a note\n`, "key")).toEqual(secret);
  });

  it("is refused after any one digit has changed", () => {
    for (const { index, 0: line } of text.matchAll(/(?<=^(secret|check) ).*$/gm)) {
      for (let at = index; at < index + line.length; at++) {
        const changed = text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
        expect(() => parseSiteKey(changed, "key"), `digit at ${at}`).toThrow(invalid(/damaged/));
      }
    }
  });

  it.each([
    ["", /no site key/],
    ["-----BEGIN PRIVATE KEY-----\n", /no site key/],
    [text.slice(0, -20), /damaged/],
    [text.replace(/check.*\n/, ""), /damaged/],
    [`${text}secret 00\n`, /damaged/],
  ])("is refused where it reads %j", (wrong, message) => {
    expect(() => parseSiteKey(wrong, "key")).toThrow(invalid(message));
  });
});
