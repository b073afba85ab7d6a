import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demo, samples } from "./demo.js";
import { displayWidth } from "./output.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "elpis-demo-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([80, 120])("keeps its table and the reasons within %d columns", async (columns) => {
  let text = "";
  const stdout = { write: (piece: string) => (text += piece), columns };
  expect(await demo(join(folder, "d"), { stdout, stderr: stdout, env: {} })).toBe(0);
  const [, table = "", held = ""] = text.split("\n\n").map((part) => part.replace(/^3\. .*\n/, ""));
  const lines = `${table}\n${held}`.split("\n");
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter((line) => displayWidth(line) > columns)).toEqual([]);
  expect(table).toMatch(/^HEADCT\/CT01 {2}CT Image Storage$/m);
  expect(table).toMatch(/^ {2}KVP {19,20}120 +120$/m);
  expect(text).toMatch(
    /^ {3}Pixels: \d+ frames examined, text blanked in \d+, as in two with a name burned into them$/m,
  );
  expect(held).toMatch(/^ {3}ultrasound\/letter\.dcm +CLASS_HELD$\n^ {7}\S/m);
  expect(held).not.toContain("us-01");
  expect(held).not.toContain("…");
});

it("tells what is hard about each sample within 80 columns", () => {
  let text = "";
  const stdout = { write: (piece: string) => (text += piece), columns: 80 };
  expect(samples(join(folder, "s"), { stdout, stderr: stdout, env: {} })).toBe(0);
  expect(text.split("\n").filter((line) => displayWidth(line) > 80)).toEqual([]);
  expect(text).toMatch(/^HEADCT\/CT01 +12 files\n {4}CT head: /m);
});

it.runIf(existsSync("/proc/self"))("ends where the system takes no folder", async () => {
  const nowhere = { write: () => true };
  const io = { stdout: nowhere, stderr: nowhere, env: {} };
  const unwritable = expect.objectContaining({ code: "OUTPUT_UNWRITABLE" });
  expect(() => samples("/proc/elpis/s", io)).toThrow(unwritable);
  await expect(demo("/proc/elpis/d", io)).rejects.toEqual(unwritable);
});
