import { describe, expect, it } from "vitest";
import { isElpisError } from "../../base/index.js";
import { csvRows } from "../csv.js";
import {
  Crosswalk,
  csvPieces,
  PATIENT_COLUMNS,
  type Pair,
  type PatientRow,
  UID_COLUMNS,
} from "./crosswalk.js";
import { countByCode, heldPieces } from "./held.js";
import type { ReleasedRecord } from "./journal.js";

const row = (old: string, renamed: string, issuer = "", study = "", person = ""): PatientRow => [
  old,
  renamed,
  issuer,
  study,
  person,
];
const released = (patient: PatientRow, uids: readonly Pair[] = []): ReleasedRecord => ({
  id: 0,
  path: "a",
  size: 1,
  sopClass: "1",
  counts: {},
  kept: [],
  patient,
  uids,
});
const collides = expect.toSatisfy((error: unknown) => isElpisError(error, "UID_COLLISION"));

describe("the crosswalk", () => {
  it("is sorted and free of repeats, in whatever order instances come", () => {
    const records = [
      released(row("2", "B"), [["1.9", "9"]]),
      released(row("1", "A"), [["1.1", "3"]]),
      released(row("2", "B"), [["1.1", "3"]]),
    ];
    for (const order of [records, [...records].reverse()]) {
      const crosswalk = new Crosswalk();
      for (const record of order) crosswalk.add(record, record.patient[0]);
      expect(crosswalk.patients()).toEqual([row("1", "A"), row("2", "B")]);
      expect(crosswalk.uids()).toEqual([
        ["1.1", "3"],
        ["1.9", "9"],
      ]);
    }
  });

  it("keeps apart two patients who have one ID at two issuers, and the nameless of two studies", () => {
    const crosswalk = new Crosswalk();
    const rows = [
      row("", "C", "", "1.2.1"),
      row("", "D", "", "1.2.2", "f0"),
      row("", "E", "", "1.2.2", "f1"),
      row("1", "A", "HOSPITAL"),
      row("1", "B", "CLINIC"),
    ];
    for (const one of rows) crosswalk.add(released(one), JSON.stringify(one));
    expect(crosswalk.patients()).toEqual(rows);
    const read = [...csvRows(csvPieces(PATIENT_COLUMNS, crosswalk.patients()))];
    expect(read).toEqual([["id_old", "id_new", "issuer_old", "study_old", "person_old"], ...rows]);
  });

  it("refuses two patients with one pseudonym, even where their IDs are equal", () => {
    const crosswalk = new Crosswalk();
    crosswalk.add(released(row("1", "A")), "hospital 1");
    expect(() => crosswalk.add(released(row("1", "A")), "clinic 1")).toThrow(collides);
  });

  it("refuses two UIDs that become one", () => {
    const crosswalk = new Crosswalk();
    crosswalk.add(released(row("1", "A"), [["1.1", "3"]]), "1");
    expect(() => crosswalk.add(released(row("1", "A"), [["1.2", "3"]]), "1")).toThrow(collides);
  });

  it("keeps every original to the character", () => {
    const awkward: Pair[] = [
      'a"b',
      "a,b",
      "a\nb",
      "a\r\nb",
      "=1+1",
      "+4",
      "-4",
      "@x",
      " 1 ",
      "",
      "日本",
      "0012",
      "a\tb",
      '""',
      "'1",
      "A^B",
    ].map((old, i) => [old, `N${i}`]);
    const text = [...csvPieces(UID_COLUMNS, awkward)].join("");
    expect([...csvRows([text])]).toEqual([["id_old", "id_new"], ...awkward]);
    expect(text).toContain('"a""b",N0\n');
    expect(text).toContain('"=1+1",N4\n');
    expect(text).toContain("0012,N11\n");
  });
});

describe("the list of held files", () => {
  const held = [
    { path: "/b", reasons: [{ code: "POLYGLOT", detail: "PE" } as const] },
    {
      path: "/a",
      reasons: [
        { code: "POLYGLOT", detail: "PE" } as const,
        { code: "POLYGLOT", detail: "ZIP" } as const,
        { code: "CLASS_HELD", detail: "video" } as const,
      ],
    },
  ];

  it("is sorted by path, a JSON object a line", () => {
    const lines = [...heldPieces(held)];
    expect(lines.map((line) => JSON.parse(line).path)).toEqual(["/a", "/b"]);
    expect(lines[1]).toBe('{"path":"/b","reasons":[{"code":"POLYGLOT","detail":"PE"}]}\n');
  });

  it("counts a file once for each code", () => {
    expect(countByCode(held)).toEqual({ CLASS_HELD: 1, POLYGLOT: 2 });
  });
});
