import { describe, expect, it } from "vitest";
import { complainOfDates, complainOfPatientId, complainOfPatientName, complainOfUidRoot } from "./shapes.js";

describe("the shapes", () => {
  it.each([
    [complainOfPatientId, "{12}", undefined],
    [complainOfPatientId, "SITE-{4}-{4}", undefined],
    [complainOfPatientId, "{7}", /at least 8/],
    [complainOfPatientId, "{0}{12}", /no placeholder/],
    [complainOfPatientId, "{41}", /no placeholder/],
    [complainOfPatientId, "{twelve}", /no placeholder/],
    [complainOfPatientId, "{12", /brace is not closed/],
    [complainOfPatientId, `${"A".repeat(53)}{12}`, /longer than the 64/],
    [complainOfPatientId, "a\\{12}", /names a folder/],
    [complainOfPatientId, "../{12}", /names a folder/],
    [complainOfPatientId, "a/{12}", /names a folder/],
    [complainOfPatientName, "Patient^{8}", undefined],
    [complainOfPatientName, "Anonymous", undefined],
    [complainOfPatientName, "A^B^C^D^E^{8}", /5 components/],
    [complainOfPatientName, "A=B=C={8}", /3 groups/],
    [complainOfPatientName, "a\\{8}", /letters, digits/],
    [complainOfPatientName, "", /letters, digits/],
    [complainOfPatientName, `{40}${"A".repeat(25)}`, /longer than the 64/],
    [complainOfUidRoot, "2.25", undefined],
    [complainOfUidRoot, "1.2.826.0.1.3680043.9.99", undefined],
    [complainOfUidRoot, "1.2.826.0.1.3680043.9.999", /24 characters/],
    [complainOfUidRoot, "1.02", /leading zeros/],
    [complainOfUidRoot, "3.1", /no UID root/],
    [complainOfUidRoot, "1.2.", /no UID root/],
    [complainOfUidRoot, "1.40.1", /below 40/],
    [complainOfUidRoot, "1.2.840.10008.9", /own root/],
    [complainOfUidRoot, "2.25.7", /stands alone/],
  ])("%o judges %j", (complain, shape, expected) => {
    const found = complain(shape);
    if (expected) expect(found).toMatch(expected);
    else expect(found).toBeUndefined();
  });

  it.each([
    [-3650, -1, undefined],
    [-30, -1, undefined],
    [-15, 15, undefined],
    [-29, -1, /29 days/],
    [-14, 15, /29 days/],
    [0, 0, /0 days/],
    [5, -5, /above max-days/],
    [-40_000, -1, /36500 days/],
  ])("a shift by %i to %i days", (min, max, expected) => {
    const found = complainOfDates(min, max);
    if (expected) expect(found).toMatch(expected);
    else expect(found).toBeUndefined();
  });
});
