import { describe, expect, it } from "vitest";
import { selfSigned } from "../../test/support/certificate.js";
import { site, siteProblems } from "../../test/support/profiles.js";
import { utf8 } from "../base/index.js";
import type { ProfileFiles } from "./profile.js";

describe("encrypt-to", () => {
  const good = selfSigned();
  const reading = (text: string): ProfileFiles => ({ readSibling: () => utf8(text) });

  it("holds the certificate itself, so that the digest does not depend on a path or on line ends", () => {
    const one = site("encrypt-to: a.pem", reading(good.certificatePem));
    const two = site(
      "encrypt-to: b.pem",
      reading(`a comment\r\n${good.certificatePem.replaceAll("\n", "\r\n")}`),
    );
    expect(one.encryptTo).toBe(good.certificatePem);
    expect(two.digest).toBe(one.digest);
    expect(one.digest).not.toBe(site("").digest);
  });

  it("asks for the path as it stands in the profile", () => {
    const asked: string[] = [];
    site("encrypt-to: keys/holder.pem", {
      readSibling: (path) => {
        asked.push(path);
        return utf8(good.certificatePem);
      },
    });
    expect(asked).toEqual(["keys/holder.pem"]);
  });

  it.each([
    ["no certificate", () => "hello", /not an X.509 certificate in PEM$/],
    [
      "a key that is too short",
      () => selfSigned("rsa", 1024).certificatePem,
      /its key is RSA of 1024 bits; RSA of 2048/,
    ],
    ["a key of another kind", () => selfSigned("ec").certificatePem, /its key is ec; RSA of 2048/],
    ["a private key", () => good.certificatePem + good.privateKeyPem, /holds a private key/],
  ])("is refused for %s", (_, text, expected) => {
    expect(siteProblems("encrypt-to: a.pem", reading(text()))).toEqual([
      expect.stringMatching(/^line 3, encrypt-to: a.pem: /),
    ]);
    expect(siteProblems("encrypt-to: a.pem", reading(text()))[0]).toMatch(expected);
  });

  it("is refused when the file cannot be read or is no text", () => {
    const failing = {
      readSibling: () => {
        throw new Error("ENOENT");
      },
    };
    expect(siteProblems("encrypt-to: a.pem", failing)[0]).toMatch(/a.pem cannot be read/);
    expect(siteProblems("encrypt-to: a.pem", { readSibling: () => Uint8Array.of(0xff, 0xfe) })[0]).toMatch(
      /not a text file$/,
    );
  });
});
