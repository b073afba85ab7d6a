import { cone, cut, ellipsoid, Field, join, type Part, type Point, rotation, type Shape } from "./field.js";
import type { Place } from "./person.js";
import {
  chinCentre,
  cranialLobes,
  earFrame,
  eyeCentre,
  fontanelleCentre,
  mouthCentre,
  noseTip,
  SIDES,
} from "./skin.js";

/** The fields of a head, each read in the order in which a voxel is painted. */
export interface Anatomy {
  readonly skin: Field;
  /** The space within the skull. */
  readonly cranial: Field;
  /** Bones of the face and the spine. */
  readonly faceBone: Field;
  readonly cerebellum: Field;
  readonly stem: Field;
  readonly ventricles: Field;
  readonly deepGrey: Field;
  /** Fat around the eyes. */
  readonly orbit: Field;
  readonly eyeball: Field;
  readonly lens: Field;
  readonly nerve: Field;
  readonly eyeMuscle: Field;
  readonly air: Field;
  readonly teeth: Field;
  readonly cord: Field;
  /** Where an infant's skull has not closed. */
  readonly fontanelle: Field;
}

/** What a field is told apart for: mm beneath its surface, and beyond it. */
const NEAR = 3;

export function anatomyOf(place: Place, skin: readonly Part[]): Anatomy {
  const near = (parts: readonly Part[]): Field => new Field(parts, NEAR, NEAR);
  const { fontanelle } = place.person;
  return {
    skin: new Field(skin, 16, 9),
    cranial: new Field(cranialSpace(place), 24, 14),
    faceBone: new Field(faceBones(place), 6, NEAR),
    cerebellum: new Field(hindbrain(place), NEAR, 4),
    stem: near(brainStem(place)),
    ventricles: near(ventricles(place)),
    deepGrey: near(deepGrey(place)),
    orbit: near(orbits(place)),
    eyeball: near(SIDES.map((side) => join(ball(eyeCentre(place, side), place.person.eye.radius)))),
    lens: near(SIDES.map((side) => join(lens(eyeCentre(place, side), place.person.eye.radius)))),
    nerve: near(opticNerves(place)),
    eyeMuscle: near(eyeMuscles(place)),
    air: near(airways(place)),
    teeth: near(place.person.teeth ? teeth(place) : []),
    cord: near(cord(place)),
    fontanelle: near(
      fontanelle ? [join(ellipsoid(fontanelleCentre(place), [fontanelle, 1.4 * fontanelle, 30]))] : [],
    ),
  };
}

function ball(centre: Point, radius: number): Shape {
  return ellipsoid(centre, [radius, radius, radius]);
}

function lens([x, y, z]: Point, radius: number): Shape {
  return ellipsoid([x, y - 0.62 * radius, z], [4.6, 2.1, 4.6]);
}

/** The lobes less the skull's base: the sella and clivus, and the roofs of the orbits. */
function cranialSpace(place: Place): Part[] {
  const roofs = SIDES.map((side) => {
    const [x, y, z] = eyeCentre(place, side);
    const back: Point = [0.62 * x, y + 36, z + 2];
    return cut(cone([x, y - 6, z], back, 21 * place.person.faceBreadth, 9), 6);
  });
  return [
    ...cranialLobes(place, 0),
    cut(ellipsoid(place.cranium(0, -30, 6), place.craniumRadii(15, 24, 15)), 10),
    cut(cone(place.cranium(0, -10, 4), place.cranium(0, 8, -28), 9, 10), 8),
    ...roofs,
    // The foramen magnum.
    join(cone(place.cranium(0, 20, 0), place.cranium(0, 23, -34), 13, 11), 8),
  ];
}

function hindbrain(place: Place): Part[] {
  return SIDES.map(({ sign }) =>
    join(ellipsoid(place.cranium(sign * 22, 42, -2), place.craniumRadii(27, 27, 22)), 6),
  );
}

function brainStem(place: Place): Part[] {
  return [
    join(cone(place.cranium(0, 2, 32), place.cranium(0, 12, 6), 10, 14)),
    join(cone(place.cranium(0, 12, 6), place.cranium(0, 22, -38), 13, 6.5), 6),
  ];
}

function ventricles(place: Place): Part[] {
  const sided = SIDES.flatMap(({ sign }) => [
    join(cone(place.cranium(sign * 9, -26, 52), place.cranium(sign * 15, 22, 58), 5.5, 6), 3),
    join(cone(place.cranium(sign * 15, 22, 58), place.cranium(sign * 27, 38, 38), 6, 5), 4),
    join(cone(place.cranium(sign * 27, 38, 38), place.cranium(sign * 36, 2, 20), 4, 2.2), 3),
  ]);
  return [
    ...sided,
    join(ellipsoid(place.cranium(0, 2, 40), place.craniumRadii(2.2, 13, 9)), 2),
    join(ellipsoid(place.cranium(0, 28, 2), place.craniumRadii(8, 5, 11)), 2),
  ];
}

function deepGrey(place: Place): Part[] {
  return SIDES.flatMap(({ sign }) => [
    join(ellipsoid(place.cranium(sign * 11, 8, 44), place.craniumRadii(8, 14, 9))),
    join(ellipsoid(place.cranium(sign * 24, -8, 44), place.craniumRadii(6, 16, 10), rotation(sign * 15))),
  ]);
}

/** Cones of fat from the lids back to the optic canals. */
function orbits(place: Place): Part[] {
  return SIDES.map((side) => {
    const [x, y, z] = eyeCentre(place, side);
    const { radius } = place.person.eye;
    return join(cone([x, y - 2, z], [0.6 * x, y + 38, z + 2], radius + 5, 3.5));
  });
}

function opticNerves(place: Place): Part[] {
  const crossing = place.cranium(0, -17, 24);
  return SIDES.flatMap((side) => {
    const [x, y, z] = eyeCentre(place, side);
    const canal: Point = [0.55 * x, y + 40, z + 3];
    return [
      join(cone([x, y + place.person.eye.radius, z], canal, 2, 1.9), 1),
      join(cone(canal, crossing, 1.9, 2.4), 1),
    ];
  });
}

function eyeMuscles(place: Place): Part[] {
  const around = [0, 90, 180, 270].map((degrees) => (degrees * Math.PI) / 180);
  return SIDES.flatMap((side) => {
    const [x, y, z] = eyeCentre(place, side);
    const reach = place.person.eye.radius + 1.5;
    return around.map((angle) =>
      join(
        cone(
          [x + reach * Math.cos(angle), y, z + reach * Math.sin(angle)],
          [0.62 * x, y + 36, z + 2],
          1.6,
          1.8,
        ),
      ),
    );
  });
}

function faceBones(place: Place): Part[] {
  const { person } = place;
  const { forehead, jaw, cheek, feature } = person;
  const chin = chinCentre(place);
  const slim = 0.5 + 0.5 * feature;
  const frontal = place.face(0, -50, 40);
  const sided = SIDES.flatMap(({ sign }) => {
    const eye = eyeCentre(place, SIDES[sign > 0 ? 0 : 1]);
    const gonion = place.face(sign * (34 + 8 * feature), -16, -56);
    const angle: Point = [gonion[0] + (sign * jaw.wide) / 2, gonion[1], gonion[2] - jaw.angle];
    const zygoma = place.face(sign * 44, -60, -6);
    const cheekbone: Point = [zygoma[0] + (sign * cheek.bone) / 2, zygoma[1], zygoma[2] + cheek.high];
    return [
      join(cone(place.face(sign * 54, -12, -8), angle, 5 * slim, 6.5 * slim), 5),
      join(cone(angle, [sign * 12 * feature, chin[1] + 5, chin[2] + 3], 7 * slim, 8 * slim), 5),
      join(ellipsoid(cheekbone, place.radii(11, 15, 10, 0), rotation(sign * 35)), 8),
      join(cone(cheekbone, place.face(sign * 61, -14, -3), 5 * slim, 3.5 * slim), 5),
      join(cone(cheekbone, place.face(sign * 48, -62, 30), 6 * slim, 5 * slim), 5),
      join(ellipsoid(place.face(sign * 24, -58, -18), place.radii(21, 26, 22, -18)), 6),
      cut(
        cone(
          [eye[0], eye[1] - 14, eye[2]],
          [0.6 * eye[0], eye[1] + 38, eye[2] + 2],
          person.eye.radius + 7.5,
          4,
        ),
        3,
      ),
    ];
  });
  return [
    join(ellipsoid([0, frontal[1] - forehead.forward, frontal[2]], place.radii(48, 37, 25, 40)), 10),
    join(ellipsoid(place.cranium(0, -26, 0), place.craniumRadii(20, 26, 18)), 10),
    ...sided,
    join(ellipsoid(place.face(0, -68, -38), place.radii(24, 22, 11, -38)), 6),
    join(ellipsoid([0, chin[1] + 4, chin[2] + 2], place.radii(13, 9, 12, -80)), 6),
    join(cone(place.face(0, -80, 22), place.face(0, -90, 3), 4 * slim, 3 * slim), 4),
    ...spine(place),
  ];
}

function spine(place: Place): Part[] {
  const levels = [0, 1, 2, 3, 4, 5, 6];
  const vertebrae = levels.flatMap((level): Part[] => {
    const z = -48 - 19 * level;
    const y = 20 + 1.2 * level;
    return [
      join(ellipsoid(place.cranium(0, y, z), place.craniumRadii(13, 10, 7.5)), 2),
      join(cone(place.cranium(-18, y + 12, z), place.cranium(18, y + 12, z), 5, 5), 3),
      join(cone(place.cranium(0, y + 22, z), place.cranium(0, y + 40, z - 5), 4, 4), 4),
    ];
  });
  return [...vertebrae, cut(cone(place.cranium(0, 36, -28), place.cranium(0, 45, -190), 9, 9), 2)];
}

function cord(place: Place): Part[] {
  return [join(cone(place.cranium(0, 24, -36), place.cranium(0, 45, -190), 6.5, 5))];
}

/** Crowns along two arcs behind the lips. */
function teeth(place: Place): Part[] {
  const [x, , z] = mouthCentre(place);
  const [front] = [place.depth(-88)];
  const { faceBreadth, faceDepth } = place.person;
  const rows = [5.5, -5.5].map((up) => ({ up, wide: up > 0 ? 27 : 25 }));
  return rows.flatMap(({ up, wide }) =>
    Array.from({ length: 14 }, (_, i) => {
      const angle = ((i - 6.5) / 6.5) * 1.42;
      const at: Point = [
        x + wide * Math.sin(angle) * faceBreadth,
        front + 46 * (1 - Math.cos(angle)) * faceDepth + (up > 0 ? 0 : 1.5),
        z + up,
      ];
      const molar = Math.abs(i - 6.5) > 3.5 ? 1.5 : 1;
      return join(ellipsoid(at, [3 * molar, 3 * molar, 4.6]));
    }),
  );
}

/** From the nostrils and the mouth down the throat, with the sinuses, and the ears' canals. */
function airways(place: Place): Part[] {
  const { mouth, age, nose, neck, feature } = place.person;
  const slim = 0.5 + 0.5 * feature;
  // A little behind the front of the neck.
  const larynx: Point = [0, place.cranium(0, 22, 0)[1] + 14 - 50 * neck, place.height(-75)];
  const tip = noseTip(place);
  const lips = mouthCentre(place);
  const throat = place.face(0, -14, -22);
  const sided = SIDES.flatMap((side) => {
    const { sign } = side;
    const { centre, scale } = earFrame(place, side);
    return [
      // Two narrow passages on either side of the septum, with the conchae between.
      join(cone(place.face(sign * 4, -88, -16), place.face(sign * 6, -40, -14), 2.6 * nose.scale, 3)),
      join(cone(place.face(sign * 3, -82, 2), place.face(sign * 4, -42, 4), 1.8 * nose.scale, 2), 1),
      join(
        cone(
          [tip[0] + sign * 5.4 * nose.scale, tip[1] + 9, tip[2] - 9],
          place.face(sign * 4, -88, -14),
          2,
          2.6,
        ),
      ),
      join(cone(place.face(sign * 6, -40, -14), throat, 3, 6), 3),
      join(
        cone(
          [centre[0] - sign * 2, centre[1] - 1.5 * scale, centre[2] - 3],
          place.cranium(sign * 42, 0, -3),
          2.4 * scale,
          1.8 * scale,
        ),
        1,
      ),
      ...(age === "infant" ? [] : sinuses(place, sign)),
    ];
  });
  const open = mouth.open
    ? [join(ellipsoid([lips[0], lips[1] + 26, lips[2]], [16, 34, mouth.open / 2]), 2)]
    : [];
  return [
    ...sided,
    join(cone(throat, larynx, 6.5 * slim, 7 * slim), 4),
    join(cone(larynx, [0, larynx[1] + 12, -220], 7 * slim, 8 * slim), 4),
    ...open,
  ];
}

function sinuses(place: Place, sign: number): Part[] {
  const grown = place.person.age === "adult";
  const maxillary = grown ? place.radii(11, 15, 14, -18) : place.radii(8, 11, 8, -18);
  return [
    join(ellipsoid(place.face(sign * 26, -60, -18), maxillary)),
    join(ellipsoid(place.face(sign * 7, -60, 10), place.radii(4, 17, 7, 10))),
    ...(grown
      ? [
          join(ellipsoid(place.face(sign * 9, -83, 36), place.radii(8, 3.5, 8, 36))),
          join(ellipsoid(place.cranium(sign * 7, -30, 4), place.craniumRadii(6, 10, 8))),
          join(ellipsoid(place.cranium(sign * 54, 22, -14), place.craniumRadii(5, 7, 9))),
        ]
      : []),
  ];
}
