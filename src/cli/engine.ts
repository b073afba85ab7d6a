import { setFlagsFromString } from "node:v8";

/**
 * V8 compiles a function for speed once it has run 132 KB of its bytecode. In a run of a few seconds that work is often
 * for code that is almost done, on the processor that another job could use: later is cheaper. Measured in
 * docs/performance.md with the V8 of Node 20, and left alone elsewhere: newer ones divide this work otherwise.
 */
if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=400000");
