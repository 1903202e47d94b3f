import { type AnyNode, type Node, parse } from 'acorn';
import { full } from 'acorn-walk';
import type { SourceLocation } from './load-error.ts';
import type { Insertions } from './position-map.ts';

/** A bundle with a step counter in it. */
export interface Instrumented {
  /** As many lines as before, each longer by what was inserted. */
  readonly code: string;
  /** What was inserted. */
  readonly insertions: Insertions;
  /** Where step `n` is in the student's source. */
  readonly steps: readonly SourceLocation[];
}

/** A text to insert. A closing one is closer to the code before it than an opening one at the same place. */
interface Insertion {
  readonly offset: number;
  readonly text: string;
  readonly closes: boolean;
  /** Length of what the pair encloses: of two pairs, the longer is outside. */
  readonly span: number;
}

/**
 * Puts `step(n)` into every loop's body and at every function's entry, so that no code runs for long without counting:
 * calls and loops are the only ways to go on for ever. Functions and loops that are not the student's are left alone.
 *
 * @param code - a script; no line is added to it or taken away
 * @param step - a name that does not occur in `code`
 * @param locate - finds the student's source for a line (from 1) and column (from 0) of `code`
 * @throws SyntaxError when the parser knows of a mistake that the bundler let pass; it has acorn's `loc`
 */
export function instrument(
  code: string,
  step: string,
  locate: (line: number, column: number) => SourceLocation | undefined,
): Instrumented {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'script', locations: true });
  const steps: SourceLocation[] = [];
  const insertions: Insertion[] = [];
  full(program, (node) => {
    const body = countedBody(node);
    const location = body && locate(node.loc!.start.line, node.loc!.start.column);
    if (!body || !location) return;
    insertions.push(...enclose(body, `${step}(${steps.length})`));
    steps.push(location);
  });
  insertions.sort(compareInsertions);
  return { code: splice(code, insertions), insertions: byLine(code, insertions), steps };
}

/** What runs again and again, or on every call; `undefined` for code that runs at most as often as what is around it. */
function countedBody(node: AnyNode): Node | undefined {
  switch (node.type) {
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return node.body;
    default:
      return undefined;
  }
}

/** A block counts first; a single statement becomes a block; an expression (of an arrow) becomes a sequence. */
function enclose(body: Node, call: string): Insertion[] {
  const { start, end, type } = body;
  const span = end - start;
  if (type === 'BlockStatement') return [{ offset: start + 1, text: `${call};`, closes: false, span }];
  const isStatement = type.endsWith('Statement');
  return [
    { offset: start, text: isStatement ? `{${call};` : `(${call},`, closes: false, span },
    { offset: end, text: isStatement ? '}' : ')', closes: true, span },
  ];
}

function compareInsertions(a: Insertion, b: Insertion): number {
  if (a.offset !== b.offset) return a.offset - b.offset;
  if (a.closes !== b.closes) return a.closes ? -1 : 1;
  return a.closes ? a.span - b.span : b.span - a.span;
}

function splice(code: string, insertions: readonly Insertion[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { offset, text } of insertions) {
    parts.push(code.slice(from, offset), text);
    from = offset;
  }
  parts.push(code.slice(from));
  return parts.join('');
}

/** Offsets as lines and columns. */
function byLine(code: string, insertions: readonly Insertion[]): number[] {
  const flat: number[] = [];
  let line = 1;
  let lineStart = 0;
  for (const { offset, text } of insertions) {
    for (let end = code.indexOf('\n', lineStart); end !== -1 && end < offset; end = code.indexOf('\n', lineStart)) {
      line += 1;
      lineStart = end + 1;
    }
    flat.push(line, offset - lineStart, text.length);
  }
  return flat;
}
