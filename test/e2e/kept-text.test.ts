import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { csvRows } from "../../src/cli/csv.js";
import { buildFile, type PlainDataSet, SopClass } from "../../src/dicom/index.js";
import { parseManifest } from "../../src/ledger/index.js";
import { scratchFolder } from "../support/scratch.js";
import { readTree } from "./input.js";
import { optionsIn, run } from "./run.js";

/** Writes instances of one series, and releases them. */
async function release(instances: readonly PlainDataSet[], jobs = 1) {
  const folder = scratchFolder();
  mkdirSync(join(folder, "in"));
  for (const [i, plain] of instances.entries()) {
    const file = buildFile({
      SOPClassUID: SopClass["MR Image Storage"]!,
      SOPInstanceUID: `1.2.3.1.1.${i + 1}`,
      StudyInstanceUID: "1.2.3.1",
      SeriesInstanceUID: "1.2.3.1.1",
      PatientID: "MRN-7000",
      PatientName: "Testperson^Anna",
      ...plain,
    });
    writeFileSync(join(folder, "in", String(i).padStart(4, "0")), file);
  }
  const { stdout, code } = await run(optionsIn(folder, { jobs }));
  const text = readFileSync(join(folder, "out.held/kept-text.csv"), "utf8");
  return { folder, stdout, code, rows: [...csvRows([text])], text };
}

const HEADER = ["element", "why", "text", "context", "instances", "example"];

describe("kept-text.csv", () => {
  it("has a row for each text, with what stands around it, how often, and where to look", async () => {
    const { folder, stdout, rows } = await release([
      { StudyDescription: "head of Testperson" },
      { StudyDescription: "run 9876543210 of Testperson" },
      { StudyDescription: "9876543210", SeriesDescription: "9876543211, 9876543211" },
    ]);
    const example = (i: number) => join(folder, "in", `000${i}`);
    expect(rows[0]).toEqual(HEADER);
    expect(rows.slice(1)).toEqual([
      ["(0008,1030)", "id-like", "9876543210", expect.stringMatching(/^run 9876543210\b/), "2", example(1)],
      ["(0008,103E)", "id-like", "9876543211", "9876543211, 9876543211", "1", example(2)],
    ]);
    expect(rows.flat().join()).not.toContain("Testperson");
    expect(stdout).toContain(`Read        2 kept texts in ${join(folder, "out.held/kept-text.csv")}`);
  });

  it("keeps the words out of the release, which says only where they stand", async () => {
    const { folder } = await release([{ ImageComments: "run 9876543210" }]);
    const manifest = readFileSync(join(folder, "out/release.json"), "utf8");
    expect(manifest).not.toContain("9876543210");
    expect(parseManifest(manifest).keptText).toEqual([
      { element: "(0020,4000)", why: "id-like", instances: 1 },
    ]);
    expect([...readTree(join(folder, "out.crosswalk")).keys()].sort()).toEqual([
      "journal.jsonl",
      "patients.csv",
      "uids.csv",
    ]);
  });

  it("is the same for any number of jobs", async () => {
    const instances = Array.from({ length: 200 }, (_, i) => ({
      StudyDescription: `run 98765432${10 + (i % 7)} part ${i}`,
    }));
    const texts = await Promise.all(
      [1, 3].map(async (jobs) => {
        const { folder, text } = await release(instances, jobs);
        return text.replaceAll(folder, "");
      }),
    );
    expect(texts[1]).toBe(texts[0]);
    expect(texts[0]!.split("\n")).toHaveLength(1 + 7 + 1);
  });

  it("of texts that hold none has its header alone, and the run does not point there", async () => {
    const { rows, stdout } = await release([{ StudyDescription: "CT HEAD" }]);
    expect(rows).toEqual([HEADER]);
    expect(stdout).not.toContain("kept-text.csv");
  });

  it("is no way into a spreadsheet or a terminal for who wrote the text", async () => {
    const { text } = await release([{ ImageComments: "=1+9876543210\u0007\r\nsecond line" }]);
    expect(text.split("\n")).toHaveLength(3);
    expect(text).not.toContain("\u0007");
    expect(text).toContain(`"'=1+9876543210`);
  });
});
