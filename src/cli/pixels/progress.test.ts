import { describe, expect, it } from "vitest";
import type { ProgressStyle } from "../status-line.js";
import { LookProgress } from "./progress.js";

/** What an examination of 1,000 frames prints that takes 20 ms for each look. */
function shown(style: ProgressStyle, columns = 80): string {
  let now = 0;
  let text = "";
  const progress = new LookProgress({ write: (piece) => (text += piece), columns }, style, () => now);
  progress.begin("cine.dcm");
  for (let look = 1; look <= 2000; look++) {
    now += 20;
    progress.look(look, 2000);
  }
  progress.end();
  return text;
}

describe("the progress of an examination", () => {
  it("is one line on a terminal, no wider than it, which is gone in the end", () => {
    const lines = shown("bar", 40).split("\r\x1b[K");
    expect(lines[1]).toBe("cine.dcm: looking for text, frame 5 of…");
    expect(lines.at(-1)).toBe("");
    expect(shown("bar").split("\r\x1b[K")[300]).toBe("cine.dcm: looking at what is left, frame 500 of 1,000");
  });

  it("is a line now and then in a log", () => {
    expect(shown("lines")).toBe(
      "cine.dcm: looking for text, frame 750 of 1,000\ncine.dcm: looking at what is left, frame 500 of 1,000\n",
    );
  });

  it("is nothing where the answer is JSON", () => {
    expect(shown("none")).toBe("");
  });
});
