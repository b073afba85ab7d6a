import { describe, expect, it } from "vitest";
import type { ProgressStyle } from "../status-line.js";
import { duration, Progress } from "./progress.js";

/** What 1,000 files at 10 a second print. */
function shown(style: ProgressStyle, columns = 80, phase = "Working"): string {
  let now = 0;
  let text = "";
  const progress = new Progress({ write: (piece) => (text += piece), columns }, style, () => now);
  progress.begin(phase, 1000);
  for (let i = 0; i < 1000; i++) {
    now += 100;
    progress.advance(1);
  }
  progress.end();
  return text;
}

describe("progress", () => {
  it("is a bar with rate and time left on a terminal, and one line in the end", () => {
    const frames = shown("bar").split("\r\x1b[K");
    expect(frames[500]).toBe("Working ▕████████████            ▏ 499 of 1,000 files, 50 s left, 10 a second");
    expect(frames.at(-1)).toBe("Working: 1,000 files, 10 a second, 1 min 40 s\n");
  });

  it.each([
    [100, "De-identifying ▕████████████            ▏ 499 of 1,000 files, 50 s left, 10 a second"],
    [80, "De-identifying ▕█████████▌         ▏ 499 of 1,000 files, 50 s left, 10 a second"],
    [68, "De-identifying: 499 of 1,000 files, 50 s left, 10 a second"],
    [50, "De-identifying: 499 of 1,000 files, 50 s left"],
    [40, "De-identifying: 499 of 1,000 files"],
    [30, "499 of 1,000 files"],
    [12, "499 of 1,0…"],
  ])("fits %i columns: the bar gives way to the numbers, the rate to the time left", (columns, line) => {
    const frames = shown("bar", columns, "De-identifying").split("\r\x1b[K");
    expect(frames[500]).toBe(line);
    expect(Math.max(...frames.map((frame) => frame.trimEnd().length))).toBeLessThan(columns);
  });

  it("is a line now and then in a log", () => {
    const lines = shown("lines").split("\n");
    expect(lines[0]).toBe("Working: 150 of 1,000 files, 1 min 25 s left, 10 a second");
    expect(lines).toHaveLength(8);
  });

  it("is silent beside --json", () => {
    expect(shown("none")).toBe("");
  });

  it("does not count what an earlier run did into its rate", () => {
    let now = 0;
    let text = "";
    const progress = new Progress({ write: (piece) => (text += piece) }, "lines", () => now);
    progress.begin("Working", 1000, 900);
    now = 20_000;
    progress.advance(20);
    expect(text).toBe("Working: 920 of 1,000 files, 1 min 20 s left, 1.0 a second\n");
    text = "";
    progress.end();
    expect(text).toBe("Working: 20 files and 900 before, 1.0 a second, 20 s\n");
  });

  it("says so when an earlier run has done all", () => {
    let text = "";
    const progress = new Progress({ write: (piece) => (text += piece) }, "lines", () => 0);
    progress.begin("Working", 1000, 1000);
    progress.end();
    expect(text).toBe("Working: nothing left to do\n");
  });

  it.each([
    [0.04, "0.0 s"],
    [9.96, "10.0 s"],
    [59.4, "59 s"],
    [60, "1 min 0 s"],
    [3725, "1 h 2 min"],
  ])("says %d seconds as %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
