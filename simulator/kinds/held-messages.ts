import { apiTime } from './api-time.js';
import { type Condition, holding, isObject, type Json, objectIn } from './conditions.js';
import type { RecordKind } from './kind.js';
import { holdReasonOf } from './mail-records.js';

/** Names that `searchBy` has for fields. */
const SEARCHED: Readonly<Record<string, string>> = {
  sender: 'from',
  recipient: 'to',
  reason_code: 'reasonCode',
  subject: 'subject',
};

/** Names that `filterBy` has for fields. */
const FILTERED: Readonly<Record<string, string>> = {
  route: 'route',
  heldGroup: 'policyInfo',
  attachments: 'hasAttachments',
};

export const heldMessages = {
  stream: 'hold',
  path: '/api/gateway/get-hold-message-list',
  purpose: 32,
  rows: ({ isHeld }) => (isHeld ? 1 : 0),
  timeField: 'dateReceived',
  dateFields: ['start', 'end'],
  areDatesOptional: true,
  isForAdmins: true,
  isQueue: true,
  make: (message, random) => {
    const [, reasonCode, reason, policyInfo] = holdReasonOf(message);
    const to = message.recipients[0];
    const from = { emailAddress: message.sender.address, displayableName: message.sender.name };
    return [
      {
        id: `eNo${random.id(180)}`,
        reason,
        reasonId: reasonCode.toUpperCase(),
        reasonCode,
        from,
        fromHeader: random.chance(0.2) ? { ...from, displayableName: 'Chief Executive' } : from,
        to: { emailAddress: to?.address ?? '', displayableName: to?.name ?? '' },
        subject: message.subject,
        route: message.kind.route.toUpperCase(),
        hasAttachments: message.attachments.length > 0,
        size: message.size,
        dateReceived: apiTime(message.finishedAt),
        policyInfo,
      },
    ];
  },
  conditions: (request) => {
    const { fieldName, value } = objectIn(request, 'searchBy');
    const field = SEARCHED[String(fieldName)];
    return [
      ...holding(value, field === undefined ? ['subject', 'from', 'to', 'reasonCode'] : [field]),
      ...(Array.isArray(request.filterBy) ? request.filterBy : []).flatMap(filterOf),
    ];
  },
  companion: {
    endpoint: 'holdSummary',
    path: '/api/gateway/get-hold-summary-list',
    data: countsOfPolicies,
  },
} as const satisfies RecordKind;

function filterOf(item: unknown): Condition[] {
  const field = isObject(item) ? FILTERED[String(item.fieldName)] : undefined;
  if (!isObject(item) || field === undefined) return [];
  const wanted = String(item.value).toLowerCase();
  return [(record) => String(record[field]).toLowerCase() === wanted];
}

/** How many messages each policy holds now. */
function countsOfPolicies(held: () => readonly Json[]): Json[] {
  const counts = new Map<string, number>();
  for (const { policyInfo } of held()) counts.set(String(policyInfo), (counts.get(String(policyInfo)) ?? 0) + 1);
  return [...counts].map(([policyInfo, numberOfItems]) => ({ policyInfo, numberOfItems }));
}
