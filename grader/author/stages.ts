import type ts from 'typescript';
import { findRegions, heldBack, markerError, type Region } from './markers.ts';

type Compiler = typeof ts;

/** A function whose body may become a throw. */
type FunctionWithBody = ts.FunctionLikeDeclaration & { readonly body: ts.Block };

/** A file on its way to a stage. */
interface Draft {
  readonly compiler: Compiler;
  readonly file: string;
  readonly parsed: ts.SourceFile;
  /** Line by line; `undefined` where a line has vanished. A line may have grown to several. */
  readonly lines: (string | undefined)[];
  /** What this stage must not show. No region lies in another. */
  readonly blanked: readonly Region[];
}

/**
 * Makes of the marked reference what stands there at a stage.
 *
 * A region `// solution labK` of a later lab is blanked: of a class or module the functions keep their doc comments and
 * signatures and only throw `NotImplemented`, and everything else goes; in a function's body the lines vanish, and if
 * nothing is left, the body throws. A region `// until labK` of a later lab gives its lines, without the `//|` before them.
 *
 * @param stage - the lab that is done: 0 for the skeleton
 * @param file - for messages
 * @throws {@link KitError} when a marker stands wrong
 */
export async function stageSource(source: string, stage: number, file: string): Promise<string> {
  const { default: compiler } = await import('typescript');
  const lines: (string | undefined)[] = source.split('\n');
  const regions = findRegions(lines as string[], file);
  const hidden = regions.filter(({ kind, lab }) => kind === 'solution' && lab > stage);
  const draft: Draft = {
    compiler,
    file,
    parsed: compiler.createSourceFile(file, source, compiler.ScriptTarget.Latest, true),
    lines,
    blanked: hidden.filter((region) => !hidden.some((outer) => outer.from < region.from && region.to < outer.to)),
  };
  for (const { kind, lab, from, to } of regions) {
    if (kind === 'until') uncover(draft, from, to, stage < lab);
    lines[from] = undefined;
    lines[to] = undefined;
  }
  for (const region of draft.blanked) blank(draft, region);
  return tidy(lines.filter((line) => line !== undefined).join('\n'));
}

function uncover({ lines }: Draft, from: number, to: number, shown: boolean): void {
  for (let line = from + 1; line < to; line++) lines[line] = shown ? heldBack(lines[line]!) : undefined;
}

function blank(draft: Draft, region: Region): void {
  const { compiler, parsed, lines } = draft;
  const holder = findHolder(draft, region);
  const inside = childrenOf(draft, holder).filter((child) => isInside(draft, child, region));
  for (let line = region.from; line <= region.to; line++) lines[line] = undefined;
  if (compiler.isSourceFile(holder) || compiler.isClassLike(holder)) {
    for (const child of inside) {
      if (!hasBody(compiler, child)) continue;
      const [firstLine] = extent(draft, child);
      const head = parsed.text.slice(
        parsed.getPositionOfLineAndCharacter(firstLine, 0),
        child.body.getStart(parsed) + 1,
      );
      lines[firstLine] = `${head}\n${throwing(draft, child, region.lab)}\n${indentOf(draft, child)}}\n`;
    }
  } else if (isBodyOf(compiler, holder) && isLastToGo(draft, holder, region)) {
    const lab = Math.min(...regionsIn(draft, holder).map((each) => each.lab));
    lines[region.from] = throwing(draft, holder.parent, lab);
  }
}

/** The smallest piece of syntax around a region. */
function findHolder(draft: Draft, region: Region): ts.Node {
  let holder: ts.Node = draft.parsed;
  for (;;) {
    const next = childrenOf(draft, holder).find(
      (child) => overlaps(draft, child, region) && !isInside(draft, child, region),
    );
    if (next === undefined) return holder;
    const [first, last] = extent(draft, next);
    if (first >= region.from || last <= region.to) {
      throw markerError(draft.file, region.from, `this region cuts through what begins in line ${first + 1}`);
    }
    holder = next;
  }
}

/** Whether a body has nothing left but what is blanked, and `region` is the last of that. */
function isLastToGo(draft: Draft, body: ts.Block, region: Region): boolean {
  const [first, last] = extent(draft, body);
  const left = draft.lines.slice(first + 1, last).filter((line) => line !== undefined && line.trim() !== '');
  const others = regionsIn(draft, body);
  const gone = left.length === 0;
  return gone && others.at(-1) === region;
}

function regionsIn(draft: Draft, body: ts.Block): Region[] {
  const [first, last] = extent(draft, body);
  return draft.blanked.filter(({ from, to }) => from > first && to < last);
}

function throwing(draft: Draft, declaration: ts.Node, lab: number): string {
  return `${indentOf(draft, declaration)}  throw new NotImplemented('lab ${lab}');`;
}

function indentOf({ parsed }: Draft, node: ts.Node): string {
  const start = node.getStart(parsed);
  const { character } = parsed.getLineAndCharacterOfPosition(start);
  return ' '.repeat(character);
}

function childrenOf({ compiler }: Draft, node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  compiler.forEachChild(node, (child) => {
    if (child.kind !== compiler.SyntaxKind.EndOfFileToken) children.push(child);
  });
  return children;
}

/** First and last line of a piece of syntax, its doc comment included. */
function extent({ parsed }: Draft, node: ts.Node): [number, number] {
  const lineOf = (position: number): number => parsed.getLineAndCharacterOfPosition(position).line;
  return [lineOf(node.getStart(parsed, true)), lineOf(node.getEnd())];
}

function overlaps(draft: Draft, node: ts.Node, { from, to }: Region): boolean {
  const [first, last] = extent(draft, node);
  return first <= to && last >= from;
}

function isInside(draft: Draft, node: ts.Node, { from, to }: Region): boolean {
  const [first, last] = extent(draft, node);
  return first > from && last < to;
}

function hasBody(compiler: Compiler, node: ts.Node): node is FunctionWithBody {
  const isFunction =
    compiler.isMethodDeclaration(node) ||
    compiler.isFunctionDeclaration(node) ||
    compiler.isConstructorDeclaration(node) ||
    compiler.isAccessor(node);
  return isFunction && node.body !== undefined;
}

function isBodyOf(compiler: Compiler, node: ts.Node): node is ts.Block {
  return compiler.isBlock(node) && hasBody(compiler, node.parent) && node.parent.body === node;
}

/** Removes the blank lines that vanished lines leave behind: what is generated must be formatted as if by hand. */
function tidy(text: string): string {
  return text
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\{\n\n/g, '{\n')
    .replace(/\n\n(\s*\})/g, '\n$1')
    .replace(/(from '.*';)\n\n(?=import )/g, '$1\n')
    .replace(/^\n+/, '')
    .replace(/\n+$/, '\n');
}
