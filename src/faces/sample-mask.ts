import { ElpisError } from "../base/index.js";
import type { FramePlane, Vector, Volume } from "./types.js";
import { scale, subtract } from "./vectors.js";

/** A mask in patient space, brought to frames. */
export type FrameMasks = (plane: FramePlane) => Uint8Array;

/**
 * Brings a mask on the grid of a volume (not 0 where something is meant, one byte per voxel) to frames that lie in the
 * same frame of reference, whatever their orientation: rows × columns, 1 for each pixel whose centre lies where the mask,
 * taken as linear between the centres of voxels, is at least a half. The outermost voxels reach to the edge of the grid;
 * beyond it there is no mask.
 *
 * Prepared once per mask, in as many bytes as there are voxels; a frame then takes about a millisecond. Changes to the
 * mask after that are not seen. Throws COMPUTE_BAD_SHAPE for a mask of another size.
 */
export function frameMasks(volume: Pick<Volume, "size" | "step" | "origin">, mask: Uint8Array): FrameMasks {
  const { size, step, origin } = volume;
  if (mask.length !== size[0] * size[1] * size[2])
    throw new ElpisError(
      "COMPUTE_BAD_SHAPE",
      `a mask of ${mask.length} bytes for ${size.join(" × ")} voxels`,
    );
  const cells = cellsOf(size, mask);
  return (plane) => {
    const pixels = new Uint8Array(plane.rows * plane.columns);
    // In cells: the first one begins a voxel before the first centre.
    const from = scale(subtract(plane.origin, origin), 1 / step);
    const start: Vector = [from[0] + 1, from[1] + 1, from[2] + 1];
    const [across, down] = [scale(plane.columnStep, 1 / step), scale(plane.rowStep, 1 / step)];
    for (let row = 0; row < plane.rows; row++) {
      const first: Vector = [start[0] + row * down[0], start[1] + row * down[1], start[2] + row * down[2]];
      fillRow(cells, first, across, pixels.subarray(row * plane.columns, (row + 1) * plane.columns));
    }
    return pixels;
  };
}

/** The mask of one frame; of many, `frameMasks` prepares the mask once. */
export function maskOfFrame(
  volume: Pick<Volume, "size" | "step" | "origin">,
  mask: Uint8Array,
  plane: FramePlane,
): Uint8Array {
  return frameMasks(volume, mask)(plane);
}

/**
 * The cubes between the centres of voxels, and one more on each side: cell (i, j, k) has voxel (i, j, k) as its last
 * corner. A byte each: bit 0 for its first corner, bit 1 the next along x, bits 2 and 3 the same along y, 4 to 7 along z.
 */
interface Cells {
  readonly size: Vector;
  readonly corners: Uint8Array;
  /** The cells that are not 0 lie in [low, high). */
  readonly low: Vector;
  readonly high: Vector;
}

function cellsOf([nx, ny, nz]: Vector, mask: Uint8Array): Cells {
  const [cx, cy] = [nx + 1, ny + 1];
  const corners = new Uint8Array(cx * cy * (nz + 1));
  const low = [nx, ny, nz] as [number, number, number];
  const high = [0, 0, 0] as [number, number, number];
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = (k * ny + j) * nx;
      for (let i = 0; i < nx; i++) {
        if (mask[row + i] === 0) continue;
        const cell = (k * cy + j) * cx + i;
        corners[cell]! |= 128;
        corners[cell + 1]! |= 64;
        corners[cell + cx]! |= 32;
        corners[cell + cx + 1]! |= 16;
        corners[cell + cx * cy]! |= 8;
        corners[cell + cx * cy + 1]! |= 4;
        corners[cell + cx * cy + cx]! |= 2;
        corners[cell + cx * cy + cx + 1]! |= 1;
        if (i < low[0]) low[0] = i;
        if (j < low[1]) low[1] = j;
        if (k < low[2]) low[2] = k;
        if (i + 2 > high[0]) high[0] = i + 2;
        if (j + 2 > high[1]) high[1] = j + 2;
        if (k + 2 > high[2]) high[2] = k + 2;
      }
    }
  }
  reachOut([nx, ny, nz], corners);
  for (const [axis, count] of [nx, ny, nz].entries()) {
    low[axis] = Math.max(0.5, low[axis]!);
    high[axis] = Math.min(count + 0.5, high[axis]!);
  }
  return { size: [cx, cy, nz + 1], corners, low, high };
}

/** Of the cells at the border, the corners outside are as those inside: else a mask would fade out at the edges. */
function reachOut([nx, ny, nz]: Vector, corners: Uint8Array): void {
  for (let k = 0, cell = 0; k <= nz; k++) {
    for (let j = 0; j <= ny; j++) {
      const isInside = k > 0 && k < nz && j > 0 && j < ny;
      for (let i = 0; i <= nx; i += isInside ? nx : 1) {
        let code = corners[cell + i]!;
        if (code === 0) continue;
        if (i === 0) code |= (code & 0xaa) >> 1;
        if (i === nx) code |= (code & 0x55) << 1;
        if (j === 0) code |= (code & 0xcc) >> 2;
        if (j === ny) code |= (code & 0x33) << 2;
        if (k === 0) code |= (code & 0xf0) >> 4;
        if (k === nz) code |= (code & 0x0f) << 4;
        corners[cell + i] = code;
      }
      cell += nx + 1;
    }
  }
}

/** One row of a frame: `first` is its first pixel in cells, `across` a step to the next one. */
function fillRow({ size, corners, low, high }: Cells, first: Vector, across: Vector, row: Uint8Array): void {
  let [from, to] = [0, row.length - 1];
  for (const axis of [0, 1, 2] as const) {
    // Pixels that lie in [low, high) along this axis; one that rounding puts outside is turned away below.
    if (Math.abs(across[axis]) < 1e-12) {
      if (!(first[axis] >= low[axis] && first[axis] < high[axis])) return;
      continue;
    }
    const [one, other] = [
      (low[axis] - first[axis]) / across[axis],
      (high[axis] - first[axis]) / across[axis],
    ];
    from = Math.max(from, Math.floor(Math.min(one, other)));
    to = Math.min(to, Math.ceil(Math.max(one, other)));
  }
  const [sx, sy] = [size[0], size[1]];
  const [ax, ay, az] = across;
  const [fx, fy, fz] = first;
  const [lx, ly, lz] = low;
  const [hx, hy, hz] = high;
  for (let column = from; column <= to; column++) {
    const x = fx + column * ax;
    const y = fy + column * ay;
    const z = fz + column * az;
    if (x < lx || y < ly || z < lz || x >= hx || y >= hy || z >= hz) continue;
    const i = x | 0;
    const j = y | 0;
    const k = z | 0;
    const code = corners[(k * sy + j) * sx + i]!;
    if (code === 0) continue;
    if (code === 255 || share(code, x - i, y - j, z - k) >= 0.5) row[column] = 1;
  }
}

/** The weights of the corners that are set. */
function share(code: number, x: number, y: number, z: number): number {
  const near = along(code, x) * (1 - y) + along(code >> 2, x) * y;
  const far = along(code >> 4, x) * (1 - y) + along(code >> 6, x) * y;
  return near * (1 - z) + far * z;
}

/** Bit 0 for the corner at 0, bit 1 for the one at 1. */
function along(bits: number, x: number): number {
  return (bits & 1) * (1 - x) + ((bits >> 1) & 1) * x;
}
