import { ElpisError, type ErrorCode, isElpisError } from "../base/index.js";
import { type Io, printable, printJson } from "./output.js";

/** 1 failure; 2 wrong usage: nothing was done, and the command or what it names has to be mended. */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set([
  "USAGE",
  "PROFILE_INVALID",
  "CERTIFICATE_INVALID",
  "SITE_KEY_INVALID",
  "SITE_KEY_MISMATCH",
  "OUTPUT_EXISTS",
  "RESUME_MISMATCH",
  "INPUT_UNREADABLE",
]);

/** What to do next, where the message itself does not say it. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  PROFILE_INVALID: "Mend the profile; nothing was written.",
  SITE_KEY_MISMATCH: "Use the key, project and recipient of that run; nothing was changed.",
  RESUME_MISMATCH: "Begin a new run with another --out; what is there was not changed.",
  INPUT_UNREADABLE: "Check what is named there; nothing was written.",
  OUTPUT_UNWRITABLE:
    "Check space and rights; if the run had begun, the same command with --resume finishes it.",
  WORKER_DIED: "Run the same command with --resume; with --jobs 1 it needs less memory.",
};

/** What a shell gives to a command that Ctrl-C has ended. */
const EXIT_INTERRUPTED = 130;

export function exitStatusOf(error: unknown): number {
  if (isElpisError(error, "INTERRUPTED")) return EXIT_INTERRUPTED;
  return error instanceof ElpisError && USAGE_CODES.has(error.code) ? 2 : 1;
}

/** One line and what to do next on stderr; with `json` a document on stdout. The stack only with ELPIS_DEBUG=1. */
export function reportError(error: unknown, io: Io, json: boolean, command: string | undefined): void {
  const { code, message } = describe(error);
  if (json) printJson(io, { error: { code, message } });
  else {
    const advice =
      code === "USAGE"
        ? `Try "elpis ${command === undefined ? "" : `${command} `}--help".`
        : ADVICE[code as ErrorCode];
    io.stderr.write(
      `elpis: ${message.split("\n").map(printable).join("\n")}\n${advice === undefined ? "" : `${advice}\n`}`,
    );
  }
  if (io.env.ELPIS_DEBUG === "1" && error instanceof Error) io.stderr.write(`${error.stack}\n`);
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof ElpisError) return { code: error.code, message: error.message };
  const system = error as NodeJS.ErrnoException | null;
  if (typeof system?.code === "string" && typeof system.syscall === "string") {
    return {
      code: system.code,
      message: `${system.syscall} failed (${system.code})${system.path ? `: ${system.path}` : ""}`,
    };
  }
  // The message of an unforeseen error could hold a value of a patient; its class cannot.
  const name = error instanceof Error ? error.name : typeof error;
  return { code: "INTERNAL", message: `an error inside Elpis (${name}); ELPIS_DEBUG=1 shows where` };
}
