/**
 * Shows a trace: as a page that a browser opens from a file, and in the formats of other tools.
 *
 * @module
 */
export type { ViewerExtra, WhatIf } from './extra.ts';
export { EXPORT_FORMATS, type ExportFormat, exportTrace } from './formats.ts';
export { renderViewer } from './render.ts';
