import { expect, it } from "vitest";
import { requirement, tool } from "./tools.js";

const nothing = () => undefined;
const everything = (name: string) => `/usr/bin/${name}`;

it("skips a test whose judge is missing and names the apt line", () => {
  expect(requirement(["dcmdump", "dcmconv", "dciodvfy"], nothing, false)).toEqual({
    kind: "skip",
    reason: "needs dcmdump, dcmconv, dciodvfy: apt-get install dcmtk dicom3tools",
  });
});

it("fails a test whose judge is missing where judges are required", () => {
  expect(requirement(["pydicom"], nothing, true)).toEqual({
    kind: "fail",
    reason: "needs pydicom: apt-get install python3-pydicom python3-numpy",
  });
});

it("hands over the path of every judge that is there", () => {
  const found = requirement(["gdcmdump", "dcmdump"], everything, true);
  expect(found).toEqual({
    kind: "run",
    given: { gdcmdump: "/usr/bin/gdcmdump", dcmdump: "/usr/bin/dcmdump" },
  });
});

it("names only the judges that are missing", () => {
  const onlyDcmdump = (name: string) => (name === "dcmdump" ? "/usr/bin/dcmdump" : undefined);
  expect(requirement(["dcmdump", "gdcmconv"], onlyDcmdump, false)).toMatchObject({
    reason: "needs gdcmconv: apt-get install libgdcm-tools",
  });
});

it("gives the same answer twice for one judge", () => {
  expect(tool("dcmdump")).toBe(tool("dcmdump"));
});
