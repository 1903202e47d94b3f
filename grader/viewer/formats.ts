import type { Trace } from '#scenario';
import { toChromeTrace, toMermaid, toShiViz } from './exports.ts';

/** The formats of other tools, by the names under which they are asked for. */
export const EXPORT_FORMATS = ['mermaid', 'shiviz', 'chrome'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Events that a diagram for an issue shows. */
const MERMAID_LINES = 60;

const WRITERS: Readonly<Record<ExportFormat, { readonly ending: string; readonly write: (trace: Trace) => string }>> = {
  mermaid: { ending: 'mmd', write: (trace) => toMermaid(trace, MERMAID_LINES) },
  shiviz: { ending: 'shiviz.log', write: toShiViz },
  chrome: { ending: 'chrome.json', write: toChromeTrace },
};

/** @returns a trace in the format of another tool, and what its file's name ends with */
export function exportTrace(trace: Trace, format: ExportFormat): { readonly ending: string; readonly text: string } {
  const { ending, write } = WRITERS[format];
  return { ending, text: write(trace) };
}
