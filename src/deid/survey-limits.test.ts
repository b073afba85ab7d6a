import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { applyToFiles, PATIENT } from "../../test/support/patient.js";
import { codesOf } from "../../test/support/released.js";
import { buildFile } from "../dicom/index.js";

/** A name that no other number has. */
const nameOf = (i: number) =>
  `q${[...String(i)].map((digit) => "bcdfghjklm"[Number(digit)]).join("")}ov^Zephyra^Q`;
const naming = (people: number, uid = "1.2.3.1.1.1") =>
  buildFile({
    ...PATIENT,
    SOPInstanceUID: uid,
    RequestAttributesSequence: Array.from({ length: people }, (_, i) => ({ RequestingPhysician: nameOf(i) })),
  });
const reasonsOf = (files: readonly Uint8Array[]) => applyToFiles(files).map(codesOf);

describe("a patient of whom files name more people than text can be searched for", () => {
  it("is held in all files, those that name nobody too", () => {
    expect(reasonsOf([naming(500), naming(0, "1.2.3.1.1.2")])).toEqual([[], []]);
    expect(reasonsOf([naming(2500), naming(0, "1.2.3.1.1.2")])).toEqual([
      ["UNINTELLIGIBLE_VALUE"],
      ["UNINTELLIGIBLE_VALUE"],
    ]);
  });

  it("takes no memory for them all", () => {
    const script = `
      const { buildFile, memorySource } = await import(${JSON.stringify(new URL("../dicom/index.ts", import.meta.url).href)});
      const { applyToFiles, PATIENT } = await import(${JSON.stringify(new URL("../../test/support/patient.ts", import.meta.url).href)});
      const nameOf = ${nameOf};
      const people = Array.from({ length: 20_000 }, (_, i) => ({ RequestingPhysician: nameOf(i) }));
      const [outcome] = applyToFiles([buildFile({ ...PATIENT, RequestAttributesSequence: people })]);
      console.log(outcome.kind);`;
    const child = spawnSync(
      process.execPath,
      [
        "--max-old-space-size=128",
        "--import",
        import.meta.resolve("tsx"),
        "--input-type=module",
        "-e",
        script,
      ],
      { encoding: "utf8", timeout: 60_000 },
    );
    expect([child.status, child.stdout.trim()]).toEqual([0, "held"]);
  }, 60_000);
});
