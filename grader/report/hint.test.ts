import { expect, test } from 'vitest';
import { hintLines } from './hint.ts';

const TEXT = `Read the column of the server that was cut off first,
and ask which message told it.

- one thing
- another thing,
  which is longer than one line of a narrow window

\`\`\`ts
if (seat   === undefined) return;
\`\`\`
Then \`votedFor\` … again.`;

test('paragraphs and lists are broken anew, code is kept', () => {
  const hint = { test: 'lab1/churn', number: 2, total: 3, text: TEXT };
  const lines = hintLines(hint, 44, { ascii: true, next: 'npm run hint lab1/churn' });
  expect(lines.map(({ text }) => text).join('\n')).toMatchInlineSnapshot(`
    "hint 2 of 3 for lab1/churn
      Read the column of the server that was cut
      off first, and ask which message told it.
      - one thing
      - another thing, which is longer than one
        line of a narrow window
        if (seat   === undefined) return;
      Then \`votedFor\` ... again.
    next hint: npm run hint lab1/churn"
  `);
});

test('behind the last hint comes the loop again', () => {
  const hint = { test: 'lab1/churn', number: 3, total: 3, text: 'x' };
  expect(hintLines(hint, 80, { ascii: false, next: 'press h' }).at(-1)?.text).toBe(
    'that was the last hint; next: npm run watch lab1',
  );
});
