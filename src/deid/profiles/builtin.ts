/** The profiles that come along, as their YAML. docs/guides/profiles.md shows how a site extends one. */
export const BUILTIN_PROFILES = {
  basic: `# PS3.15 Basic Application Level Confidentiality Profile, and nothing beside it: no dates, no descriptions.
name: basic
options: []
patient-id: "{12}"
patient-name: Patient^{8}
uid-root: "2.25"
dates: {min-days: -3650, max-days: -1}
pixels: examine
marks: keep
`,
  research: `# What most AI and research work needs: shifted dates, patient characteristics, cleaned text.
name: research
extends: basic
options:
  - clean-descriptors
  - clean-structured-content
  - clean-graphics
  - retain-patient-characteristics
  - retain-safe-private
  - modified-dates
`,
  limited: `# As research, with full dates: for an agreement that allows them (45 CFR 164.514(e)).
name: limited
extends: research
options:
  add: [retain-full-dates]
  remove: [modified-dates]
`,
} as const;

export type BuiltinProfile = keyof typeof BUILTIN_PROFILES;

export function isBuiltin(name: string): name is BuiltinProfile {
  return Object.hasOwn(BUILTIN_PROFILES, name);
}
