import type { StoryLine } from './result.ts';

/** Lines that a story shows at most. */
const STORY_MAX = 40;

/**
 * Chooses from all that was recorded the lines that matter: those at the evidence's steps, changes of roles, faults, votes and
 * losses around them, and the last steps before the failure. Heartbeats and their answers count only near the end.
 */
export function chooseStory(lines: readonly StoryLine[], evidence: readonly number[], step: number): StoryLine[] {
  const marked = new Set([...evidence, step]);
  const seen = lines.map((line) => (marked.has(line.step) ? { ...line, evidence: true } : line));
  const near = seen.slice(-12);
  const telling = seen.filter((line) => line.evidence === true || near.includes(line) || isTelling(line));
  if (telling.length <= STORY_MAX) return telling;
  const kept = new Set(telling.filter((line) => line.evidence === true).slice(-STORY_MAX / 2));
  for (const line of [...telling].reverse()) {
    if (kept.size >= STORY_MAX) break;
    kept.add(line);
  }
  return telling.filter((line) => kept.has(line));
}

function isTelling({ topic, text }: StoryLine): boolean {
  if (topic === 'role' || topic === 'fault' || topic === 'client' || topic === 'log' || topic === 'failure')
    return true;
  return (topic === 'reply' && text.includes('vote')) || (topic === 'apply' && text.startsWith('applies'));
}
