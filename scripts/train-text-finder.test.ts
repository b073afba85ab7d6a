import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { taskOf } from "./train-text-finder.js";

const out = resolve("a.safetensors");

describe("the command line of the training", () => {
  it.each([
    ["a file", ["--out", "a.safetensors"], [`--out=${out}`]],
    ["a file after =", ["--out=a.safetensors"], [`--out=${out}`]],
    [
      "a file at the end",
      ["--seed", "7", "--steps=1,2,3,4,5", "--out", "a.safetensors"],
      ["--seed=7", "--steps=1,2,3,4,5", `--out=${out}`],
    ],
    [
      "a file to go on from",
      ["--out=a.safetensors", "--phase=3", "--start", "b.2"],
      [`--out=${out}`, "--phase=3", `--start=${resolve("b.2")}`],
    ],
  ])("hands train.py %s, and quantises what it leaves there", (_, args, training) => {
    expect(taskOf(args)).toEqual({ parameters: out, training });
  });

  it.each([[["--finish", "a.safetensors"]], [["--finish=a.safetensors"]]])("only quantises: %j", (args) => {
    expect(taskOf(args)).toEqual({ parameters: out });
  });

  it.each([
    [[], "--out FILE"],
    [["--seed", "7"], "--out FILE"],
    [["--out="], "--out FILE"],
    [["--finish="], "--out FILE"],
    [["--out"], "argument missing"],
    [["--out", "--seed", "7"], "ambiguous"],
    [["--out", "a", "b"], "Unexpected argument"],
    [["--output", "a"], "Unknown option"],
    [["--finish", "a", "--seed", "7"], "leave out the other options"],
    [["--out", "a", "--seed", "seven"], "--seed takes a whole number"],
    [["--out", "a", "--steps", "100"], "--steps takes the steps of each phase"],
    [["--out", "a", "--phase", "1", "--start", "b"], "--phase takes 2 to 5"],
    [["--out", "a", "--phase", "2"], "give both or neither"],
    [["--finish=", "--out", "a"], "--finish says nothing"],
    [["--out", "a", "--start="], "--start says nothing"],
    [["--out", "a", "--start", "b"], "give both or neither"],
  ])("is refused, with what to write instead: %j", (args, message) => {
    expect(() => taskOf(args)).toThrow(message);
  });
});
