import { spawnSync } from "node:child_process";
import { constants, createDecipheriv, privateDecrypt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { itWithTool } from "../../test/support/tools.js";
import { equalBytes, isElpisError } from "../base/index.js";
import { EXPLICIT_LITTLE, memorySource, newElements, readFile, ROOT, Tags, tokenise } from "../dicom/index.js";
