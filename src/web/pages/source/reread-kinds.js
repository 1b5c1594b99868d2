/**
 * What reading again is.
 *
 * @typedef {object} Counts
 * @property {number} read
 * @property {number} missing
 * @property {number} restored
 * @property {number} unreadFiles
 *
 * @typedef {object} StreamReread
 * @property {string} stream
 * @property {Counts} counts
 * @property {boolean} done
 * @property {string} position
 * @property {string[]} notes
 * @property {string} [failure]
 *
 * @typedef {object} Reread
 * @property {'verify' | 'backfill'} kind
 * @property {string} state
 * @property {{ run: string, from: string, to: string, totals: Counts, streams: StreamReread[] }} [report]
 */

export const KINDS = /** @type {const} */ ({
  verify: {
    title: 'Verify',
    does: 'Rereads a time range from Mimecast or the bucket and reports which records are not stored',
  },
  backfill: {
    title: 'Backfill',
    does: 'Rereads a time range from Mimecast or the bucket and stores the records that are missing',
  },
});
