import { describe, expect, it } from "vitest";
import { PLAIN, partTen, shortElement } from "../../test/support/dicom-seeds.js";
import { concatBytes, latin1 } from "../base/index.js";
import { buildFile } from "./build.js";
import { ROOT, trimPadding } from "./dataset.js";
import { readFile } from "./file.js";
import { joinParts, memorySource, partLength } from "./source.js";
import { makeTag } from "./tag.js";
import { Tags } from "./tags.js";

const { data } = readFile(memorySource(buildFile(PLAIN)));
const studies = data.find(Tags.ReferencedStudySequence);

describe("a data set", () => {
  it("finds an element in one item alone, not in what that encloses", () => {
    expect(data.find(Tags.StudyID)).toBe(-1);
    const [first] = data.items(studies);
    expect(data.string(makeTag(0x0008, 0x1155), first)).toBe("2.25.1");
    expect(data.string(Tags.PatientID, first)).toBe("");
  });

  it("walks its elements from `first` to `after` by `next`", () => {
    const tags: number[] = [];
    for (let i = data.first(ROOT); i < data.after(ROOT); i = data.tokens.next[i]!) tags.push(data.tagAt(i));
    expect(tags).toHaveLength(Object.keys(PLAIN).length);
    const [, , empty] = data.items(studies);
    expect(data.first(empty!)).toBe(data.after(empty!));
  });

  it("names a nested element by the elements around it", () => {
    const [, second] = data.items(studies);
    const request = data.find(makeTag(0x0040, 0x0275), second);
    expect(data.path(data.find(Tags.StudyDescription, data.items(request)[0]!))).toBe(
      "(0008,1110) > (0040,0275) > (0008,1030)",
    );
  });

  it("reads a value by another VR when told, as for text under VR UN", () => {
    const bytes = partTen(
      concatBytes([
        shortElement(0x0008, 0x0005, "CS", latin1("ISO_IR 100")),
        shortElement(0x0009, 0x1001, "LO", latin1("a\\é ")),
      ]),
    );
    const set = readFile(memorySource(bytes)).data;
    expect(set.strings(1)).toEqual(["a", "é"]);
    expect(set.strings(1, "LT")).toEqual(["a\\é"]);
    expect(set.strings(1, "UN")).toEqual(["a", "é"]);
  });

  it.each([
    ["", ""],
    ["a", "a"],
    ["a ", "a"],
    ["a \0 ", "a"],
    [" a", " a"],
    ["  ", ""],
  ])("trims the padding of %j to %j", (text, trimmed) => {
    expect(trimPadding(text)).toBe(trimmed);
  });

  it("reads text in a character set that the standard does not define, and says what is wrong", () => {
    const bytes = buildFile(PLAIN);
    bytes.set(latin1("ISO_IR 999"), Buffer.from(bytes).indexOf("ISO_IR 192"));
    const strange = readFile(memorySource(bytes)).data;
    expect(strange.characterSetOfItem(ROOT).problems).toHaveLength(1);
    expect(strange.string(Tags.PatientName)).toMatch(/^Yamada\^Tar/);
  });
});

describe("output parts", () => {
  it("are bytes and ranges of a source, joined in order", () => {
    const source = memorySource(latin1("0123456789"));
    const parts = [
      latin1("ab"),
      { source, start: 3, end: 6 },
      new Uint8Array(0),
      { source, start: 9, end: 10 },
    ];
    expect(parts.map(partLength)).toEqual([2, 3, 0, 1]);
    expect(joinParts(parts)).toEqual(latin1("ab3459"));
  });
});
