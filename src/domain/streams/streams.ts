/**
 * The streams of a source: one per kind of record that Mimecast hands out, each with its own cursor and its own
 * failures. Names are Mimecast's own, as sent in the `type` parameter of the SIEM endpoints.
 */

/** The ten SIEM types of `/siem/v1/batch/events/cg`. */
export const SIEM_STREAMS = [
  'receipt',
  'process',
  'delivery',
  'journal',
  'av',
  'spam',
  'internal email protect',
  'impersonation protect',
  'url protect',
  'attachment protect',
] as const;

/** All thirteen streams, in the order in which they are shown. */
export const STREAMS = [...SIEM_STREAMS, 'audit', 'dlp', 'hold'] as const;

export type SiemStream = (typeof SIEM_STREAMS)[number];
export type StreamName = (typeof STREAMS)[number];

/** What a configuration's `dataCollection` can name (the "Supported API to collect" of Sumo Logic's form). */
export const DATA_COLLECTIONS = ['siem', 'dlp', 'auditEvent', 'holdMessageList'] as const;
export type DataCollection = (typeof DATA_COLLECTIONS)[number];

/** Collection of each stream's records: the table names of Hunters' *Mimecast V2*, and three of our own. */
export const COLLECTION_OF: Readonly<Record<StreamName, string>> = {
  receipt: 'mimecast_receipt_logs_v2',
  process: 'mimecast_process_logs_v2',
  delivery: 'mimecast_delivery_logs_v2',
  journal: 'mimecast_journal_logs_v2',
  av: 'mimecast_av_logs_v2',
  spam: 'mimecast_spam_logs_v2',
  'internal email protect': 'mimecast_internal_email_protect_logs_v2',
  'impersonation protect': 'mimecast_impersonation_protect_logs_v2',
  'url protect': 'mimecast_url_protect_logs_v2',
  'attachment protect': 'mimecast_attachment_protect_logs_v2',
  audit: 'mimecast_audit_events',
  dlp: 'mimecast_dlp_logs',
  hold: 'mimecast_held_messages',
};

/** `_siemEventID` of each stream: the suffix of the API 1.0 file name, which Sumo Logic's rules are written for. */
export const SIEM_EVENT_ID: Readonly<Record<StreamName, string>> = {
  receipt: 'receipt',
  process: 'process',
  delivery: 'delivery',
  journal: 'jrnl',
  av: 'av',
  spam: 'spam',
  'internal email protect': 'ttp',
  'impersonation protect': 'ttp',
  'url protect': 'ttp',
  'attachment protect': 'ttp',
  audit: 'audit',
  dlp: 'dlp',
  hold: 'hold',
};

const SIEM_SET: ReadonlySet<string> = new Set(SIEM_STREAMS);

export function isSiemStream(stream: StreamName): stream is SiemStream {
  return SIEM_SET.has(stream);
}

/**
 * The streams that a configuration asks for, in display order.
 *
 * @param siemTypes narrows `siem` to these types; default all ten.
 */
export function streamsOf(
  dataCollection: readonly DataCollection[],
  siemTypes: readonly SiemStream[] = SIEM_STREAMS,
): StreamName[] {
  const wanted = new Set<StreamName>();
  if (dataCollection.includes('siem')) for (const type of siemTypes) wanted.add(type);
  if (dataCollection.includes('auditEvent')) wanted.add('audit');
  if (dataCollection.includes('dlp')) wanted.add('dlp');
  if (dataCollection.includes('holdMessageList')) wanted.add('hold');
  return STREAMS.filter((stream) => wanted.has(stream));
}
