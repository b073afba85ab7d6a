import { seededRandom } from "../../base/index.js";
import { brainMr, chestRadiograph, headCt, headPet, screenshot, ultrasound } from "./images.js";
import { type Sample, sampleStudy } from "./modules.js";
import { letter, presentationState, report, segmentation, structureSet } from "./objects.js";
import { directory, oddities } from "./odd.js";
import { PEOPLE } from "./people.js";

export type { Sample } from "./modules.js";
export { PEOPLE, type Person } from "./people.js";

/**
 * Sample studies of four people who never lived, as a careless export leaves them: images, a report,
 * contours, annotations, a document, and files that are broken, doubled or something else. The same seed
 * gives the same bytes. Nothing is read or written.
 */
export function* sampleStudies(seed = 1): Generator<Sample> {
  const random = seededRandom(seed);
  const head = sampleStudy(random, PEOPLE.musterfrau, {
    date: "20240305",
    time: "141500",
    description: "CT head, fall 03/02/2024, Mrs. Musterfrau",
  });
  const ct = headCt(head);
  yield* ct.samples;
  yield report(head, ct);
  yield structureSet(head, ct);
  yield presentationState(head, ct);
  yield segmentation(head, ct);
  yield* screenshot(head).samples;
  const followUp = sampleStudy(random, PEOPLE.musterfrau, {
    date: "20240612",
    time: "112000",
    description: "PET head",
  });
  yield* headPet(followUp).samples;
  const chest = sampleStudy(random, PEOPLE.obraztsova, {
    date: "20231108",
    time: "093000",
    description: "Chest PA",
  });
  yield* chestRadiograph(chest).samples;
  const brain = sampleStudy(random, PEOPLE.yamada, {
    date: "20240120",
    time: "080000",
    description: "MR brain",
  });
  yield* brainMr(brain).samples;
  const abdomen = sampleStudy(random, PEOPLE.exemplar, {
    date: "20240401",
    time: "160000",
    description: "US abdomen",
  });
  yield* ultrasound(abdomen).samples;
  yield letter(abdomen);
  yield* oddities(ct, chest);
  yield directory(head, ct);
}
