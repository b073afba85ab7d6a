import { equalBytes, latin1 } from "../base/index.js";
import { BINARY, type DataSet, Edits, Flag, padded, type VR } from "../dicom/index.js";
import type { Decision } from "./decision.js";
import { ACTION_NAMES, type ActionCounts, type ActionName, type HeldReason } from "./types.js";
import { dummyText } from "./values.js";

const ACTION_PLACE = Object.fromEntries(ACTION_NAMES.map((name, i) => [name, i])) as Record<
  ActionName,
  number
>;

/** Told of every element: what was done and why. For `inspect`. */
export type Recorder = (token: number, action: ActionName, why: string) => void;

/** The ways in which an element can go or change; each is counted, and told with its reason. */
export class Editor {
  readonly edits: Edits;
  readonly reasons: HeldReason[] = [];
  protected readonly data: DataSet;
  readonly #counts = new Uint32Array(ACTION_NAMES.length);
  readonly #record: Recorder | undefined;

  constructor(data: DataSet, record?: Recorder) {
    this.data = data;
    this.edits = new Edits(data);
    this.#record = record;
  }

  /** How often each action was taken; those never taken are left out. */
  get counts(): ActionCounts {
    return Object.fromEntries(
      ACTION_NAMES.map((name, i) => [name, this.#counts[i]!] as const).filter(([, count]) => count > 0),
    );
  }

  protected dummy(token: number, decision: Decision): void {
    if (this.data.length(token) === 0) return this.done(token, "kept", `${decision.why}; already empty`);
    const vr = this.data.vrAt(token) ?? decision.vr;
    const text = dummyText(decision.vr === "UN" ? vr : decision.vr);
    const bytes = text === undefined ? new Uint8Array(Math.min(this.data.length(token), 8)) : latin1(text);
    this.replace(
      token,
      text === undefined ? vr : this.writtenVr(token, decision.vr),
      bytes,
      "dummy",
      decision.why,
    );
  }

  /** VR to write: the file's own when it is a text VR, else the dictionary's. */
  protected writtenVr(token: number, vr: VR): VR {
    const actual = this.data.vrAt(token);
    return actual && !BINARY.has(actual) ? actual : vr === "UN" ? "LO" : vr;
  }

  protected fallBack(token: number, decision: Decision, reason: string): void {
    const why = `${decision.why}; ${reason}`;
    if (decision.fallback === "remove") return this.remove(token, why);
    if (decision.fallback === "empty") return this.empty(token, { ...decision, why });
    this.dummy(token, { ...decision, why });
  }

  protected empty(token: number, decision: Decision): void {
    if (this.data.length(token) === 0) return this.done(token, "kept", `${decision.why}; already empty`);
    const vr = this.data.vrAt(token) ?? decision.vr;
    this.edits.replace(token, vr, vr === "SQ" ? [] : new Uint8Array(0));
    this.done(token, "emptied", decision.why);
  }

  protected remove(token: number, why: string): void {
    this.edits.remove(token);
    this.done(token, "removed", why);
  }

  protected replace(token: number, vr: VR, bytes: Uint8Array, action: ActionName, why: string): void {
    const value = padded(bytes, vr);
    if (this.#isAlready(token, vr, value)) return this.done(token, "kept", why);
    this.edits.replace(token, vr, value);
    this.done(token, action, why);
  }

  /** An age below the cap, a UID of the standard: what would be written stands there. */
  #isAlready(token: number, vr: VR, value: Uint8Array): boolean {
    const isImplicit = (this.data.tokens.flags[token]! & Flag.Implicit) !== 0;
    if (this.data.length(token) !== value.length || this.data.isSequence(token)) return false;
    if (!isImplicit && this.data.vrAt(token) !== vr) return false;
    return equalBytes(this.data.bytes(token), value);
  }

  protected hold(code: HeldReason["code"], token: number, detail: string): void {
    this.reasons.push({ code, detail: `${this.data.path(token)}: ${detail}` });
    this.done(token, "kept", `held: ${detail}`);
  }

  protected done(token: number, action: ActionName, why: string): void {
    this.#counts[ACTION_PLACE[action]]!++;
    this.#record?.(token, action, why);
  }
}
