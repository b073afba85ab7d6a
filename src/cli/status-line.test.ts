import { describe, expect, it } from "vitest";
import { type ProgressStyle, StatusLine } from "./status-line.js";

/** What a line prints to which something happens every 50 ms for 20 s, and which then says "done". */
function shown(style: ProgressStyle, columns = 80): string {
  let now = 0;
  let text = "";
  const line = new StatusLine({ write: (piece) => (text += piece), columns }, style, () => now);
  line.begin();
  for (; now <= 20_000; now += 50) if (line.isDue()) line.show(`at ${now}`);
  line.leave("done");
  line.clear();
  return text;
}

describe("the line that tells how far a command is", () => {
  it("is written over on a terminal, every 100 ms, and its last stays", () => {
    const written = shown("bar").split("\r\x1b[K");
    expect(written.slice(0, 3)).toEqual(["", "at 100", "at 200"]);
    expect(written).toHaveLength(202);
    expect(written.at(-1)).toBe("done\n");
  });

  it("leaves the last column of a terminal free", () => {
    expect(shown("bar", 7).split("\r\x1b[K").slice(9, 11)).toEqual(["at 900", "at 10…"]);
  });

  it("is a line every 15 s in a log", () => {
    expect(shown("lines", 4)).toBe("at 15000\ndone\n");
  });

  it("is nothing where the answer is JSON", () => {
    expect(shown("none")).toBe("");
  });

  it.each([
    ["bar", "\r\x1b[Kone\r\x1b[K"],
    ["lines", "one\n"],
    ["none", ""],
  ] as const)("is cleared once where it was drawn: %s", (style, expected) => {
    let text = "";
    const line = new StatusLine({ write: (piece) => (text += piece) }, style, () => 0);
    line.clear();
    line.show("one");
    line.clear();
    line.clear();
    expect(text).toBe(expected);
  });
});
