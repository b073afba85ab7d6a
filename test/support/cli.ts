import { main } from "../../src/cli/elpis.js";

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `elpis ARGS` without a process of its own: relative paths are those of the test runner. */
export async function elpisInProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const told = { stdout: "", stderr: "" };
  const status = await main(args, {
    stdout: { write: (text: string) => (told.stdout += text) },
    stderr: { write: (text: string) => (told.stderr += text) },
    env,
  });
  return { status, ...told };
}
