/**
 * A running 64-bit fingerprint of everything that happens in a run. Two runs with the same fingerprint took the same steps;
 * comparing it step by step finds where two runs part. It is no cryptographic hash.
 */
export class TraceHash {
  #low = 0x811c9dc5 | 0;
  #high = 0x01000193 | 0;

  /** Adds a number. Integers up to 2^53 count in full, fractions only by their whole part. */
  number(value: number): void {
    const low = value | 0;
    // Division keeps the upper bits of times and of absurd terms, which `| 0` would drop.
    const mixed = low === value ? low : low ^ Math.imul((value / 4_294_967_296) | 0, 0x27d4eb2f);
    this.#low = Math.imul(this.#low ^ mixed, 0x85ebca6b);
    this.#low ^= this.#low >>> 15;
    this.#high = Math.imul(this.#high + mixed + this.#low, 0xc2b2ae35);
    this.#high ^= this.#high >>> 13;
  }

  /** Adds a text, its length included. */
  text(value: string): void {
    this.number(value.length);
    for (let i = 0; i < value.length; i++) this.number(value.charCodeAt(i));
  }

  /** @returns the fingerprint so far, as 16 hexadecimal digits */
  digest(): string {
    return hex(this.#high) + hex(this.#low);
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
