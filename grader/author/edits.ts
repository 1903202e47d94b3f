import { KitError } from '#runner';
import type { Sources } from './sources.ts';

/** One change to a file, by its exact text. */
export interface Edit {
  /** Name of a file of the base. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly before: string;
  readonly after: string;
}

/**
 * What edits are made to: the reference without its markers, a checkpoint of it, or a variant. A checkpoint stays the same
 * when a later lab builds on the lines that are edited.
 */
export type Base = 'solution' | `checkpoint:${number}` | `variant:${string}`;

/** An unusual but correct Raft: the grader must not fail it. */
export interface Variant {
  /** Asked for as `impl=variant:<slug>`. */
  readonly slug: string;
  /** What is unusual about it. */
  readonly title: string;
  /** Labs that it must pass. */
  readonly labs: readonly number[];
  /** Ids of tests of speed whose limits it may miss: it is as correct as others, but slower. */
  readonly slowIn?: readonly string[];
  /** `folder`: it stands whole in the folder of its slug. */
  readonly base: Base | 'folder';
  readonly edits: readonly Edit[];
}

/** A wrong Raft: the grader must fail it. */
export interface Mutant {
  /** Asked for as `impl=mutant:<lab>/<slug>`. */
  readonly slug: string;
  /** What is wrong with it. */
  readonly title: string;
  /** Something on which the edits are a bug that can show. */
  readonly base: Base;
  readonly edits: readonly Edit[];
  /** Rules of which one should name the bug: checkers' ids, or slugs of tests. Absent: any will do. */
  readonly expect?: readonly string[];
}

/**
 * Makes all edits, each on what the ones before it have left.
 *
 * @param what - for messages
 * @throws {@link KitError} that names the edit whose text is not there exactly once
 */
export function applyEdits(sources: Sources, edits: readonly Edit[], what: string): Sources {
  const edited = new Map(sources);
  for (const { file, before, after } of edits) {
    const text = edited.get(file);
    if (text === undefined) throw new KitError(`${what}: its base has no file ${file}`);
    const parts = text.split(before);
    if (parts.length !== 2) {
      throw new KitError(`${what}: this text must stand in ${file} once, not ${parts.length - 1} times:\n${before}`);
    }
    edited.set(file, parts.join(after));
  }
  return edited;
}
