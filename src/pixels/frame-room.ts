/**
 * Memory that one frame after the other is decoded and rendered into. A frame's buffers would be garbage after it, and
 * V8 lets some 32 MiB of dead buffers wait before it looks for them: a cine would take that much more than an image.
 *
 * What lies in a room is valid until the room serves the next frame. Of two frames that are compared each needs its own.
 */
export class FrameRoom {
  readonly #buffers = new Map<string, ArrayBuffer>();

  /** At least `length` bytes, with whatever the frame before left there; the same buffer under this name while it suffices. */
  buffer(name: string, length: number): ArrayBuffer {
    let buffer = this.#buffers.get(name);
    if (!buffer || buffer.byteLength < length) {
      buffer = new ArrayBuffer(length);
      this.#buffers.set(name, buffer);
    }
    return buffer;
  }

  /** The first `length` bytes of that buffer. */
  bytes(name: string, length: number): Uint8Array {
    return new Uint8Array(this.buffer(name, length), 0, length);
  }

  /** The same bytes, in that buffer. */
  copy(name: string, bytes: Uint8Array): Uint8Array {
    const own = this.bytes(name, bytes.length);
    own.set(bytes);
    return own;
  }
}

/** Bytes of a room where there is one, else new ones; those of a room hold what the frame before left. */
export function roomFor(room: FrameRoom | undefined, name: string, length: number): Uint8Array {
  return room ? room.bytes(name, length) : new Uint8Array(length);
}

/** What the frames of one file are examined in: views stay as they are while those of the next frame are looked at. */
export class FrameRooms {
  /** Of the frame at hand. */
  readonly cells = new FrameRoom();
  readonly #views = [new FrameRoom(), new FrameRoom()] as const;
  #turn = 0;

  /** For the views of the next frame. */
  nextViews(): FrameRoom {
    this.#turn ^= 1;
    return this.#views[this.#turn]!;
  }
}
