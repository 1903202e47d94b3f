/** The one generator of seedrandom that the kernel uses: small, fast, and free of Node's crypto. */
declare module 'seedrandom/lib/alea.js' {
  /** @returns a stream of numbers in [0, 1) that depends on the seed alone */
  export default function alea(seed: string): () => number;
}
