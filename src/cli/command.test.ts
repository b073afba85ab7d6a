import { describe, expect, it } from "vitest";
import { type Command, closest, helpOf, parseCommandLine } from "./command.js";
import { COMMANDS } from "./commands.js";

const command: Command = {
  name: "make",
  usage: "THING...",
  summary: "makes",
  about: "Makes things.",
  options: { project: { value: "NAME", help: "its project" }, json: { help: "as JSON" } },
  count: { min: 1, max: 2 },
  run: () => 0,
};

describe("a command line", () => {
  it("gives positionals, texts and switches", () => {
    const line = parseCommandLine(command, ["a", "--project", "p", "--json", "b"]);
    expect([line.positionals, line.text("project"), line.flag("json")]).toEqual([["a", "b"], "p", true]);
  });

  it("takes what follows -- as it is", () => {
    expect(parseCommandLine(command, ["--", "--project"]).positionals).toEqual(["--project"]);
  });

  it("needs no argument when help is asked for", () => {
    expect(parseCommandLine(command, ["-h"]).flag("help")).toBe(true);
  });

  it.each([
    [["a", "--prject", "x"], /no option --prject; did you mean --project\?/],
    [["a", "--pro"], /did you mean --project\?/],
    [["a", "--colour"], /no option --colour$/],
    [["a", "-x"], /no option -x$/],
    [["a", "--project"], /argument missing/],
    [["a", "--project", "--json"], /ambiguous/],
    [["a", "--project="], /--project has an empty value/],
    [["a", "--json=yes"], /does not take an argument/],
    [[], /too few arguments: elpis make THING\.\.\./],
    [["a", "b", "c"], /too many arguments/],
  ])("%j is refused", (args, message) => {
    expect(() => parseCommandLine(command, args)).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringMatching(message) }),
    );
  });
});

it("helps with every option", () => {
  expect(helpOf(command)).toBe(
    "usage: elpis make THING... [options]\n\nMakes things.\n\noptions:\n  --project NAME  its project\n  --json          as JSON\n  --help          this text\n",
  );
});

it.each(COMMANDS.map((one) => [one.name, one] as const))("helps with %s within 80 columns", (_, one) => {
  const lines = helpOf(one, { columns: 80 }).split("\n");
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  for (const name of Object.keys(one.options)) {
    expect(
      lines.some((line) => line.startsWith(`  --${name}`)),
      name,
    ).toBe(true);
  }
});

it.each([
  ["deidentfy", "deidentify"],
  ["anonymize", undefined],
  ["insp", "inspect"],
  ["TRACE", "trace"],
])("takes %s for %s", (word, meant) => {
  expect(closest(word, ["deidentify", "inspect", "reidentify", "trace", "key"])).toBe(meant);
});
