import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scratchFolder } from "../../test/support/scratch.js";
import { crosswalkRecords, crosswalkRows, csvRows } from "./csv.js";

it.each([
  [
    "a,b\nc,d\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ['"a,b","say ""x"""\r\n', [["a,b", 'say "x"']]],
  ['"two\nlines",y', [["two\nlines", "y"]]],
  ['"",x\n\n', [["", "x"]]],
  [",\n", [["", ""]]],
  ["", []],
])("reads %j", (text, rows) => {
  expect([...csvRows([text])]).toEqual(rows);
  expect([...csvRows(text)], "character by character").toEqual(rows);
});

it("reads a crosswalk with a byte order mark, CRLF and columns of its own", () => {
  const folder = scratchFolder();
  const path = join(folder, "patients.csv");
  writeFileSync(path, '\ufeffid_old,id_new,note\r\n"Ж, 1",AB12,x\r\n');
  expect([...crosswalkRows(path)]).toEqual([["Ж, 1", "AB12"]]);
  writeFileSync(path, 'id_old,id_new,issuer_old,study_old\nMRN,AB12,HOSPITAL,\n"",CD34,,1.2.3\n');
  expect([...crosswalkRecords(path)]).toEqual([
    { old: "MRN", renamed: "AB12", issuer: "HOSPITAL", study: "" },
    { old: "", renamed: "CD34", issuer: "", study: "1.2.3" },
  ]);
  writeFileSync(path, "name,age\nx,1\n");
  expect(() => [...crosswalkRows(path)]).toThrow(expect.objectContaining({ code: "INPUT_UNREADABLE" }));
  expect(() => [...crosswalkRows(join(folder, "none.csv"))]).toThrow(/ENOENT/);
});
