/**
 * Shows a trace: as a page that a browser opens from a file, and in the formats of other tools.
 *
 * @module
 */
export { toChromeTrace, toMermaid, toShiViz } from './exports.ts';
export { renderViewer, type ViewerExtra } from './render.ts';
