import { expect } from "vitest";
import { type ElpisError, isElpisError } from "../../src/base/index.js";
import { type ProfileFiles, parseProfile } from "../../src/deid/profile.js";

/** Long enough to keep a direct identifier for. */
export const REASON = "approved by the data protection officer";

/** A profile of these lines, the first of which is the third of its file. */
export function site(lines: string, files: ProfileFiles = {}) {
  return parseProfile(`name: site\nextends: research\n${lines}`, "site.yaml", files);
}

/** The lines of a refusal, without its heading. */
export function problems(text: string, files: ProfileFiles = {}): string[] {
  try {
    parseProfile(text, "site.yaml", files);
  } catch (error) {
    if (!isElpisError(error, "PROFILE_INVALID")) throw error;
    const [heading, ...lines] = (error as ElpisError).message.split("\n");
    const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
    expect(heading).toBe(`profile site.yaml: ${count}`);
    return lines.map((line) => line.trim());
  }
  return [];
}

/** What is wrong with a profile of these lines. */
export const siteProblems = (lines: string, files: ProfileFiles = {}) =>
  problems(`name: site\nextends: research\n${lines}`, files);

/** A rule for one attribute. */
export const rule = (attribute: string, action: string, rest = `reason: ${REASON}`) =>
  `attributes:\n  ${attribute}: {action: ${action}, ${rest}}\n`;
