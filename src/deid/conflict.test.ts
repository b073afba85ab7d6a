import { describe, expect, it } from "vitest";
import { statesTwoPeople } from "./conflict.js";

const stated = (...people: [name: string, birthDate: string][]) =>
  statesTwoPeople(people.map(([name, birthDate]) => ({ name, birthDate })));

/** A word of its own for every number, 15 letters long. */
function longWord(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 15 }, () => {
    state = (state * 48271) % 2147483647;
    return String.fromCharCode(97 + (state % 26));
  }).join("");
}

describe("what files of one ID state", () => {
  it.each<[string, [string, string][]]>([
    [
      "a newborn named the next day",
      [
        ["Smith^Baby Girl", "20240101"],
        ["Jones^Emma", "20240102"],
      ],
    ],
    [
      "a newborn named in the next year",
      [
        ["Smith^Baby Boy", "20231231"],
        ["Jones^Emma", "20240101"],
      ],
    ],
    [
      "John Doe",
      [
        ["Doe^John", "19800101"],
        ["Baker^Rosa", "19600502"],
      ],
    ],
    [
      "a trauma name",
      [
        ["Unknown^Male", "19800101"],
        ["Baker^Rosa", "19600502"],
      ],
    ],
    [
      "day and month swapped",
      [
        ["Mohamed", "19600502"],
        ["Muhammad", "19600205"],
      ],
    ],
    [
      "day and month swapped in another spelling",
      [
        ["Tschechow", "19600502"],
        ["Chekhov", "19600205"],
      ],
    ],
    [
      "kanji and half-width kana",
      [
        ["山田^太郎", "19600502"],
        ["ﾔﾏﾀﾞ^ﾀﾛｳ", "19711203"],
      ],
    ],
    [
      "hiragana and katakana",
      [
        ["やまだ^たろう", "19600502"],
        ["ﾔﾏﾀﾞ^ﾀﾛｳ", "19711203"],
      ],
    ],
    [
      "a phantom",
      [
        ["QC^Daily", "20200101"],
        ["Phantom^Water", "20210305"],
        ["Baker^Rosa", "19600502"],
      ],
    ],
  ])("is one person: %s", (_title, people) => {
    expect(stated(...people)).toBe(false);
    expect(stated(...people.reverse())).toBe(false);
  });

  it.each<[string, [string, string][]]>([
    [
      "two names, two dates",
      [
        ["Smith^Jane", "19600502"],
        ["Baker^Rosa", "19711203"],
      ],
    ],
    [
      "two names in kanji",
      [
        ["山田^太郎", "19600502"],
        ["鈴木^花子", "19711203"],
      ],
    ],
    [
      "Doe as a name",
      [
        ["Doe^Wilhelmina", "19600502"],
        ["Baker^Rosa", "19711203"],
      ],
    ],
    [
      "newborns two days apart",
      [
        ["Smith^Baby", "20240101"],
        ["Jones^Emma", "20240103"],
      ],
    ],
  ])("is two people: %s", (_title, people) => {
    expect(stated(...people)).toBe(true);
  });

  it.each([
    ["Fernandez", "Fernandes", false],
    ["Hawkmoth", "Hakwmoth", false],
    ["Kowalczyk", "Kowalczykova", false],
    ["Peterson", "Pettersson", false],
    ["Hawkmoth", "Hackmeth", false],
    ["Hawkmoth", "Hackmeyh", true],
    ["Hawk", "Mawk", false],
    ["Hawk", "Mowk", true],
  ])("%s and %s are two people: %s", (one, other, isTwo) => {
    expect(stated([one, "19600502"], [other, "19711203"])).toBe(isTwo);
  });

  it("is several people when more birth dates are stated than anybody has", () => {
    const days = Array.from({ length: 33 }, (_, i) => `${1900 + i}0502`);
    expect(stated(...days.map((day): [string, string] => ["Smith^Jane", day]))).toBe(true);
    expect(stated(...days.slice(0, 32).map((day): [string, string] => ["Smith^Jane", day]))).toBe(false);
  });

  it("is told in little time, however many and long the names", () => {
    const people = Array.from({ length: 32 }, (_, i): [string, string] => [
      Array.from({ length: 16 }, (_, k) => longWord(i * 16 + k)).join(" "),
      `${1901 + i}0502`,
    ]);
    const start = performance.now();
    expect(stated(...people)).toBe(true);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
