import { describe, expect, it } from "vitest";
import { clusteredShare, wilson } from "./intervals.js";

const of = (count: number, hits: number, size: number) =>
  Array.from({ length: count }, () => ({ hits, of: size }));

describe("the interval of a share", () => {
  it("is Wilson's, as his paper and every table has it", () => {
    const { value, low, high } = wilson(81, 263);
    expect([value, low, high].map((share) => share.toFixed(4))).toEqual(["0.3080", "0.2553", "0.3662"]);
    expect(wilson(0, 0)).toMatchObject({ low: 0, high: 1 });
  });

  it("is the same where cases come one by one, and where every cluster has the same share", () => {
    const [one, plain] = [clusteredShare([...of(95, 1, 1), ...of(5, 0, 1)]), wilson(95, 100)];
    expect(one.low).toBeCloseTo(plain.low, 3);
    expect(one.high).toBeCloseTo(plain.high, 3);
    expect(clusteredShare(of(10, 9, 10))).toEqual(wilson(90, 100));
  });

  it("is as wide as that of the clusters where their cases are hit or missed all together", () => {
    const [clustered, images] = [clusteredShare([...of(95, 20, 20), ...of(5, 0, 20)]), wilson(95, 100)];
    expect(clustered.value).toBe(0.95);
    expect(clustered.low).toBeCloseTo(images.low, 2);
    expect(clustered.high).toBeCloseTo(images.high, 2);
    expect(clustered.high - clustered.low).toBeGreaterThan(
      3 * (wilson(1900, 2000).high - wilson(1900, 2000).low),
    );
  });

  it("is not of no width where nothing was missed", () => {
    expect(clusteredShare(of(50, 4, 4))).toEqual(wilson(200, 200));
    expect(clusteredShare([]).of).toBe(0);
  });
});
