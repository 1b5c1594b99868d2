import { AUDIT_CATEGORIES, STAFF } from '../mail/corpus.js';
import { apiTime } from './api-time.js';
import { anyOf, holding } from './conditions.js';
import type { RecordKind } from './kind.js';

export const audit = {
  stream: 'audit',
  path: '/api/audit/get-audit-events',
  purpose: 30,
  rows: ({ name }) => (name === 'administration' ? 1 : 0),
  timeField: 'eventTime',
  dateFields: ['startDateTime', 'endDateTime'],
  reachDays: 60,
  make: (message, random) => {
    const [, category, types] = random.pick(AUDIT_CATEGORIES);
    const auditType = random.pick(types);
    const [first, last] = random.pick(STAFF);
    const user = random.chance(0.1) ? '' : `${first}.${last}@${message.accountId.toLowerCase()}.test`.toLowerCase();
    const date = new Date(message.finishedAt).toISOString();
    return [
      {
        id: `eNq${random.id(246)}`,
        auditType,
        user,
        eventTime: apiTime(message.finishedAt),
        eventInfo: `${auditType} for ${user || 'unknown'}, Date: ${date.slice(0, 10)}, Time: ${date.slice(11, 19)}+0000, IP: ${message.senderIp}, Application: Administration Console`,
        category,
      },
    ];
  },
  conditions: (request) => [
    ...anyOf(request, 'categories', 'category'),
    ...holding(request.query, ['auditType', 'user', 'eventInfo', 'category']),
  ],
  companion: {
    endpoint: 'categories',
    path: '/api/audit/get-categories',
    data: () => AUDIT_CATEGORIES.map(([id, name]) => ({ id, name })),
  },
} as const satisfies RecordKind;
