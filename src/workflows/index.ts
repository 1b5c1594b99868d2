export { mimecastExport } from './export-workflow.js';
export { mimecastIndicatorFillIn } from './indicator-workflows.js';
export { mimecastSource } from './mimecast-source.js';
export { mimecastBackfill, mimecastVerify } from './reread-workflows.js';
export { mimecastWatchlist } from './watchlist-workflow.js';
