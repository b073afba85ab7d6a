/** A point or a direction in patient space: x to the left, y to the back, z to the head, mm (PS3.3 C.7.6.2.1.1). */
export type Vector = readonly [x: number, y: number, z: number];

/** Where the pixels of a frame lie: the centre of row r, column c is origin + c · columnStep + r · rowStep. */
export interface FramePlane {
  readonly rows: number;
  readonly columns: number;
  /** Image Position (Patient): the centre of the first pixel. */
  readonly origin: Vector;
  /** From one column to the next, and from one row to the next, mm. */
  readonly columnStep: Vector;
  readonly rowStep: Vector;
}

/**
 * Values on a grid of equal steps along the axes of patient space: the centre of voxel (i, j, k) is origin + step ·
 * (i, j, k), its value `values[(k · ny + j) · nx + i]`.
 */
export interface Volume {
  readonly size: readonly [nx: number, ny: number, nz: number];
  /** mm. */
  readonly step: number;
  readonly origin: Vector;
  /** Of CT in Hounsfield units, else in the units of the series after rescaling. */
  readonly values: Float32Array;
  /** 1 where the series has a value, 0 outside what was scanned or where it says padding. */
  readonly known: Uint8Array;
}
