import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { foldersOf } from "./support/imports.js";
import { type Installation, install, runSnippet, scriptOf, snippetsOf } from "./support/snippets.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { scripts, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** sh and ts blocks run; text is sample output; yaml, json and csv are content of files. */
const languages = ["sh", "ts", "text", "yaml", "json", "csv"];

const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
const rooms = foldersOf(join(root, "src")).map((room) => `src/${room}/README.md`);
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...docs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
  ...rooms.filter((page) => existsSync(join(root, page))),
];

let installed: Installation | undefined;
afterAll(() => installed?.remove());

describe("the snippets of", () => {
  it.each(pages)("%s run, one after another in one folder", (page) => {
    const snippets = snippetsOf(readFileSync(join(root, page), "utf8"));
    for (const { language, line } of snippets) expect(languages, `line ${line}`).toContain(language);
    const runnable = snippets.filter(({ language, code }) =>
      language === "sh" ? scriptOf(code, scripts) !== "" : language === "ts",
    );
    if (runnable.length === 0) return;
    installed ??= install(root, Object.keys(dependencies));
    const work = join(installed.folder, page.replace(/\W/g, "-"));
    for (const snippet of runnable) {
      expect(runSnippet(snippet, installed, work, root, scripts)).toBeUndefined();
    }
  });

  it.each(pages)("%s stand among links to files that exist", (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});

describe("the reader of snippets", () => {
  it("takes language, announced exit status, line and code of each fence", () => {
    const page =
      "# A\n```sh\necho 1\n```\n- b\n  ```text\n  two\n    deep\n  ```\n````sh exit=3\n```\n````\n";
    expect(snippetsOf(page)).toEqual([
      { language: "sh", exit: 0, code: "echo 1", line: 2 },
      { language: "text", exit: 0, code: "two\n  deep", line: 6 },
      { language: "sh", exit: 3, code: "```", line: 10 },
    ]);
  });

  it("refuses a fence that is never closed", () => {
    expect(() => snippetsOf("text\n```sh\necho 1\n")).toThrow("line 2");
  });

  const someScripts = { demo: "node dist/cli/main.js demo", elpis: "tsx src/cli/main.ts", check: "biome" };

  it.each([
    ["npm ci && npm test", ""],
    ["git clone https://example.org/elpis.git && cd elpis", ""],
    ["npm ci && npm run demo   # makes samples", "elpis demo"],
    ["npm run elpis -- inspect a.dcm", "elpis inspect a.dcm"],
    ["npm run check\nls", "ls"],
    ["npx elpis inspect a.dcm && ls", "npx elpis inspect a.dcm && ls"],
  ])("turns %j into %j", (code, script) => {
    expect(scriptOf(code, someScripts)).toBe(script);
  });

  it.each(["npm run nothing", "npm publish", "git push"])("refuses %j, which is no command here", (code) => {
    expect(() => scriptOf(code, someScripts)).toThrow("no command of this package");
  });

  it("reports a snippet that fails and one that does not fail as announced", () => {
    const run = (code: string, exit: number) => {
      const pretended: Installation = {
        folder: root,
        run: () => ({ status: code === "false" ? 1 : 0, output: "printed" }),
        remove: () => {},
      };
      return runSnippet({ language: "sh", exit, code, line: 4 }, pretended, root, root, {});
    };
    expect(run("false", 0)).toBe("line 4: exit 1, not 0\nprinted");
    expect(run("true", 3)).toContain("exit 0, not 3");
    expect(run("true", 0)).toBeUndefined();
  });
});
