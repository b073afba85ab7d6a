import { describe, expect, it } from "vitest";
import { buildFile } from "./build.js";
import { readFile } from "./file.js";
import { numbersOf } from "./numbers.js";
import { memorySource } from "./source.js";
import { parseTag } from "./tag.js";
import { TransferSyntax } from "./transfer-syntax.js";

const VALUES = {
  "(0011,1001) US": [0, 65_535],
  "(0011,1002) SS": [-32_768, 5],
  "(0011,1003) UL": [4_294_967_295],
  "(0011,1004) SL": [-2_147_483_648],
  "(0011,1005) FL": [1.5, -0.25],
  "(0011,1006) FD": [Math.PI],
  "(0011,1007) SV": [-9_007_199_254_740_991],
  "(0011,1008) UV": [9_007_199_254_740_991],
  "(0011,1009) AT": [0x00100020],
  "(0011,100A) DS": ["1.25", "-3e2"],
  "(0011,100B) IS": ["-7"],
};

describe.each([TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])(
  "numbersOf in %s",
  (syntax) => {
    const file = readFile(
      memorySource(buildFile({ SOPClassUID: "1.2", SOPInstanceUID: "1.3", ...VALUES }, syntax)),
    );
    it.each(Object.entries(VALUES))("reads %s", (key, numbers) => {
      const token = file.data.find(parseTag(key.split(" ")[0]!));
      expect(numbersOf(file.data, token)).toEqual(numbers.map(Number));
    });
  },
);

it("finds no numbers in text", () => {
  const file = readFile(
    memorySource(buildFile({ SOPClassUID: "1.2", SOPInstanceUID: "1.3", PatientName: "7" })),
  );
  expect(numbersOf(file.data, file.data.find(parseTag("(0010,0010)")))).toEqual([]);
});
