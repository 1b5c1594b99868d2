/** The ten SIEM types. Names are Mimecast's own, collections are the tables of Hunters' *Mimecast V2*. */

import type { IndicatorFields } from '../../indicators/indicator-field.js';
import { COMMON_TIME_FIELDS, type FileDefinition } from './definition.js';

/** A field means the same in each type that has it. */
const INDICATORS = {
  aggregateId: 'aggregate',
  messageId: 'message',
  senderIp: 'ip',
  sourceIp: 'ip',
  destinationIp: 'ip',
  Hostname: 'host',
  url: 'url',
  sha256: 'sha256',
  sha1: 'sha1',
  md5: 'md5',
  fileName: 'file',
  senderEnvelope: 'addresses',
  senderHeader: 'addresses',
  senderDomain: 'host',
  attachments: 'files',
  recipient: 'addresses',
  recipients: 'addresses',
} as const satisfies IndicatorFields;

const TEXT_FIELDS = [
  ...['subject', 'action', 'subType', 'route', 'direction', 'holdReason', 'rejectionType', 'rejectionInfo'],
  ...['receiptErrors', 'virusFound', 'policyDefinition', 'scanResults', 'urlCategory', 'blockReason'],
] as const;

function siemType<const Name extends string>(name: Name, collection: string, siemEventId: string) {
  return {
    kind: 'files',
    name,
    title: `${name} logs`,
    collection,
    dataCollection: 'siem',
    siemEventId,
    product: 'Threats, Security Events and Data for CG',
    permission: 'Security Events and Data Retrieval › Threat and Security Events (SIEM) › Read',
    timeFields: COMMON_TIME_FIELDS,
    indicators: INDICATORS,
    textFields: TEXT_FIELDS,
    idFields: ['aggregateId', 'processingId', 'messageId'],
  } as const satisfies FileDefinition;
}

export const SIEM_TYPES = [
  siemType('receipt', 'mimecast_receipt_logs_v2', 'receipt'),
  siemType('process', 'mimecast_process_logs_v2', 'process'),
  siemType('delivery', 'mimecast_delivery_logs_v2', 'delivery'),
  siemType('journal', 'mimecast_journal_logs_v2', 'jrnl'),
  siemType('av', 'mimecast_av_logs_v2', 'av'),
  siemType('spam', 'mimecast_spam_logs_v2', 'spam'),
  siemType('internal email protect', 'mimecast_internal_email_protect_logs_v2', 'ttp'),
  siemType('impersonation protect', 'mimecast_impersonation_protect_logs_v2', 'ttp'),
  siemType('url protect', 'mimecast_url_protect_logs_v2', 'ttp'),
  siemType('attachment protect', 'mimecast_attachment_protect_logs_v2', 'ttp'),
] as const;
