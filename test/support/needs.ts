import { it } from "vitest";

/** What a test needs from its machine: given, or missing, which skips the test or fails it. */
export type Need<T> =
  | { readonly kind: "run"; readonly given: T }
  | { readonly kind: "skip" | "fail"; readonly reason: string };

declare module "vitest" {
  interface TaskMeta {
    /** Why a test was skipped; `npm test` prints it. */
    skipReason?: string;
  }
}

/** A test that is handed what it needs, or reported as skipped or failed with the reason. */
export function itNeeding<T>(
  title: string,
  look: () => Need<T>,
  run: (given: T) => unknown,
  timeout?: number,
): void {
  it(
    title,
    async ({ task, skip }) => {
      const need = look();
      if (need.kind === "run") return void (await run(need.given));
      if (need.kind === "fail") throw new Error(need.reason);
      task.meta.skipReason = need.reason;
      skip(need.reason);
    },
    timeout,
  );
}
