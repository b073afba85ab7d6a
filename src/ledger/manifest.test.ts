import { describe, expect, it } from "vitest";
import { isElpisError } from "../base/index.js";
import { encodeManifest, MANIFEST_FORMAT, parseManifest, type ReleaseManifest } from "./manifest.js";

const manifest: ReleaseManifest = {
  format: MANIFEST_FORMAT,
  software: { name: "elpis", version: "0.1.0" },
  project: "default",
  recipient: "default",
  key: "0123456789abcdef",
  profile: {
    name: "research",
    digest: "aa",
    options: ["cleanDescriptors", "modifiedDates"],
    patientId: "{12}",
    patientName: "{12}",
    dateShift: { minDays: -3650, maxDays: -30 },
    uidRoot: "2.25",
    rules: 0,
    safePrivate: 0,
    encryptedAttributes: false,
  },
  tables: { dictionary: { sha256: "bb", edition: "PS3.6 2026d" } },
  survey: "cc",
  counts: { instances: 2, released: 1, duplicates: 0, held: 1, heldBy: { POLYGLOT: 1 }, other: 3 },
  actions: { removed: 7, kept: 12 },
  keptText: [{ element: "(0008,103E)", why: "capitalised word", instances: 1 }],
  consent: "not evaluated",
  pixelsExamined: "no",
  pixels: { instances: 0, frames: 0, blankedFrames: 0 },
  limits: [],
  instances: [{ path: "A/1/2/3.dcm", sopClass: "1.2", size: 10, sha256: "dd", input: "ee" }],
};

/** The same value with every object's keys in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe("the release manifest", () => {
  it("reads back what was written", () => {
    expect(parseManifest(encodeManifest(manifest))).toEqual(manifest);
    const empty = { ...manifest, instances: [], keptText: [] };
    expect(parseManifest(encodeManifest(empty))).toEqual(empty);
  });

  it("has the same bytes whatever the order of its keys", () => {
    expect(encodeManifest(reversed(manifest) as ReleaseManifest)).toBe(encodeManifest(manifest));
  });

  it("puts each instance on a line of its own and ends with a newline", () => {
    const two = { ...manifest, instances: [...manifest.instances, { path: "B", sopClass: "1", size: 0 }] };
    const lines = encodeManifest(two).split("\n");
    expect(lines.filter((line) => line.includes('"path"'))).toEqual([
      '    {"input":"ee","path":"A/1/2/3.dcm","sha256":"dd","size":10,"sopClass":"1.2"},',
      '    {"path":"B","size":0,"sopClass":"1"}',
    ]);
    expect(lines.at(-1)).toBe("");
  });

  it.each(["", "{", "null", "[]", '{"format":"elpis-release/2"}', '"text"'])("refuses %j", (text) => {
    expect(() => parseManifest(text)).toThrow(
      expect.toSatisfy((error: unknown) => isElpisError(error, "NOT_FOUND")),
    );
  });
});
