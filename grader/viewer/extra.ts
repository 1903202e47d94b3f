import type { Case, Trace } from '#scenario';

/** What the page shows besides the trace. */
export interface ViewerExtra {
  /** The command that plays the run again. */
  readonly replay: string;
  /** For running with edits. Absent: nobody can. */
  readonly whatIf?: WhatIf;
  /** Another run to compare this one with from the start. */
  readonly other?: { readonly name: string; readonly trace: Trace };
}

/** What a page needs to write cases with edits. */
export interface WhatIf {
  /** The run as a case. */
  readonly base: Case;
  /** The name that a case with edits gets. */
  readonly file: string;
  /** The command that plays it. */
  readonly command: string;
}
