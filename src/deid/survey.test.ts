import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { itWithCorpus } from "../../test/support/corpus.js";
import { latin1, utf8 } from "../base/index.js";
import { buildFile, memorySource, type PlainDataSet, readFile, SopClass } from "../dicom/index.js";
import { compileIdentifiers, containsKnown } from "../text/index.js";
import { patientKeyOf, recordKeyOf } from "./identity.js";
import { deriveProjectKeys } from "./keys.js";
import { mergeSurvey, recordOfFile, type Survey, Surveyor } from "./survey.js";
import type { PatientRecord } from "./types.js";

const keys = deriveProjectKeys(new Uint8Array(32).fill(9), "trial", "lab");
let sops = 0;

/** A CT slice; every call makes another instance. `undefined` leaves an attribute out. */
function ct(plain: Record<string, PlainDataSet[string] | undefined> = {}): Uint8Array {
  const all = {
    StudyInstanceUID: "1.2.3.1",
    SeriesInstanceUID: "1.2.3.1.1",
    PatientName: "Quibblewick^Thaddeus",
    PatientID: "MRN0045821",
    PatientBirthDate: "19600502",
    ...plain,
  };
  const present = Object.entries(all).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return buildFile({
    ...Object.fromEntries(present),
    SOPClassUID: SopClass["CT Image Storage"]!,
    SOPInstanceUID: `1.2.3.9.${++sops}`,
  });
}

/** The survey of files, each by a surveyor of its own or all by one. */
function survey(files: readonly Uint8Array[], apart = false): Survey {
  const surveyors = apart ? files.map(() => new Surveyor()) : [new Surveyor()];
  for (const [id, file] of files.entries()) surveyors[apart ? id : 0]!.add(id, memorySource(file));
  const parts = surveyors.map((surveyor) => structuredClone(surveyor.part()));
  return mergeSurvey(apart ? parts.reverse() : parts, keys);
}

const recordsOf = (files: readonly Uint8Array[]): PatientRecord[] =>
  survey(files).studies.map(({ patient }) => patient);
const recordOf = (plain: Parameters<typeof ct>[0]): PatientRecord => recordsOf([ct(plain)])[0]!;
const knows = ({ identifiers }: PatientRecord, text: string) =>
  containsKnown(text, compileIdentifiers(identifiers));
const keyOf = (file: Uint8Array) => recordKeyOf(readFile(memorySource(file)).data);

describe("what a header tells", () => {
  it.each([
    [
      "PatientName as LO",
      { PatientName: undefined, "(0010,0010) LO": "Quibblewick^Thaddeus" },
      "CT for Quibblewick",
    ],
    [
      "PatientName as UN",
      { PatientName: undefined, "(0010,0010) UN": latin1("Quibblewick^T ") },
      "CT for Quibblewick",
    ],
    [
      "a PN under a tag of the vendor",
      { "(0009,0010) LO": "V", "(0009,1001) PN": "Vanterpool^Otto" },
      "Vanterpool",
    ],
    [
      "a name in a nested item",
      { ReferencedStudySequence: [{ "(0010,0010) LO": "Vanterpool^Otto" }] },
      "Vanterpool",
    ],
    [
      "a name of 4,120 bytes with its padding",
      { PatientName: `Quibblewick^T${" ".repeat(4100)}` },
      "Quibblewick",
    ],
    [
      "the last of 500 IDs",
      { OtherPatientIDs: Array.from({ length: 500 }, (_, i) => `ZQX0${1000 + i}`) },
      "ZQX01499",
    ],
  ])("is collected: %s", (_title, plain, text) => {
    expect(knows(recordOf({ PatientName: "A^B", ...plain }), text)).toBe(true);
  });

  it.each([
    ["LO", { "(0010,0030) LO": "19600502" }],
    ["LO with points", { "(0010,0030) LO": "02.05.1960" }],
    ["DA of ACR-NEMA", { "(0010,0030) DA": "1960.05.02" }],
    ["LO with hyphens", { "(0010,0030) LO": "1960-05-02" }],
  ])("tells the birth date, whatever its VR and form: %s", (_title, plain) => {
    const record = recordOf({ PatientBirthDate: undefined, ...plain });
    expect(record.birthDates).toContain("19600502");
    expect(record.identifiers.dates).toContain("19600502");
  });

  it("tells a birth date of another calendar, which is looked for as it stands", () => {
    expect(knows(recordOf({ PatientBirthDateInAlternativeCalendar: "S35.05.02" }), "born S35.05.02")).toBe(
      true,
    );
  });

  it("is not searched for beyond 64 KB: the file is held, and its siblings know what else it tells", () => {
    const long = { "(0010,1000) UT": "ZQX ".repeat(16_500) };
    const { held, studies } = survey([ct(long), ct({ PatientName: "" })]);
    expect(held).toEqual([
      { id: 0, reasons: [{ code: "UNINTELLIGIBLE_VALUE", detail: expect.stringContaining("(0010,1000)") }] },
    ]);
    expect(knows(studies[0]!.patient, "Quibblewick")).toBe(true);
  });
});

describe("text under a wrong label", () => {
  const name = "Möllerström^Håkan";
  it.each([
    ["Latin-1 without a label", undefined, latin1(name)],
    ["UTF-8 without a label", undefined, utf8(name)],
    ["UTF-8 under ISO_IR 100", "ISO_IR 100", utf8(name)],
    ["Latin-1 under ISO_IR 192", "ISO_IR 192", latin1(name)],
    ["UTF-8 under ISO_IR 192", "ISO_IR 192", utf8(name)],
  ])("is known in every spelling: %s", (_title, label, bytes) => {
    const record = recordOf({ SpecificCharacterSet: label, PatientName: bytes });
    for (const text of ["CT Mollerstrom", "Moellerstroem", "Möllerström", "MÃ¶llerstrÃ¶m", "Hakan"]) {
      expect(knows(record, text), text).toBe(true);
    }
  });

  it("leaves no half words among the names", () => {
    const { names } = recordOf({
      SpecificCharacterSet: "ISO_IR 100",
      PatientName: utf8("Müller^Jörg"),
    }).identifiers;
    expect(names).toEqual(["Müller^Jörg"]);
  });

  it("is read anew where the same bytes stand under another label", () => {
    const bytes = latin1("\xc4\xd5\xdc^A ");
    const [record] = recordsOf([
      ct({ SpecificCharacterSet: "ISO_IR 144", PatientName: bytes }),
      ct({ SpecificCharacterSet: "ISO_IR 100", PatientName: bytes }),
    ]);
    expect(record!.identifiers.names).toEqual(expect.arrayContaining(["ÄÕÜ^A", "Фем^A"]));
  });
});

describe("files of one study", () => {
  it.each([
    ["a blank ID", { PatientID: "" }],
    ["another issuer", { IssuerOfPatientID: "HOSP" }],
    ["the ID in lower case", { PatientID: "mrn0045821" }],
  ])("are searched for what the others tell, though they have %s", (_title, plain) => {
    const files = [ct(), ct({ PatientName: "", PatientBirthDate: "", ...plain })];
    const { studies } = survey(files);
    expect(studies).toHaveLength(2);
    for (const { patient } of studies) {
      expect(knows(patient, "Recon for Quibblewick")).toBe(true);
      expect(patient.birthDates).toEqual(["19600502"]);
    }
    expect(new Set(studies.map(({ patient }) => patient.key)).size).toBe(2);
  });

  it("know what a held file tells", () => {
    const { studies, held } = survey([
      ct({ SeriesInstanceUID: undefined }),
      ct({ PatientName: "", PatientID: "" }),
    ]);
    expect(held.map(({ id }) => id)).toEqual([0]);
    expect(knows(studies[0]!.patient, "Quibblewick")).toBe(true);
  });

  it("lead on to other studies of the same people, in whatever order and by however many workers", () => {
    const files = [
      ct({ PatientID: "", PatientName: "", PatientBirthDate: "" }),
      ct(),
      ct({ StudyInstanceUID: "1.2.3.2", PatientName: "Vanterpool^Otto", PatientBirthDate: "" }),
      ct({ StudyInstanceUID: "1.2.3.2", PatientID: "OLD-1", PatientName: "" }),
    ];
    const one = survey(files);
    expect(
      one.studies.every(({ patient }) => knows(patient, "Vanterpool") && knows(patient, "Quibblewick")),
    ).toBe(true);
    const again = survey(files, true);
    expect(again).toEqual(one);
  });

  it("do not join more than eight patients by one UID", () => {
    const shared = Array.from({ length: 9 }, (_, i) =>
      ct({ PatientID: `P10${i}`, PatientName: `Name${"abcdefghi"[i]}xq^Z` }),
    );
    for (const { patient } of survey(shared).studies) expect(patient.identifiers.names).toHaveLength(1);
    expect(recordsOf(shared.slice(1))[0]!.identifiers.names).toHaveLength(8);
  });

  it("of a long chain know their neighbours alone", () => {
    const chain = Array.from({ length: 40 }, (_, i) =>
      [`1.2.4.${i}`, `1.2.4.${i + 1}`].map((StudyInstanceUID) =>
        ct({ StudyInstanceUID, PatientID: `P10${i}`, PatientName: `Name^Z${i}` }),
      ),
    ).flat();
    for (const { patient } of survey(chain).studies)
      expect(patient.identifiers.names.length).toBeLessThanOrEqual(3);
  });
});

describe("a patient's key", () => {
  const apart = (a: Parameters<typeof ct>[0], b: Parameters<typeof ct>[0]) => {
    const [one, other] = [ct(a), ct(b)];
    expect(keyOf(one)).not.toBe(keyOf(other));
    expect(survey([one, other]).studies).toHaveLength(2);
  };

  it("is the one that commands compute of an ordinary ID", () => {
    expect(keyOf(ct({ IssuerOfPatientID: "HOSP" }))).toBe(patientKeyOf("HOSP", "MRN0045821"));
    expect(recordOf({}).key).toBe(patientKeyOf("", "MRN0045821"));
  });

  it("tells IDs apart that their character set cannot read", () => {
    const id = (bytes: string) => ({
      SpecificCharacterSet: "ISO_IR 192",
      "(0010,0020) LO": latin1(bytes),
      PatientID: undefined,
    });
    apart(id("PAT\xe4"), id("PAT\xf6"));
  });

  it("is the whole of an ID with backslashes", () => {
    apart({ PatientID: ["SITE", "001"] }, { PatientID: ["SITE", "002"] });
    apart({ PatientID: ["", "001"] }, { PatientID: ["", "002"] });
  });

  it.each([
    "UNKNOWN",
    "None",
    "ANONYMOUS",
    "0",
    "000",
    "-",
    "N/A",
    "test",
    "",
    "  ",
    '""',
    "?",
    "999999",
    "XXX",
    "\0 \t",
  ])("takes the ID %j for none", (PatientID) => {
    apart({ PatientID, StudyInstanceUID: "1.2.3.1" }, { PatientID, StudyInstanceUID: "1.2.3.2" });
    apart({ PatientID, PatientName: "Alpha^A" }, { PatientID, PatientName: "Beta^B" });
    apart({ PatientID, PatientBirthDate: "19600502" }, { PatientID, PatientBirthDate: "19710502" });
  });

  it("takes padding, case and empty components of a name for no difference", () => {
    expect(keyOf(ct({ PatientID: "", PatientName: "Alpha^Ann^^ " }))).toBe(
      keyOf(ct({ PatientID: "", PatientName: "ALPHA^ANN" })),
    );
  });

  it("does not hold the name", () => {
    expect(keyOf(ct({ PatientID: "" }))).not.toMatch(/quibble/i);
  });
});

describe("one ID with two people", () => {
  const held = (...people: [name: string | undefined, birth: string][]) =>
    survey(
      people.map(([PatientName, PatientBirthDate]) =>
        ct({ SpecificCharacterSet: "ISO_IR 192", PatientName, PatientBirthDate }),
      ),
    ).held;

  it("is held whole, with what else has the ID", () => {
    const found = held(["Alpha^Anton", "19600502"], ["Betam^Berta", "19711203"], ["", ""]);
    expect(found.map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(found[0]!.reasons[0]!.code).toBe("CONFLICTING_IDENTITY");
  });

  it.each<[string, [string | undefined, string][]]>([
    [
      "a married name",
      [
        ["Smith^Jane", "19600502"],
        ["Jones^Jane", "19600205"],
      ],
    ],
    [
      "a new name alone",
      [
        ["Smith^Jane", "19600502"],
        ["Baker^Rosa", "19600502"],
      ],
    ],
    [
      "another birth date alone",
      [
        ["Smith^Jane", "19600502"],
        ["SMITH^JANE^M", "19710101"],
      ],
    ],
    [
      "an umlaut written out",
      [
        ["Müller", "19600502"],
        ["Mueller", "19600503"],
      ],
    ],
    [
      "a letter mistyped",
      [
        ["Fernandez", "19600502"],
        ["Fernandes", "19600503"],
      ],
    ],
    [
      "a short form",
      [
        ["Rob", "19600502"],
        ["Robert", "19600503"],
      ],
    ],
    [
      "words joined",
      [
        ["Van Den Berghe", "19600502"],
        ["Vandenberghe", "19600503"],
      ],
    ],
    [
      "another script",
      [
        ["Иванов^Лев", "19600502"],
        ["Ivanov^Lev", "19600503"],
      ],
    ],
    [
      "an empty name",
      [
        ["Smith^Jane", "19600502"],
        ["", "19710101"],
        [undefined, "19800101"],
      ],
    ],
    [
      "no name",
      [
        ["Smith^Jane", "19600502"],
        ["ANONYMOUS", "19710101"],
        ["Patient^Unknown", "19710101"],
      ],
    ],
    [
      "no birth date",
      [
        ["Smith^Jane", "19600502"],
        ["Baker^Rosa", ""],
        ["Cole^Ada", "19000101"],
      ],
    ],
    [
      "both corrected, one after the other",
      [
        ["Smith^Jane", "19600502"],
        ["Baker^Rosa", "19600502"],
        ["Baker^Rosa", "19610502"],
      ],
    ],
  ])("is no conflict: %s", (_title, people) => {
    expect(held(...people)).toEqual([]);
  });
});

describe("a surveyor", () => {
  it("knows the record of one file without an input around it, though the file is held", () => {
    const source = memorySource(ct({ SeriesInstanceUID: undefined }));
    expect(recordOfFile(source).identifiers.ids).toContain("MRN0045821");
  });

  it("tells files that are not DICOM from those that are damaged", () => {
    const { held, other } = survey([utf8("no DICOM at all".repeat(20)), ct().subarray(0, 300)]);
    expect(other.map(({ id }) => id)).toEqual([0]);
    expect(held.map(({ id, reasons }) => [id, reasons[0]!.code])).toEqual([[1, "UNREADABLE"]]);
  });

  it("names groups of one SOP Instance UID, also those that are held", () => {
    const file = ct();
    expect(survey([file, file, ct()]).duplicates).toEqual([[0, 1]]);
  });

  itWithCorpus("gives every file of the corpus the key of its record, and finds few conflicts", (files) => {
    const bytes = files.map(({ absolute }) => memorySource(readFileSync(absolute)));
    const surveyor = new Surveyor();
    for (const [id, source] of bytes.entries()) surveyor.add(id, source);
    const found = mergeSurvey([surveyor.part()], keys);
    for (const { patient, ids } of found.studies) {
      for (const id of ids) expect(recordKeyOf(readFile(bytes[id]!).data)).toBe(patient.key);
    }
    const codes = found.held.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    expect(codes).not.toContain("UNINTELLIGIBLE_VALUE");
  });
});
