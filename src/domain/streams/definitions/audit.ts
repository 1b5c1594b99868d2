import { COMMON_TIME_FIELDS, type WindowDefinition } from './definition.js';

export const audit = {
  kind: 'windows',
  name: 'audit',
  title: 'audit events',
  collection: 'mimecast_audit_events',
  dataCollection: 'auditEvent',
  siemEventId: 'audit',
  product: 'Audit Events',
  permission: 'Account › Logs › Read',
  path: 'api/audit/get-audit-events',
  request: (startDateTime, endDateTime) => ({ startDateTime, endDateTime }),
  timeFields: COMMON_TIME_FIELDS,
  fields: ['id', 'auditType', 'category', 'eventInfo', 'eventTime', 'user'],
  indicators: { user: 'addresses' },
  textFields: ['auditType', 'category', 'eventInfo'],
  identity: { by: 'id', naming: ['auditlogid', 'customercode'], changing: ['secureid'] },
  reachMs: 60 * 86_400_000,
} as const satisfies WindowDefinition;
