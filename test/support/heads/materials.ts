export type HeadKind = "CT" | "MR-T1" | "MR-T2" | "PET";

export const MATERIALS = [
  "air",
  "hair",
  "skin",
  "fat",
  "muscle",
  "bone",
  "diploe",
  "fluid",
  "grey",
  "white",
  "sclera",
  "vitreous",
  "lens",
  "nerve",
  "dentine",
  "enamel",
  "mucosa",
  "cord",
  "table",
  "foam",
] as const;

export type Material = (typeof MATERIALS)[number];

/**
 * CT in Hounsfield units (Hounsfield 1980 and the usual ranges of textbooks); MR as brightness of a 1.5 T spin echo
 * weighted for T1 or T2, fat of T1 at 900; PET (FDG) as standardised uptake × 1000.
 */
const VALUES: Record<Material, readonly [ct: number, t1: number, t2: number, pet: number]> = {
  air: [-1000, 0, 0, 15],
  hair: [-930, 22, 18, 25],
  skin: [40, 460, 240, 650],
  fat: [-90, 900, 540, 350],
  muscle: [55, 350, 190, 800],
  bone: [1450, 45, 30, 500],
  diploe: [500, 430, 240, 900],
  fluid: [8, 110, 1000, 500],
  grey: [38, 470, 560, 9000],
  white: [29, 680, 400, 4000],
  sclera: [55, 250, 150, 500],
  vitreous: [8, 110, 980, 300],
  lens: [75, 300, 110, 300],
  nerve: [35, 560, 420, 1800],
  dentine: [1700, 25, 20, 300],
  enamel: [2500, 8, 6, 200],
  mucosa: [40, 380, 620, 1500],
  cord: [35, 600, 420, 2000],
  table: [-250, 0, 0, 15],
  foam: [-950, 0, 0, 15],
};

/** What each material shows in a kind of picture. */
export function valuesOf(kind: HeadKind): Readonly<Record<Material, number>> {
  const index = { CT: 0, "MR-T1": 1, "MR-T2": 2, PET: 3 } as const;
  const entries = MATERIALS.map((material) => [material, VALUES[material][index[kind]]] as const);
  return Object.fromEntries(entries) as Record<Material, number>;
}
