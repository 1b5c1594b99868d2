/** The streams of records, each with a collection of its own, in the order in which the API shows them. */

/**
 * @typedef {object} Stream
 * @property {string} name as the API and queries know it
 * @property {string} collection in MongoDB
 * @property {string} label for people
 */

/** @type {readonly Stream[]} */
export const STREAMS = [
  { name: 'receipt', collection: 'mimecast_receipt_logs_v2', label: 'Receipt' },
  { name: 'process', collection: 'mimecast_process_logs_v2', label: 'Process' },
  { name: 'delivery', collection: 'mimecast_delivery_logs_v2', label: 'Delivery' },
  { name: 'journal', collection: 'mimecast_journal_logs_v2', label: 'Journal' },
  { name: 'av', collection: 'mimecast_av_logs_v2', label: 'AV' },
  { name: 'spam', collection: 'mimecast_spam_logs_v2', label: 'Spam' },
  {
    name: 'internal email protect',
    collection: 'mimecast_internal_email_protect_logs_v2',
    label: 'Internal email protect',
  },
  {
    name: 'impersonation protect',
    collection: 'mimecast_impersonation_protect_logs_v2',
    label: 'Impersonation protect',
  },
  { name: 'url protect', collection: 'mimecast_url_protect_logs_v2', label: 'URL protect' },
  { name: 'attachment protect', collection: 'mimecast_attachment_protect_logs_v2', label: 'Attachment protect' },
  { name: 'audit', collection: 'mimecast_audit_events', label: 'Audit' },
  { name: 'dlp', collection: 'mimecast_dlp_logs', label: 'DLP' },
  { name: 'hold', collection: 'mimecast_held_messages', label: 'Held message' },
  { name: 'ttp url', collection: 'mimecast_ttp_url_logs', label: 'URL click' },
];

const LABELS = new Map(
  STREAMS.flatMap(({ name, collection, label }) => [
    [name, label],
    [collection, label],
  ]),
);

/** @param {string} name of a stream or a collection @returns {string} */
export function streamLabel(name) {
  return LABELS.get(name) ?? name;
}
