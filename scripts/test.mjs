// `npm test`: runs vitest once, passing extra arguments on, and ends with the one line `N passed, N failed`.
// A skipped test is not a passed one: skipped tests are counted on a line of their own, with their reasons.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), "elpis-test-"));
const report = join(scratch, "report.json");

/** Resolves to vitest's exit code, or to 1 when a signal ended it. */
function runVitest() {
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** Counts of vitest's JSON report; all zero when there is none, as after a crash. */
function readCounts() {
  const counts = { passed: 0, failed: 0, skipped: 0, reasons: new Map() };
  let files;
  try {
    files = JSON.parse(readFileSync(report, "utf8")).testResults;
  } catch {
    return counts;
  }
  for (const file of files) {
    // A file that fails outside any test (an import, a hook) has no failed test to count.
    const failures = file.assertionResults.filter((test) => test.status === "failed").length;
    counts.failed += failures === 0 && file.status === "failed" ? 1 : failures;
    for (const test of file.assertionResults) {
      if (test.status === "passed") counts.passed += 1;
      else if (test.status !== "failed") {
        counts.skipped += 1;
        const reason = test.meta?.skipReason ?? "did not run";
        counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + 1);
      }
    }
  }
  return counts;
}

const code = await runVitest();
const { passed, failed, skipped, reasons } = readCounts();
rmSync(scratch, { recursive: true, force: true });

for (const [reason, times] of reasons) console.log(`skipped ${times}: ${reason}`);
if (skipped > 0) console.log(`${skipped} skipped`);
// Unhandled errors and crashes make vitest fail without a failed test; no test at all is a failure too.
const broken = failed === 0 && (code !== 0 || passed === 0);
if (broken) console.log(passed === 0 ? "no test ran" : `vitest ended with exit code ${code}`);
console.log(`${passed} passed, ${failed + (broken ? 1 : 0)} failed`);
process.exitCode = failed > 0 || broken ? 1 : 0;
