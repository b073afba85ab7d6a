import { ElpisError } from "../base/index.js";
import { type Command, closest, helpOf, parseCommandLine } from "./command.js";
import { COMMANDS } from "./commands.js";
import { exitStatusOf, reportError } from "./errors.js";
import { type Io, table } from "./output.js";
import { software } from "./package.js";

const HELP = `usage: elpis COMMAND [arguments] [options]

Makes medical images safe to share: de-identifies DICOM to PS3.15 2026d, on this machine alone.

commands:
${table(COMMANDS.map(({ name, summary }) => [`  ${name}`, summary])).join("\n")}

  elpis COMMAND --help   arguments and options of a command
  elpis --version

Begin with "elpis demo".
`;

function commandNamed(name: string): Command {
  const command = COMMANDS.find((one) => one.name === name);
  if (command) return command;
  if (name.startsWith("-")) throw new ElpisError("USAGE", `elpis has no option ${name} before a command`);
  const meant = closest(
    name,
    COMMANDS.map((one) => one.name),
  );
  throw new ElpisError(
    "USAGE",
    `elpis has no such command${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  );
}

async function run(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    (name === undefined ? io.stderr : io.stdout).write(HELP);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    io.stdout.write(`${software().version}\n`);
    return 0;
  }
  const command = commandNamed(name === "help" ? rest[0]! : name);
  const line = parseCommandLine(command, name === "help" ? ["--help"] : rest);
  if (line.flag("help")) {
    io.stdout.write(helpOf(command, io.stdout));
    return 0;
  }
  return command.run(line, io);
}

/** Runs one command line and returns its exit status; errors are told, not thrown. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await run(args, io);
  } catch (error) {
    const command = COMMANDS.find(({ name }) => name === args[0])?.name;
    const end = args.indexOf("--");
    const json = args.slice(0, end < 0 ? args.length : end).includes("--json");
    reportError(error, io, json, command);
    return exitStatusOf(error);
  }
}
