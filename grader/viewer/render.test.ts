import { describe, expect, test } from 'vitest';
import { readTrace } from './compare.ts';
import { renderViewer } from './render.ts';
import { doubleVote, longTrace } from './sample-traces.ts';

const REPLAY = 'npm run replay lab1/one-vote seed=17';
const HOSTILE = '</script><b id="evil">bold</b><script>alert(1)</script><!-- $& $1 /* hole: style */ \u2028';

describe('the page', () => {
  const page = renderViewer(doubleVote(), { replay: REPLAY });

  // What is looked for is told apart by name, as a whole page in a message helps nobody.
  test.each([
    ['an address', /https?:|\/\/[a-z]+\.[a-z]/i],
    ['another file', /\b(src|srcset)=|<link|url\((?!#)/],
    ['a module', /\bimport\b/],
    ['text run as code', /\beval\b|new Function/],
    ['text taken as markup', /innerHTML|outerHTML|insertAdjacentHTML|document\.write/],
    ['a hole that nothing filled', /hole:|'\w+-hash'/],
  ])('holds no trace of %s', (_, pattern) => {
    expect(pattern.exec(page)?.[0]).toBeUndefined();
  });

  test('lets no script run but its own', () => {
    expect(page.includes("default-src 'none'")).toBe(true);
    expect(page.includes("script-src 'sha256-")).toBe(true);
  });

  test('is small without its data', () => {
    expect(page.length - JSON.stringify(doubleVote()).length).toBeLessThan(300_000);
  });

  test('gives back the trace that it was made of', () => {
    expect(readTrace(page)).toEqual(doubleVote());
    const long = longTrace();
    expect(readTrace(renderViewer(long, { replay: '' }))).toEqual(long);
  });
});

test('whatever a submission wrote stays data', () => {
  const trace = doubleVote(HOSTILE);
  const page = renderViewer(trace, { replay: HOSTILE });
  expect(page.includes('<b id="evil">')).toBe(false);
  expect(page.match(/<script/g)).toHaveLength(3);
  expect(page.match(/<\/script/g)).toHaveLength(3);
  expect(readTrace(page)).toEqual(trace);
});

test('every control has a name', () => {
  const template = renderViewer(doubleVote(), { replay: REPLAY });
  for (const [button] of template.matchAll(/<button[\s\S]*?<\/button>/g)) {
    expect(button).toMatch(/aria-label="[^"]+"|>[^<]*[a-z]{3}/i);
  }
  for (const [field] of template.matchAll(/<(?:input|textarea)[\s\S]*?>/g)) {
    const id = /id="([^"]+)"/.exec(field)![1]!;
    expect(field.includes('aria-label') || template.includes(`for="${id}"`), id).toBe(true);
  }
});
