import {
  cone,
  cut,
  ellipsoid,
  Field,
  fold,
  intoSpace,
  join,
  type Part,
  type Point,
  ring,
  rotation,
  swell,
} from "./field.js";
import { EYE_LEVEL, NOSE_BASE, type Place } from "./person.js";

/** mm from the skull to the skin of the scalp. */
export const SCALP = 5.5;

/** The braincase from its lobes, `grow` mm larger than the space within the skull. */
export function cranialLobes(place: Place, grow: number): Part[] {
  const lobe = (centre: Point, radii: Point): Part =>
    join(ellipsoid(place.cranium(...centre), place.craniumRadii(...radii, grow)), 26);
  return [
    lobe([0, 2, 60], [64, 82, 55]),
    lobe([0, 36, 10], [52, 34, 36]),
    ...[-1, 1].map((side) => lobe([side * 38, -8, 14], [24, 36, 20])),
  ];
}

/** Which side of the body, of a pair: x grows to the left (PS3.3 C.7.6.2.1.1). */
export const SIDES = [
  { sign: 1, index: 0 },
  { sign: -1, index: 1 },
] as const;

export type Side = (typeof SIDES)[number];

/** Where the middle of an eye is. */
export function eyeCentre(place: Place, { sign, index }: Side): Point {
  const { eye, sides } = place.person;
  const [x, y, z] = place.face(sign * 31.5, -73, EYE_LEVEL);
  return [x + (sign * eye.apart) / 2, y + eye.deep, z + eye.up + 0.8 * sides[0]![index]];
}

/** Where the front end of the nose's ball is centred. */
export function noseTip(place: Place): Point {
  const { nose } = place.person;
  const [x, y, z] = place.face(0, -102.5, -15);
  return [x + nose.bend, y - 8.5 * nose.scale - 0.85 * nose.forward, z - nose.drop];
}

/** The height at which the nose ends below. */
export function noseBase(place: Place): number {
  return (place.height(NOSE_BASE) + 3 + noseTip(place)[2] - 6 * place.person.nose.scale) / 2;
}

export function chinCentre(place: Place): Point {
  const { chin } = place.person;
  const [x, y, z] = place.face(0, -83, -83);
  return [x, y - chin.forward, z - chin.drop];
}

/** Everything outside in the order in which it is put on: head, face, eyes, nose, mouth, ears. */
export function skinParts(place: Place): Part[] {
  const bare = bareFace(place);
  return [
    ...bare,
    ...SIDES.flatMap((side) => eye(place, side, bare)),
    ...nose(place, bare),
    ...mouth(place, bare),
    ...SIDES.flatMap((side) => ear(place, side)),
  ];
}

/** The head before eyes, nose, mouth and ears are put on. */
function bareFace(place: Place): Part[] {
  return [
    ...cranialLobes(place, place.person.skull + SCALP),
    ...fontanelle(place),
    ...neck(place),
    ...faceBlock(place),
    ...jawAndCheeks(place),
  ];
}

/** y at which a ray from the front meets a surface. */
export function frontOf(field: Field, x: number, z: number): number {
  let y = -200;
  for (let steps = 0; steps < 200 && y < 150; steps++) {
    const gap = field.exactly(x, y, z);
    if (gap < 0.02) break;
    y += 0.7 * Math.min(20, gap);
  }
  return y;
}

/** The middle of the mouth's slit: on the skin, where the lips are put on. */
export function mouthCentre(place: Place): Point {
  const { mouth } = place.person;
  const [x, , z] = place.face(0, -100, -50);
  const up = z + mouth.up;
  return [x, frontOf(new Field(bareFace(place), 1, 1), x, up), up];
}

function fontanelle(place: Place): Part[] {
  const { fontanelle: wide } = place.person;
  return wide ? [swell(fontanelleCentre(place), [2 * wide, 2 * wide, 25], -1)] : [];
}

/** Where the four plates of an infant's skull meet, on the braincase. */
export function fontanelleCentre(place: Place): Point {
  return place.cranium(0, -26, 112);
}

function neck(place: Place): Part[] {
  const { neck: scale, feature } = place.person;
  // A child's neck is short.
  const shoulders = -75 - 100 * feature;
  const [, nape] = place.cranium(0, 22, 0);
  const top: Point = [0, nape - 8, -20];
  return [
    join(cone(top, [0, nape + 10, shoulders], 50 * scale, 57 * scale), 22),
    join(ellipsoid([0, nape + 18, shoulders - 50], [190 * scale, 66 * scale, 62]), 40),
  ];
}

function offset([x, y, z]: Point, right: number, back: number, up: number): Point {
  return [x + right, y + back, z + up];
}

function faceBlock(place: Place): Part[] {
  const { forehead, browHeight, mouth } = place.person;
  const frontal = place.face(0, -52, 40);
  const brow = 31 + browHeight;
  return [
    join(ellipsoid([frontal[0], frontal[1] - forehead.forward, frontal[2]], place.radii(55, 41, 30, 40)), 16),
    ...SIDES.map(({ sign }) =>
      swell(place.face(sign * 25, -82, 60), place.radii(42, 36, 34, 58), 0.6 * forehead.bossing),
    ),
    join(ellipsoid(place.face(0, -48, -8), place.radii(57, 45, 42, 0)), 16),
    join(ellipsoid(place.face(0, -58, -46), place.radii(42, 41, 36, -48)), 18),
    join(ellipsoid(offset(place.face(0, -72, -38), 0, -mouth.forward, 0), place.radii(31, 29, 27, -38)), 16),
    ...SIDES.map(({ sign }) =>
      join(ellipsoid(place.face(sign * 46, -46, 26), place.radii(19, 32, 26, 26)), 20),
    ),
    ...SIDES.map(({ sign, index }) =>
      swell(
        place.face(sign * 27, -90, brow + 0.8 * place.person.sides[1]![index]),
        place.radii(26, 20, 12, 30),
        forehead.brow,
      ),
    ),
    swell(place.face(0, -93, 30), place.radii(16, 18, 12, 30), 0.6 * forehead.brow),
  ];
}

function jawAndCheeks(place: Place): Part[] {
  const { person } = place;
  const { cheek, jaw, chin } = person;
  const [, , chinHeight] = chinCentre(place);
  const chinAt = chinCentre(place);
  const sided = SIDES.flatMap(({ sign, index }) => {
    const uneven = person.sides[2]![index];
    const gonion = place.face(sign * (34 + 8 * person.feature), -20, -58);
    const angle: Point = [gonion[0] + (sign * (jaw.wide + uneven)) / 2, gonion[1], gonion[2] - jaw.angle];
    const zygoma = place.face(sign * 46, -62, -5);
    const bone: Point = [zygoma[0] + (sign * (cheek.bone + uneven)) / 2, zygoma[1], zygoma[2] + cheek.high];
    const corner: Point = [sign * 14 * person.feature * chin.wide, chinAt[1] + 9, chinHeight + 2];
    return [
      join(cone(place.face(sign * 54, -16, -6), angle, 15, 14), 20),
      join(cone(angle, corner, 14, 12), 20),
      join(ellipsoid(bone, place.radii(17, 21, 15, 0), rotation(sign * 35)), 22),
      // The chewing muscle before the jaw's branch.
      join(
        cone(
          offset(place.face(sign * 49, -34, -12), (sign * cheek.bone) / 2, 0, 0),
          offset(place.face(sign * 39, -38, -58), (sign * jaw.wide) / 2, 0, 0),
          14,
          12,
        ),
        20,
      ),
      // The cheek's muscle and fat, from the cheekbone down to the jaw.
      join(cone(place.face(sign * 43, -52, -12), place.face(sign * 34, -54, -58), 17, 17), 20),
      swell(place.face(sign * 44, -74, -34), place.radii(28, 36, 30, -36), 0.7 * cheek.full + 0.7 * uneven),
    ];
  });
  return [
    ...sided,
    ...(person.weight > 0.1
      ? [join(ellipsoid(offset(chinAt, 0, 34, -9 - 5 * person.weight), [34, 30, 9 + 9 * person.weight]), 18)]
      : []),
    join(ellipsoid(place.face(0, -42, -66), place.radii(38, 48, 22, -66)), 16),
    join(ellipsoid(chinAt, place.radii(19 * chin.wide, 16, 9 + 6 * person.feature, -80)), 13),
    swell([chinAt[0], chinAt[1] - 16, chinHeight - 2], [5, 8, 10], -Math.max(0, chin.cleft)),
  ];
}

function eye(place: Place, side: Side, bare: readonly Part[]): Part[] {
  const { eye: traits, midface, faceBreadth, feature } = place.person;
  const { sign } = side;
  const [x, y, z] = eyeCentre(place, side);
  const { radius, lid } = traits;
  const front = y - radius;
  const socket = [
    swell([x - sign * 3, y - 15, z + 1], [24, 20, 18 * midface], -traits.hollow),
    swell([x - sign * 14, y - 17, z + 2], [10, 14, 13], -0.4 * traits.hollow),
    join(ellipsoid([x, y, z], [radius + 2.4, radius + 2.3, radius + 1.6]), 5),
    swell([x + sign * 2, front + 1, z + 10], [17, 12, 5], lid),
  ];
  const face = new Field([...bare, ...socket], 1, 1);
  const on = (across: number, up: number): Point => [
    x + sign * across,
    frontOf(face, x + sign * across, z + up),
    z + up,
  ];
  const wide = 14 * faceBreadth;
  const inner = on(-wide, -2);
  const outer = on(wide, traits.slant - 2);
  const half = Math.max(0.4, traits.open / 2);
  const slit = (rise: number): Part[] => [
    cut(cone(inner, on(-0.4 * wide, rise - 1.5), 0.9, 1.2), 0.8),
    cut(cone(on(-0.4 * wide, rise - 1.5), on(0.5 * wide, rise - 1.2 + 0.3 * traits.slant), 1.2, 1.2), 0.8),
    cut(cone(on(0.5 * wide, rise - 1.2 + 0.3 * traits.slant), outer, 1.2, 0.9), 0.8),
  ];
  return [
    ...socket,
    // The lids' folds: above the upper one, and below the lower one.
    fold(on(-0.9 * wide, 5), on(0, 9), 4, -1.8 * feature),
    fold(on(0, 9), on(wide, 5.5 + traits.slant), 4, -1.8 * feature),
    fold(on(-0.8 * wide, -9), on(0.7 * wide, -12), 5, -1.1 * feature),
    ...slit(half),
    ...(half > 1 ? [...slit(-half), ...openLids([x, y, z], front, radius, half)] : []),
  ];
}

/** Between open lids the eyeball lies a little behind them. */
function openLids([x, y, z]: Point, front: number, radius: number, half: number): Part[] {
  return [
    cut(ellipsoid([x, front - 1, z - 1.2], [0.9 * radius, 4.5, half])),
    join(ellipsoid([x, y, z], [radius, radius, radius])),
  ];
}

function nose(place: Place, bare: readonly Part[]): Part[] {
  const { nose: traits } = place.person;
  const { scale, wide, tip } = traits;
  const face = new Field(bare, 1, 1);
  const at = noseTip(place);
  const root = place.face(0, -84.5, 21);
  const top: Point = [root[0], root[1] - traits.bridge, root[2]];
  const middle: Point = [
    (top[0] + at[0]) / 2 + 0.4 * traits.bend,
    (top[1] + at[1]) / 2 - traits.hump,
    (top[2] + at[2]) / 2 + 2,
  ];
  const low = noseBase(place);
  const base: Point = [0, frontOf(face, 0, low) + 2, low];
  const r = 7 * scale;
  const sides = [1, -1].flatMap((sign) => {
    const out = at[0] / 2 + sign * 10.2 * scale * wide;
    const ala: Point = [out, frontOf(face, out, low + 4) - 2.5 * scale, low + 3 * scale];
    return [
      // The side wall, from the bridge down to the wing and over to the tip.
      join(cone([middle[0], middle[1] + 5 * scale, middle[2]], ala, 6 * scale, 4.5 * scale), 8),
      join(cone([at[0], at[1] + 4 * scale, at[2]], ala, 6 * scale, 4.5 * scale), 6),
      join(ellipsoid(ala, [5.2 * scale * wide, 11 * scale, 6 * scale], rotation(sign * 20)), 8),
      // The crease around the wing of the nose.
      fold(
        [out + sign * 7 * scale, ala[1] + 1, low + 9 * scale],
        [out + sign * 7 * scale, ala[1] + 2, low],
        6,
        -0.9,
      ),
    ];
  });
  const nostrils = [1, -1].map((sign) =>
    cut(
      ellipsoid(
        [at[0] + sign * 5.4 * scale * wide, 0.62 * at[1] + 0.38 * base[1], low - 3.6 * scale],
        [2 * scale * wide, 3.2 * scale, 4.2 * scale],
        rotation(sign * 22),
      ),
      1.2,
    ),
  );
  return [
    join(cone(top, middle, r * (0.8 + 0.25 * wide), r * (0.8 + 0.3 * wide)), 15),
    join(cone(middle, at, r * (0.8 + 0.3 * wide), r * tip), 10),
    join(cone([at[0], at[1] + 2, at[2] - 1], base, 5.5 * scale, 5 * scale), 8),
    join(ellipsoid(at, [8.4 * scale * tip * (0.6 + 0.4 * wide), 7 * scale, 7 * scale * tip]), 8),
    ...sides,
    ...nostrils,
  ];
}

function mouth(place: Place, bare: readonly Part[]): Part[] {
  const { mouth: traits, faceBreadth, cheek, chin } = place.person;
  const face = new Field(bare, 1, 1);
  const [x, y, z] = mouthCentre(place);
  const half = 24.5 * faceBreadth * traits.wide;
  const full = 4.8 * traits.full * Math.sqrt(faceBreadth);
  const upper = full * traits.upper;
  const gape = traits.open / 2;
  /** On the skin, `out` mm before it. */
  const on = (across: number, up: number, out: number): Point => [
    across,
    frontOf(face, across, up) - out,
    up,
  ];
  const sides = [1, -1].map((sign) => ({
    sign,
    corner: on(x + sign * half, z + traits.smile, -1.2),
    between: on(x + sign * 0.55 * half, z + 0.3 * traits.smile, 0.4),
  }));
  const lips = sides.flatMap(({ sign, corner, between }) => [
    join(
      cone(
        on(x + sign * 3.5, z + gape + 0.8 * upper, -0.5 * upper),
        [between[0], between[1] + 3, between[2] + 0.7 * (upper + gape)],
        upper,
        0.8 * upper,
      ),
      2.5,
    ),
    join(
      cone([between[0], between[1] + 3, between[2] + 0.7 * (upper + gape)], corner, 0.8 * upper, 1.2),
      2.5,
    ),
    join(
      cone(
        on(x + sign * 5, z - gape - 0.85 * full, -0.5 * full),
        [between[0], between[1] + 3.4, between[2] - 0.7 * (full + gape)],
        1.15 * full,
        0.85 * full,
      ),
      2.5,
    ),
    join(
      cone([between[0], between[1] + 3.4, between[2] - 0.7 * (full + gape)], corner, 0.85 * full, 1.2),
      2.5,
    ),
  ]);
  const slit = sides.flatMap(({ sign, corner, between }) => [
    cut(cone([x, y - 1.6, z - 0.6], [between[0], between[1] - 0.6, between[2]], 1.3, 1.2), 1.6),
    cut(cone([between[0], between[1] - 0.6, between[2]], corner, 1.2, 0.9), 1.6),
    swell([corner[0] + sign * 2, corner[1] - 1, corner[2]], [7, 10, 7], -1.6),
    fold(
      on(sign * 19 * faceBreadth, place.height(-18), 0),
      on(corner[0] + sign * 8, corner[2] + 1, 0),
      9,
      -cheek.fold,
    ),
  ]);
  const open = gape ? [cut(ellipsoid([x, y + 6, z], [0.66 * half, 16, gape + 0.8]), 1.5)] : [];
  const philtrum = swell(on(x, z + 1.9 * upper + 5, 1), [4.5, 8, 8], -1.4);
  // Between lower lip and chin.
  const groove = swell(
    on(x, place.height(-67) + 0.5 * (traits.up - chin.drop), 0),
    place.radii(22, 12, 8, -67),
    -3.2,
  );
  return [...lips, philtrum, groove, ...slit, ...open];
}

/** Where an ear begins, and its axes: outward, backward along the ear, upward. */
export function earFrame(place: Place, { sign, index }: Side) {
  const { ear: traits, sides } = place.person;
  const turn = rotation(-sign * (traits.flare + 4 * sides[3]![index]), traits.lean);
  const [x, y, z] = place.cranium(sign * 71, 6, 3);
  return { centre: [x, y, z + traits.up + sides[4]![index]] as Point, turn, scale: traits.scale };
}

function ear(place: Place, side: Side): Part[] {
  const { sign } = side;
  const { centre, turn, scale } = earFrame(place, side);
  const { lobe } = place.person.ear;
  // Own axes of the ear: outward, backward, upward from its middle.
  const at = (out: number, back: number, up: number): Point =>
    offset(centre, ...intoSpace(turn, [sign * out * scale, back * scale, up * scale]));
  const radii = (out: number, back: number, up: number): Point => [out * scale, back * scale, up * scale];
  return [
    join(ellipsoid(at(2.5, 7, 2), radii(3.6, 15, 25), turn), 5),
    join(ring(at(4.5, 8, 4), 13.5 * scale, 24 * scale, 2.6 * scale, turn), 2),
    join(ellipsoid(at(3, 2, -19), radii(3.2, 6.5, 9 * lobe), turn), 5),
    cut(ellipsoid(at(7, 3, -1), radii(5.5, 8, 11), turn), 2),
    cut(ellipsoid(at(7, 9, 15), radii(4, 6, 7), turn), 2),
    join(ellipsoid(at(3, -5.5, -2), radii(3.5, 3, 5), turn), 2),
  ];
}
