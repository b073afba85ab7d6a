import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { isElpisError } from "../../base/index.js";
import { buildFile, memorySource, type PlainDataSet, readFile } from "../../dicom/index.js";
import { areaOf } from "./boxes.js";
import { deviceBoxes, parseDeviceRules, readDeviceRules } from "./devices.js";

const YAML = `
- manufacturer: GE Healthcare
  model: LOGIQ*
  modality: US
  rows: 480
  columns: 640
  frames: all
  blank:
    - [0, 0, 640, 34]
    - [560, 34, 80, 60]
  reason: name and hospital above, ID at the right
- manufacturer: "*medical*"
  model: Arc 1
  rows: 1024
  columns: 1024
  image-type: [SECONDARY, "*SAVE"]
  blank: [[0, 1000, 1024, 24]]
  reason: footer with the name
`;

const numbered = parse(YAML) as Record<string, unknown>[];
const asText = parse(YAML, { schema: "failsafe" }) as Record<string, unknown>[];

function instance(plain: PlainDataSet) {
  const file = buildFile({ SOPClassUID: "1.2.840.10008.5.1.4.1.1.6.1", SOPInstanceUID: "2.25.7", ...plain });
  return readFile(memorySource(file)).data;
}

const LOGIQ = { Manufacturer: "GE Healthcare", ManufacturerModelName: "LOGIQ E10", Modality: "US" };
const ARC = {
  Manufacturer: "Some Medical Inc.",
  ManufacturerModelName: "ARC 1",
  ImageType: ["DERIVED", "SECONDARY", "SCREEN SAVE"],
};

describe("device rules from YAML", () => {
  it.each([
    ["numbers", numbered],
    ["text, as profiles are read", asText],
  ])("are read where YAML gives %s", (_, value) => {
    expect(parseDeviceRules(value)).toEqual([
      {
        manufacturer: "GE Healthcare",
        model: "LOGIQ*",
        modality: "US",
        rows: 480,
        columns: 640,
        imageType: [],
        blank: [
          { left: 0, top: 0, width: 640, height: 34 },
          { left: 560, top: 34, width: 80, height: 60 },
        ],
        reason: "name and hospital above, ID at the right",
      },
      {
        manufacturer: "*medical*",
        model: "Arc 1",
        rows: 1024,
        columns: 1024,
        imageType: ["SECONDARY", "*SAVE"],
        blank: [{ left: 0, top: 1000, width: 1024, height: 24 }],
        reason: "footer with the name",
      },
    ]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ["no list", { rows: 3 }, "devices", /list of device rules/],
    ["nothing", null, "devices", /list of device rules/],
    ["a rule that is text", ["GE"], "devices[1]", /manufacturer, model, rows/],
    ["no manufacturer", change({ manufacturer: undefined }), "devices[1].manufacturer", /is missing/],
    ["an empty model", change({ model: " " }), "devices[1].model", /must not be empty/],
    ["any device", change({ manufacturer: "*", model: "**" }), "devices[1].model", /names no device/],
    ["an unknown key", change({ colums: 640 }), "devices[1].colums", /there are manufacturer, .*columns/],
    ["rows of 0", change({ rows: 0 }), "devices[1].rows", /whole number from 1 to 65535/],
    ["negative rows", change({ rows: -480 }), "devices[1].rows", /whole number/],
    ["a fraction", change({ rows: 480.5 }), "devices[1].rows", /whole number/],
    ["a word for a number", change({ columns: "wide" }), "devices[1].columns", /whole number/],
    ["hexadecimal", change({ columns: "0x280" }), "devices[1].columns", /whole number/],
    ["huge columns", change({ columns: 70_000 }), "devices[1].columns", /whole number from 1 to 65535/],
    ["some frames", change({ frames: "first" }), "devices[1].frames", /every frame/],
    ["no rectangle", change({ blank: [] }), "devices[1].blank", /at least one/],
    ["a flat list", change({ blank: [0, 0, 640, 34] }), "devices[1].blank[1]", /left, top, width, height/],
    ["three numbers", change({ blank: [[0, 0, 640]] }), "devices[1].blank[1]", /left, top, width, height/],
    ["five numbers", change({ blank: [[0, 0, 6, 3, 1]] }), "devices[1].blank[1]", /left, top, width, height/],
    [
      "no width",
      change({ blank: [[0, 0, 0, 34]] }),
      "devices[1].blank[1][3]",
      /whole number from 1 to 65535/,
    ],
    ["a negative left", change({ blank: [[-1, 0, 5, 5]] }), "devices[1].blank[1][1]", /whole number/],
    ["too wide", change({ blank: [[600, 0, 41, 5]] }), "devices[1].blank[1]", /width of at most 40 fits/],
    ["too high", change({ blank: [[0, 470, 5, 11]] }), "devices[1].blank[1]", /height of at most 10 fits/],
    ["outside", change({ blank: [[640, 0, 5, 5]] }), "devices[1].blank[1]", /begins outside/],
    ["a path for Image Type", change({ "image-type": { 1: "x" } }), "devices[1].image-type", /Image Type/],
    ["no reason", change({ reason: "" }), "devices[1].reason", /reason is required/],
    ["a second rule that is wrong", [...numbered, {}], "devices[3].model", /is missing/],
  ])("are refused with %s", (_, value, path, message) => {
    const error = thrownBy(() => parseDeviceRules(value));
    expect(isElpisError(error, "PIXELS_RULE_INVALID")).toBe(true);
    const line = (error as Error).message.split("\n").find((one) => one.startsWith(`  ${path}: `));
    expect(line, (error as Error).message).toMatch(message);
  });

  it("lists all problems at once, and then gives no rule", () => {
    const { rules, problems } = readDeviceRules([numbered[0], { ...numbered[1], rows: 0, columns: 0 }]);
    expect(problems.map(({ path }) => path)).toEqual([
      [1, "rows"],
      [1, "columns"],
    ]);
    expect(rules).toEqual([]);
  });

  it("are limited in number", () => {
    expect(readDeviceRules(Array(1001).fill(numbered[0])).problems).toHaveLength(1);
    const many = { ...numbered[0], blank: Array(257).fill([0, 0, 1, 1]) };
    expect(readDeviceRules([many]).problems).toMatchObject([{ path: [0, "blank"] }]);
  });
});

describe("the guide's example", () => {
  const page = readFileSync(new URL("../../../docs/guides/pixels.md", import.meta.url), "utf8");
  const block = (kind: string, beginning: string) =>
    new RegExp(`\`\`\`${kind}\n(${beginning}[^\`]*)\`\`\``).exec(page)![1]!;
  const { devices } = parse(block("yaml", "devices:"), { schema: "failsafe" }) as {
    devices: Record<string, unknown>[];
  };

  it("is understood", () => {
    expect(parseDeviceRules(devices).map(({ rows, columns }) => [rows, columns])).toEqual([
      [480, 640],
      [1024, 1024],
    ]);
  });

  it("is refused with the words that the guide shows", () => {
    const [first, second] = devices;
    const wrong = [
      {
        ...first,
        blank: [
          ["0", "0", "640", "34"],
          ["560", "34", "90", "60"],
        ],
      },
      { ...second, reason: undefined, colour: "black" },
    ];
    expect(thrownBy(() => parseDeviceRules(wrong))).toMatchObject({
      code: "PIXELS_RULE_INVALID",
      message: block("text", "device rules:").trim(),
    });
  });
});

function change(changes: Record<string, unknown>): unknown[] {
  return [{ ...numbered[0], ...changes }];
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("which rules are for an instance", () => {
  const rules = parseDeviceRules(numbered);

  it.each<[string, PlainDataSet, number, number, number]>([
    ["the device of the first", LOGIQ, 480, 640, 1],
    ["whatever its letter case", { ...LOGIQ, Manufacturer: "ge HEALTHCARE" }, 480, 640, 1],
    ["with other blanks", { ...LOGIQ, Manufacturer: " GE  Healthcare " }, 480, 640, 1],
    ["another model", { ...LOGIQ, ManufacturerModelName: "Vivid" }, 480, 640, 0],
    ["a longer manufacturer", { ...LOGIQ, Manufacturer: "GE Healthcare Japan" }, 480, 640, 0],
    ["another modality", { ...LOGIQ, Modality: "SC" }, 480, 640, 0],
    ["no modality", { Manufacturer: "GE Healthcare", ManufacturerModelName: "LOGIQ" }, 480, 640, 0],
    ["another size", LOGIQ, 600, 800, 0],
    ["its size turned round", LOGIQ, 640, 480, 0],
    ["the device of the second", ARC, 1024, 1024, 1],
    ["one value of Image Type missing", { ...ARC, ImageType: ["DERIVED", "SECONDARY"] }, 1024, 1024, 0],
    ["no Image Type", { ...ARC, ImageType: [] }, 1024, 1024, 0],
    ["nothing said", {}, 480, 640, 0],
  ])("%s", (_, plain, rows, columns, count) => {
    const match = deviceBoxes(rules, instance(plain), rows, columns);
    expect(match.rules).toHaveLength(count);
    expect(match.blank.length > 0).toBe(count > 0);
  });

  it("blanks the union of the rules that match, each pixel once", () => {
    const [first] = numbered;
    const both = parseDeviceRules([first, { ...first, model: "*", blank: [[0, 20, 100, 40]] }]);
    const { blank, rules } = deviceBoxes(both, instance(LOGIQ), 480, 640);
    expect(rules).toHaveLength(2);
    expect(blank.reduce((sum, { width, height }) => sum + width * height, 0)).toBe(areaOf(blank));
    expect(areaOf(blank)).toBe(640 * 34 + 80 * 60 + 100 * 26);
  });

  it.each([
    ["a*", "abc", true],
    ["*c", "abc", true],
    ["*b*", "abc", true],
    ["a*c", "abc", true],
    ["a*b*c", "abc", true],
    ["abc*", "abc", true],
    ["ab*bc", "abc", false],
    ["a*a", "a", false],
    ["a*bc*c", "abc", false],
    ["a*bc*c", "abcc", true],
    ["*a*a*", "a", false],
    ["*b", "abc", false],
    ["a.c", "abc", false],
    ["a(*", "a(1)", true],
    ["*x*", "", false],
    [`${"*a".repeat(30)}*b`, "a".repeat(64), false],
  ])("%s stands for %s: %s", (pattern, value, wanted) => {
    const named = parseDeviceRules([{ ...numbered[0], manufacturer: "*", model: pattern.slice(0, 64) }]);
    const data = instance({ ...LOGIQ, ManufacturerModelName: value });
    expect(deviceBoxes(named, data, 480, 640).rules).toHaveLength(wanted ? 1 : 0);
  });
});
