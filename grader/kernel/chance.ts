/**
 * Chance as a function: each draw depends on the seed and on the decision's own key, never on how many draws came before.
 * So taking one fault or one message out of a run leaves every other decision as it was, which shrinking relies on.
 */
export class Chance {
  readonly #seed: number;

  /** @param seed - any integer; the low 32 bits count */
  constructor(seed: number) {
    this.#seed = scramble((seed | 0) ^ 0x5bd1e995);
  }

  /** @returns a number in [0, 1) that depends on the seed and the key alone */
  draw(domain: number, a = 0, b = 0, c = 0, d = 0): number {
    return this.bits(domain, a, b, c, d) / 4_294_967_296;
  }

  /** @returns 32 bits that depend on the seed and the key alone */
  bits(domain: number, a = 0, b = 0, c = 0, d = 0): number {
    let h = this.#seed;
    h = scramble(h ^ domain);
    h = scramble(h ^ a);
    h = scramble(h ^ b);
    h = scramble(h ^ c);
    return scramble(h ^ d) >>> 0;
  }
}

/** Derives another independent number in [0, 1) from bits that were drawn once: a salt for each question asked of one message. */
export function unit(bits: number, salt: number): number {
  return (scramble(bits ^ Math.imul(salt, 0x9e3779b1)) >>> 0) / 4_294_967_296;
}

/** The finaliser of MurmurHash3 (a bijection on 32 bits in which every input bit moves about half of the output bits), offset so that 0 moves too. */
function scramble(value: number): number {
  let h = (value + 0x7ed55d16) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
