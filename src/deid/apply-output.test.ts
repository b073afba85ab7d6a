import { describe, expect, it } from "vitest";
import { applyToFiles as apply, PATIENT } from "../../test/support/patient.js";
import { at, everything, releasedFile, research } from "../../test/support/released.js";
import { fromLatin1 } from "../base/index.js";
import { buildFile, joinParts, parseCharacterSet, TransferSyntax } from "../dicom/index.js";
import { deriveProjectKeys } from "./keys.js";
import type { InstanceOutcome } from "./types.js";

describe("what is written is labelled right", () => {
  it.each([
    ["\\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう", "胸部CT 山田"],
    ["ISO_IR 144", "Люкceмбypг", "КТ груди Люкceмбypг"],
    ["ISO_IR 192", "Müller^Jörg", "Übersicht Müller"],
  ])("in character set %s", (terms, name, description) => {
    const set = parseCharacterSet(terms.split("\\"));
    const bytes = buildFile(
      { ...PATIENT, SpecificCharacterSet: terms, PatientName: name, StudyDescription: description },
      TransferSyntax.ExplicitVRLittleEndian,
      set,
    );
    const file = releasedFile(apply([bytes])[0]);
    const written = at(file, "StudyDescription");
    expect(at(file, "SpecificCharacterSet").trim()).toBe(terms.split("\\")[0]);
    expect(written).toBe(description.split(" ")[0] === "КТ" ? "КТ груди" : description.split(" ")[0]);
  });
});

describe("what comes out", () => {
  const files = [1, 2, 3].map((n) =>
    buildFile({ ...PATIENT, SOPInstanceUID: `1.2.3.1.1.${n}`, InstanceNumber: n }),
  );
  const bytesByUid = (outcomes: InstanceOutcome<number>[]) =>
    new Map(
      outcomes.map((o) =>
        o.kind === "released" ? [o.instance.old, fromLatin1(joinParts(o.parts))] : ["", ""],
      ),
    );

  it("does not depend on the order of the input", () => {
    expect(bytesByUid(apply([...files].reverse()))).toEqual(bytesByUid(apply(files)));
  });

  it("shares no UID, ID or name between two recipients", () => {
    const other = apply(files, research, deriveProjectKeys(new Uint8Array(32).fill(3), "trial", "other"));
    const own = apply(files);
    for (const [i, outcome] of own.entries()) {
      const twin = other[i]!;
      if (outcome.kind !== "released" || twin.kind !== "released") throw new Error("held");
      expect(twin.instance.new).not.toBe(outcome.instance.new);
      expect(twin.study.new).not.toBe(outcome.study.new);
      expect(twin.patient.new).not.toBe(outcome.patient.new);
    }
  });

  it("removes from one file an identifier that only another file of the patient tells", () => {
    const note = buildFile({
      ...PATIENT,
      PatientName: "",
      StudyDescription: "CT CHEST Quimbleton",
      SOPInstanceUID: "1.2.3.1.1.9",
    });
    expect(everything(releasedFile(apply([...files, note])[3]))).not.toContain("Quimbleton");
  });
});
