import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { KIT_ROOT } from '#runner';
import type { Trace } from '#scenario';
import type { ViewerExtra } from './extra.ts';

/**
 * Makes a trace's page: one HTML file that needs no network and no other file, and opens from a disk. Whatever a submission put
 * into the trace stays text: the data holds no `<`, and the page may run no script but its own.
 */
export function renderViewer(trace: Trace, extra: ViewerExtra): string {
  const { template, style, script } = parts();
  const data = `${dataBlock('trace', trace)}\n${dataBlock('extra', extra)}`;
  const holes: Readonly<Record<string, string>> = {
    '/* hole: style */': style,
    '/* hole: script */': script,
    '<!-- hole: data -->': data,
    "'style-hash'": `'${hashOf(style)}'`,
    "'script-hash'": `'${hashOf(script)}'`,
  };
  return template.replace(HOLES, (hole) => holes[hole]!);
}

const HOLES = /\/\* hole: \w+ \*\/|<!-- hole: \w+ -->|'\w+-hash'/g;

/** Data inside a script element ends at `</script`, and `<!--` changes how it is read; JSON can do without `<`. */
function dataBlock(id: string, data: unknown): string {
  const json = JSON.stringify(data).replace(/</g, '\\u003c');
  return `<script type="application/json" id="${id}">${json}</script>`;
}

/** @returns what the page's policy allows this very text by */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** The page without data, made once. */
let made: { readonly template: string; readonly style: string; readonly script: string } | undefined;

function parts(): NonNullable<typeof made> {
  made ??= {
    template: readFileSync(pageFile('template.html'), 'utf8'),
    style: bundle('style.css'),
    script: bundle('main.ts'),
  };
  return made;
}

function bundle(name: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [pageFile(name)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    write: false,
    legalComments: 'none',
    // The page's sources say the same as the kit's, whatever the settings in the folder that the kit is called from.
    tsconfigRaw: '{}',
  });
  return outputFiles[0]!.text;
}

function pageFile(name: string): string {
  return path.join(KIT_ROOT, 'grader', 'viewer', 'page', name);
}
