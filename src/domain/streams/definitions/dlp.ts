import { COMMON_TIME_FIELDS, type WindowDefinition } from './definition.js';

export const dlp = {
  kind: 'windows',
  name: 'dlp',
  title: 'DLP logs',
  collection: 'mimecast_dlp_logs',
  dataCollection: 'dlp',
  siemEventId: 'dlp',
  product: 'Security Events',
  permission: 'Monitoring › Data Leak Prevention › Read',
  path: 'api/dlp/get-logs',
  request: (from, to) => ({ from, to, oldestFirst: true }),
  listKey: 'dlpLogs',
  timeFields: COMMON_TIME_FIELDS,
  fields: ['action', 'eventTime', 'messageId', 'policy', 'recipientAddress', 'route', 'senderAddress', 'subject'],
  indicators: { messageId: 'message', senderAddress: 'addresses', recipientAddress: 'addresses' },
  textFields: ['subject', 'policy', 'action', 'route'],
  // One message leaves several rows that differ only in their action, policy or recipient.
  identity: { by: 'content' },
} as const satisfies WindowDefinition;
