import { describe, expect, it } from "vitest";
import { isValidUid, TransferSyntax } from "../dicom/index.js";
import { dateOffset, isPlaceholderId, patientKeyOf, pseudonyms, UidMap } from "./identity.js";
import { deriveProjectKeys } from "./keys.js";

const secret = new Uint8Array(32).fill(7);
const keys = deriveProjectKeys(secret, "project", "recipient");
const shapes = { patientId: "ELP-{12}", patientName: "Patient^{8}" };

describe("patientKeyOf", () => {
  it("tells the same ID of two issuers apart, however they are cut", () => {
    expect(patientKeyOf("A", "1")).not.toBe(patientKeyOf("B", "1"));
    expect(patientKeyOf("A", "B1")).not.toBe(patientKeyOf("AB", "1"));
  });

  it.each(["10", "1", "X12", "0001", "TEST-123", "NA7", "990", "999", "ANON-0007", "山田1"])(
    "takes %j for an ID, however short or odd",
    (id) => {
      expect(isPlaceholderId(id)).toBe(false);
      expect(patientKeyOf("A", id, "1.2.3")).toBe(patientKeyOf("A", id, "1.2.4"));
    },
  );

  it("never merges two people without an ID", () => {
    expect(patientKeyOf("A", "", "1.2.3")).not.toBe(patientKeyOf("A", "", "1.2.4"));
  });
});

describe("pseudonyms", () => {
  it("follow the profile's shape and repeat with the same key", () => {
    const { patientId, patientName } = pseudonyms("k", shapes, keys);
    expect(patientId).toMatch(/^ELP-[0-9A-HJ-NP-TV-Z]{12}$/);
    expect(patientName).toMatch(/^Patient\^[0-9A-Z]{8}$/);
    expect(pseudonyms("k", shapes, keys)).toEqual({ patientId, patientName });
  });

  it("differ between recipients, projects and sites", () => {
    const others = [
      deriveProjectKeys(secret, "project", "another"),
      deriveProjectKeys(secret, "another", "recipient"),
      deriveProjectKeys(new Uint8Array(32).fill(8), "project", "recipient"),
    ];
    const own = pseudonyms("k", shapes, keys).patientId;
    for (const other of others) expect(pseudonyms("k", shapes, other).patientId).not.toBe(own);
  });
});

describe("dateOffset", () => {
  it("stays in the range, reaches both ends and is never 0", () => {
    const seen = new Set<number>();
    for (let i = 0; i < 2000; i++) {
      seen.add(dateOffset(`patient ${i}`, { dateShift: { minDays: -5, maxDays: 5 } }, keys));
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]);
  });

  it("is drawn evenly", () => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 6000; i++) {
      const days = dateOffset(`patient ${i}`, { dateShift: { minDays: -30, maxDays: -1 } }, keys);
      counts.set(days, (counts.get(days) ?? 0) + 1);
    }
    expect(counts.size).toBe(30);
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(80);
  });
});

describe("UidMap", () => {
  it("keeps standard UIDs and maps all others to valid, different UIDs", () => {
    const map = new UidMap(keys, "2.25");
    expect(map.map(TransferSyntax.ExplicitVRLittleEndian)).toBe(TransferSyntax.ExplicitVRLittleEndian);
    const mapped = new Set<string>();
    for (let i = 0; i < 5000; i++) {
      const uid = map.map(`1.2.3.${i}`);
      expect(isValidUid(uid)).toBe(true);
      expect(uid.startsWith("2.25.")).toBe(true);
      mapped.add(uid);
    }
    expect(mapped.size).toBe(5000);
  });

  it("writes UUIDs of version 8 under 2.25", () => {
    const number = BigInt(new UidMap(keys, "2.25").map("1.2.3").slice(5));
    expect((number >> 76n) & 0xfn).toBe(8n);
    expect((number >> 62n) & 3n).toBe(2n);
  });

  it("uses a site's own root and stays within 64 characters", () => {
    const uid = new UidMap(keys, "1.2.826.0.1.3680043.10").map("1.2.3");
    expect(uid.startsWith("1.2.826.0.1.3680043.10.")).toBe(true);
    expect(isValidUid(uid)).toBe(true);
  });

  it("gives two recipients no common UID, and the same recipient the same", () => {
    const other = new UidMap(deriveProjectKeys(secret, "project", "another"), "2.25");
    const again = new UidMap(deriveProjectKeys(secret, "project", "recipient"), "2.25");
    const own = new UidMap(keys, "2.25").map("1.2.3");
    expect(again.map("1.2.3")).toBe(own);
    expect(other.map("1.2.3")).not.toBe(own);
  });
});
