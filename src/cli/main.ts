#!/usr/bin/env node
import "./engine.js";
import { main } from "./elpis.js";

// `elpis inspect FILE | head` closes the pipe while we still write: that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
}
process.exitCode = await main(process.argv.slice(2), process);
