import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** A fenced block of a Markdown page. */
export interface Snippet {
  /** Word after the fence: "sh", "ts", "text"; "" where there is none. */
  readonly language: string;
  /** Exit status that the page announces with ```` ```sh exit=3 ````; 0 without. */
  readonly exit: number;
  readonly code: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** The fenced blocks of a page in order. Throws for a fence that is never closed. */
export function snippetsOf(markdown: string): readonly Snippet[] {
  const found: Snippet[] = [];
  const lines = markdown.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const open = /^(\s*)(`{3,})\s*(\S*)(.*)$/.exec(lines[at] ?? "");
    if (open === null) continue;
    const [, indent = "", fence = "", language = "", attributes = ""] = open;
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    if (end === -1) throw new Error(`line ${at + 1}: the fence is never closed`);
    const body = lines.slice(at + 1, end);
    const code = body.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    const exit = Number(/\bexit=(\d+)/.exec(attributes)?.[1] ?? 0);
    found.push({ language, exit, code: code.join("\n"), line: at + 1 });
    at = end;
  }
  return found;
}

/** What a command of the house is when it runs inside a test: nothing, or the `elpis` command behind it. */
function houseCommand(command: string, scripts: Readonly<Record<string, string>>): string | null {
  if (/^(git clone\b|cd elpis$|npm ci$|npm install$|npm test\b)/.test(command)) return null;
  const [, name = "", rest = ""] = /^npm run ([\w:-]+)(?: --)?(.*)$/.exec(command) ?? [];
  const script = scripts[name];
  if (script === undefined) throw new Error(`no command of this package: ${command}`);
  const cli = /^(?:node dist\/cli\/main\.js|tsx src\/cli\/main\.ts)(.*)$/.exec(script);
  return cli === null ? null : `elpis${cli[1] ?? ""}${rest}`;
}

/**
 * The shell script that a sh block becomes: cloning, installing and testing are recognised and left out, an
 * npm script that is the command line becomes `elpis`, the rest stays. Throws for an unknown npm script.
 */
export function scriptOf(code: string, scripts: Readonly<Record<string, string>>): string {
  const lines = code.split("\n").map((line) => {
    if (!/^\s*(npm|git|cd elpis)\b/.test(line)) return line;
    const commands = line.replace(/\s#.*$/, "").split("&&");
    const kept = commands.map((command) =>
      /^\s*(npm|git|cd elpis)\b/.test(command) ? houseCommand(command.trim(), scripts) : command.trim(),
    );
    return kept.filter((command) => command !== null).join(" && ");
  });
  return lines.join("\n").trim();
}

/** A folder with the package installed as a user would have it: compiled, with `elpis` on its PATH. */
export interface Installation {
  readonly folder: string;
  /** Runs a program in `work`; gives exit status and what it printed. */
  run(program: string, args: readonly string[], work: string): { status: number; output: string };
  remove(): void;
}

/** Compiles `src/` and lays it out in `folder` as npm would: package, dependencies, `.bin/elpis`. */
function layOut(folder: string, root: string, dependencies: readonly string[]): void {
  const modules = join(folder, "node_modules");
  const home = join(modules, "elpis");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  mkdirSync(home);
  copyFileSync(join(root, "package.json"), join(home, "package.json"));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = ["-p", "tsconfig.build.json", "--outDir", join(home, "dist")];
  const compiled = spawnSync(process.execPath, [tsc, ...options], { cwd: root, encoding: "utf8" });
  if (compiled.status !== 0) throw new Error(compiled.stdout);
  for (const name of dependencies) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  chmodSync(join(home, "dist/cli/main.js"), 0o755);
  symlinkSync(join(home, "dist/cli/main.js"), join(modules, ".bin/elpis"));
}

/** Installs the package at `root` into a temporary folder. Throws with the compiler's output. */
export function install(root: string, dependencies: readonly string[]): Installation {
  const folder = mkdtempSync(join(tmpdir(), "elpis-readme-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    layOut(folder, root, dependencies);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    folder,
    remove,
    run: (program, args, work) => {
      mkdirSync(work, { recursive: true });
      const bin = join(folder, "node_modules/.bin");
      const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
      // HOME too: a snippet that makes a site key must not leave it in the user's configuration.
      const env = { ...process.env, PATH: path, HOME: work, XDG_CONFIG_HOME: join(work, ".config") };
      const { status, stdout, stderr } = spawnSync(program, args, { cwd: work, env, encoding: "utf8" });
      return { status: status ?? -1, output: stdout + stderr };
    },
  };
}

/** Runs one sh or ts block in `work`; returns why it is wrong, or undefined. */
export function runSnippet(
  snippet: Snippet,
  installation: Installation,
  work: string,
  root: string,
  scripts: Readonly<Record<string, string>>,
): string | undefined {
  let result: { status: number; output: string };
  if (snippet.language === "ts") {
    mkdirSync(work, { recursive: true });
    const file = join(work, `line-${snippet.line}.mts`);
    writeFileSync(file, snippet.code);
    const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
    result = installation.run(process.execPath, [tsx, file], work);
  } else {
    const script = scriptOf(snippet.code, scripts);
    const prelude = 'set -euo pipefail\nnpx() { "$@"; }\n';
    result = installation.run("bash", ["-c", prelude + script], work);
  }
  if (result.status === snippet.exit) return undefined;
  return `line ${snippet.line}: exit ${result.status}, not ${snippet.exit}\n${result.output}`;
}
