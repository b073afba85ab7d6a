/**
 * Distance fields of bodies put together from rounded shapes. A field is negative inside, about the distance to the
 * surface in mm near it, and is read voxel by voxel: `focus` names the ball that the next readings lie in, so that only
 * the parts that matter there are computed.
 */

/** About the distance in mm from a point to a surface, negative inside. */
export type Shape = (x: number, y: number, z: number) => number;
export type Point = readonly [x: number, y: number, z: number];

/** Joins or cuts a shape, with an edge rounded over `blend` mm; or swells the surface by `blend` mm (or sinks it). */
export interface Part {
  readonly how: "join" | "cut" | "swell";
  readonly shape: Shape;
  readonly blend: number;
  /** Of swell: how much `shape` (0 in the middle, 1 where the swelling ends) may change over one mm. */
  readonly slope: number;
}

export const join = (shape: Shape, blend = 0): Part => ({ how: "join", shape, blend, slope: 1 });
export const cut = (shape: Shape, blend = 0): Part => ({ how: "cut", shape, blend, slope: 1 });

/** Swells the surface by `amount` mm around a point, fading out over an ellipsoid. */
export function swell(centre: Point, radii: Point, amount: number): Part {
  const [cx, cy, cz] = centre;
  const [rx, ry, rz] = radii;
  const shape: Shape = (x, y, z) => length((x - cx) / rx, (y - cy) / ry, (z - cz) / rz);
  return { how: "swell", shape, blend: amount, slope: 1 / Math.min(rx, ry, rz) };
}

/** As `swell`, along a line and fading out over `radius` mm. */
export function fold(from: Point, to: Point, radius: number, amount: number): Part {
  const line = cone(from, to, 0, 0);
  return {
    how: "swell",
    shape: (x, y, z) => line(x, y, z) / radius,
    blend: amount,
    slope: 1 / radius,
  };
}

/** An ellipsoid; `turn` gives its own axes in space, else they are those of space. */
export function ellipsoid(centre: Point, radii: Point, turn?: Rotation): Shape {
  const [cx, cy, cz] = centre;
  const [ix, iy, iz] = [1 / radii[0], 1 / radii[1], 1 / radii[2]];
  const deepest = -Math.min(...radii);
  const shape: Shape = (x, y, z) => {
    const a = (x - cx) * ix;
    const b = (y - cy) * iy;
    const c = (z - cz) * iz;
    const inUnits = length(a, b, c);
    const steepness = length(a * ix, b * iy, c * iz);
    return steepness < 1e-9 ? deepest : (inUnits * (inUnits - 1)) / steepness;
  };
  return turn ? turned(shape, centre, turn) : shape;
}

/** A capsule whose radius goes from `r1` to `r2`. */
export function cone(from: Point, to: Point, r1: number, r2: number): Shape {
  const [ax, ay, az] = from;
  const [dx, dy, dz] = [to[0] - ax, to[1] - ay, to[2] - az];
  const perLength = 1 / Math.max(1e-9, dx * dx + dy * dy + dz * dz);
  return (x, y, z) => {
    const px = x - ax;
    const py = y - ay;
    const pz = z - az;
    const along = Math.min(1, Math.max(0, (px * dx + py * dy + pz * dz) * perLength));
    return length(px - along * dx, py - along * dy, pz - along * dz) - r1 - along * (r2 - r1);
  };
}

/** An elliptical ring in the plane of the second and third axis: a wire of radius `wire`. */
export function ring(centre: Point, across: number, up: number, wire: number, turn: Rotation): Shape {
  const [cx, cy, cz] = centre;
  const shape: Shape = (x, y, z) => {
    const v = (y - cy) / across;
    const w = (z - cz) / up;
    const scale = length(v, w, 0) || 1e-9;
    const gap = (scale - 1) * length((v / scale) * across, (w / scale) * up, 0);
    return length(x - cx, gap, 0) - wire;
  };
  return turned(shape, centre, turn);
}

/** A box with its edges along the axes of space. */
export function box(centre: Point, half: Point): Shape {
  return (x, y, z) => {
    const a = Math.abs(x - centre[0]) - half[0];
    const b = Math.abs(y - centre[1]) - half[1];
    const c = Math.abs(z - centre[2]) - half[2];
    const outside = length(Math.max(a, 0), Math.max(b, 0), Math.max(c, 0));
    return outside + Math.min(0, Math.max(a, b, c));
  };
}

/** Rows are the axes of a body in space: multiplies a point of space into the body's own axes. */
export type Rotation = readonly [Point, Point, Point];

/** Turns by degrees: `yaw` about z, then `pitch` about x, then `roll` about y (of a head: no, nod, tilt). */
export function rotation(yaw: number, pitch = 0, roll = 0): Rotation {
  const about = (degrees: number): readonly [number, number] => {
    const angle = (degrees * Math.PI) / 180;
    return [Math.cos(angle), Math.sin(angle)];
  };
  const [cz, sz] = about(yaw);
  const [cx, sx] = about(pitch);
  const [cy, sy] = about(roll);
  return [
    [cy * cz - sy * sx * sz, cy * sz + sy * sx * cz, -sy * cx],
    [-cx * sz, cx * cz, sx],
    [sy * cz + cy * sx * sz, sy * sz - cy * sx * cz, cy * cx],
  ];
}

/** A point of space in the body's own axes. */
export function intoBody([a, b, c]: Rotation, [x, y, z]: Point): Point {
  const along = (axis: Point): number => axis[0] * x + axis[1] * y + axis[2] * z;
  return [along(a), along(b), along(c)];
}

/** The way back: a point given in the body's own axes, in those of space. */
export function intoSpace([a, b, c]: Rotation, [x, y, z]: Point): Point {
  return [a[0] * x + b[0] * y + c[0] * z, a[1] * x + b[1] * y + c[1] * z, a[2] * x + b[2] * y + c[2] * z];
}

function turned(shape: Shape, [cx, cy, cz]: Point, [a, b, c]: Rotation): Shape {
  return (x, y, z) => {
    const px = x - cx;
    const py = y - cy;
    const pz = z - cz;
    return shape(
      cx + a[0] * px + a[1] * py + a[2] * pz,
      cy + b[0] * px + b[1] * py + b[2] * pz,
      cz + c[0] * px + c[1] * py + c[2] * pz,
    );
  };
}

function length(x: number, y: number, z: number): number {
  return Math.sqrt(x * x + y * y + z * z);
}

/** How much faster than the distance a shape may change: ellipsoids are only nearly distances. */
const STEEPEST = 1.4;

/** Parts in the order in which they are joined and cut. */
export class Field {
  readonly #parts: readonly Part[];
  readonly #inside: number;
  readonly #outside: number;
  readonly #active: Part[] = [];
  #constant: number | undefined;

  /** Readings are true between -inside and outside (mm), and need not be beyond. */
  constructor(parts: readonly Part[], inside: number, outside: number) {
    this.#parts = parts;
    this.#inside = inside;
    this.#outside = outside;
    this.#active.push(...parts);
  }

  /** The value wherever it is beyond what is told apart, else undefined: then `at` must be asked. */
  get constant(): number | undefined {
    return this.#constant;
  }

  /** From now on `at` is asked within `radius` mm of this point only. */
  focus(x: number, y: number, z: number, radius: number): void {
    const slack = radius * STEEPEST;
    const active = this.#active;
    active.length = 0;
    let value = Infinity;
    for (const part of this.#parts) {
      const reading = part.shape(x, y, z);
      if (part.how === "swell") {
        if (reading - radius * part.slope < 1) active.push(part);
      } else if (part.how === "join") {
        if (reading - value > part.blend + 2 * slack) continue;
        if (value - reading > part.blend + 2 * slack) active.length = 0;
        active.push(part);
      } else if (-reading - value > -part.blend - 2 * slack) active.push(part);
      value = combined(value, part, reading);
    }
    if (value > this.#outside + slack) this.#constant = this.#outside;
    else if (value < -this.#inside - slack) this.#constant = -this.#inside;
    else this.#constant = undefined;
  }

  at(x: number, y: number, z: number): number {
    if (this.#constant !== undefined) return this.#constant;
    return reading(this.#active, x, y, z);
  }

  /** From all parts, wherever the focus lies. */
  exactly(x: number, y: number, z: number): number {
    return reading(this.#parts, x, y, z);
  }
}

function reading(parts: readonly Part[], x: number, y: number, z: number): number {
  let value = Infinity;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    value = combined(value, part, part.shape(x, y, z));
  }
  return value;
}

/** Rounded minimum and maximum are polynomials that equal the sharp ones beyond `blend`. */
function combined(value: number, { how, blend }: Part, reading: number): number {
  if (how === "swell") {
    if (reading >= 1) return value;
    const fade = 1 - reading * reading;
    return value - blend * fade * fade;
  }
  if (how === "join") {
    const near = blend - Math.abs(value - reading);
    return Math.min(value, reading) - (near > 0 ? (near * near) / (4 * blend) : 0);
  }
  const near = blend - Math.abs(value + reading);
  return Math.max(value, -reading) + (near > 0 ? (near * near) / (4 * blend) : 0);
}
