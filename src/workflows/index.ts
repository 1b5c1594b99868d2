export { mimecastErasure } from './erasure-workflow.js';
export { mimecastExport } from './export-workflow.js';
export { mimecastIndicatorFillIn } from './indicator-workflows.js';
export { mimecastSource } from './mimecast-source.js';
export { mimecastPastExport } from './past-export-workflow.js';
export { mimecastBackfill, mimecastVerify } from './reread-workflows.js';
export { mimecastWatchlist } from './watchlist-workflow.js';
