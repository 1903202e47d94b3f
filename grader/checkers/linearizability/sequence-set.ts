/**
 * A set of sequences of 32-bit integers, packed into one array. A search remembers each configuration that it has been in,
 * often millions; as objects or strings they would take several times the memory.
 */
export class SequenceSet {
  /** Each sequence as its length and its members, one behind the other. */
  #packed = new Int32Array(256);
  #packedLength = 0;
  /** Hash table with open addressing: where in {@link #packed} a sequence begins, plus 1; 0 is a free place. */
  #slots = new Int32Array(64);
  #size = 0;

  /**
   * Adds a copy of `sequence[0]` to `sequence[length - 1]`.
   *
   * @returns false if it was in the set already
   */
  add(sequence: Int32Array, length: number): boolean {
    const slot = this.#find(sequence, 0, length);
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = this.#pack(sequence, length) + 1;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#spread();
    return true;
  }

  /** The slot of an equal sequence, or else the free one where it belongs. */
  #find(source: Int32Array, start: number, length: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(source, start, length) & mask;
    for (;;) {
      const found = this.#slots[slot]!;
      if (found === 0 || this.#equals(found - 1, source, start, length)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(at: number, source: Int32Array, start: number, length: number): boolean {
    const packed = this.#packed;
    if (packed[at] !== length) return false;
    for (let i = 0; i < length; i += 1) {
      if (packed[at + 1 + i] !== source[start + i]) return false;
    }
    return true;
  }

  #pack(sequence: Int32Array, length: number): number {
    const at = this.#packedLength;
    const end = at + 1 + length;
    if (end > this.#packed.length) {
      const larger = new Int32Array(Math.max(end, this.#packed.length * 2));
      larger.set(this.#packed);
      this.#packed = larger;
    }
    this.#packed[at] = length;
    for (let i = 0; i < length; i += 1) this.#packed[at + 1 + i] = sequence[i]!;
    this.#packedLength = end;
    return at;
  }

  /** Doubles the table, so that at least half of it stays free and a chain of taken slots stays short. */
  #spread(): void {
    const packed = this.#packed;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#packedLength; at += 1 + packed[at]!) {
      this.#slots[this.#find(packed, at + 1, packed[at]!)] = at + 1;
    }
  }
}

/** Mixes as MurmurHash3 does: neighbouring configurations differ in a bit or two and must not end up side by side. */
function hash(source: Int32Array, start: number, length: number): number {
  let h = length;
  for (let i = start; i < start + length; i += 1) {
    const k = Math.imul(source[i]!, 0xcc9e2d51);
    h ^= Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
