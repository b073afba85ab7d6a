import { expect } from "vitest";
import { itNeeding } from "./needs.js";

itNeeding(
  "hands a test what it needs",
  () => ({ kind: "run", given: 7 }),
  (given) => expect(given).toBe(7),
);
