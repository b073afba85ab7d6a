import { expect, it } from "vitest";
import { makeHead, posed, renderSkin } from "./index.js";

const head = makeHead(9, { kind: "CT", step: 3, noise: 0 });
const size = 96;
const view = { size, field: 260, centre: [0, -15, 10] as const };

/** How alike two pictures are where both show something, -1 to 1. */
function correlation(a: Uint8Array, b: Uint8Array): number {
  const both = [...a.keys()].filter((at) => a[at] && b[at]);
  const mean = (of: Uint8Array): number => both.reduce((sum, at) => sum + of[at]!, 0) / both.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const at of both) {
    const [p, q] = [a[at]! - ma, b[at]! - mb];
    ab += p * q;
    aa += p * p;
    bb += q * q;
  }
  return ab / Math.sqrt(aa * bb);
}

it("shows a head before black, brighter above than below", () => {
  const { grey } = renderSkin(head.volume, 0, 0, -300, view);
  const seen = grey.filter((value) => value > 0).length / grey.length;
  expect(seen).toBeGreaterThan(0.25);
  expect(seen).toBeLessThan(0.8);
  expect(grey[0]).toBe(0);
});

it("walks around the head as the head would turn the other way", () => {
  const walked = renderSkin(head.volume, 15, 0, -300, { ...view, centre: [0, 0, 10] });
  const turned = renderSkin(posed(head, { yaw: -15 }).volume, 0, 0, -300, { ...view, centre: [0, 0, 10] });
  const other = renderSkin(posed(head, { yaw: 15 }).volume, 0, 0, -300, { ...view, centre: [0, 0, 10] });
  expect(correlation(walked.grey, turned.grey)).toBeGreaterThan(0.9);
  expect(correlation(walked.grey, other.grey)).toBeLessThan(correlation(walked.grey, turned.grey) - 0.1);
});

it("rises above the head as the head would nod", () => {
  const view0 = { ...view, centre: [0, 0, 0] as const };
  const risen = renderSkin(head.volume, 0, 15, -300, view0);
  const nodded = renderSkin(posed(head, { pitch: -15 }).volume, 0, 0, -300, view0);
  expect(correlation(risen.grey, nodded.grey)).toBeGreaterThan(0.9);
});

it("shows one person alike in CT and MR, and two persons less so", () => {
  const seen = (seed: number, kind: "CT" | "MR-T1") =>
    renderSkin(makeHead(seed, { kind, step: 2, noise: 0 }).volume, 0, 0, kind === "CT" ? -300 : 150, view)
      .grey;
  const [same, other] = [
    correlation(seen(1, "CT"), seen(1, "MR-T1")),
    correlation(seen(1, "CT"), seen(2, "CT")),
  ];
  expect(same).toBeGreaterThan(other + 0.1);
});
