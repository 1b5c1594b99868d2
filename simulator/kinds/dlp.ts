import { DLP_ACTIONS, DLP_POLICIES } from '../mail/corpus.js';
import type { MailKindName } from '../mail/mail-kinds.js';
import { apiTime, OTHER_OFFSET_SHARE } from './api-time.js';
import { anyOf, holding } from './conditions.js';
import type { RecordKind } from './kind.js';

const ROWS: Readonly<Partial<Record<MailKindName, number>>> = { 'leak noticed': 2, 'leak held': 3 };
const SEARCHED = ['senderAddress', 'recipientAddress', 'subject', 'policy'] as const;

export const dlp = {
  stream: 'dlp',
  path: '/api/dlp/get-logs',
  purpose: 31,
  rows: ({ name }) => ROWS[name] ?? 0,
  timeField: 'eventTime',
  dateFields: ['from', 'to'],
  hasOldestFirst: true,
  listKey: 'dlpLogs',
  make: (message, random) => {
    const policy = random.pick(DLP_POLICIES);
    const eventTime = apiTime(message.finishedAt, random.chance(OTHER_OFFSET_SHARE) ? 7 : 0);
    const first = random.int(0, DLP_ACTIONS.length - 1);
    return Array.from({ length: ROWS[message.kind.name] ?? 0 }, (_, row) => ({
      senderAddress: message.sender.address,
      recipientAddress: message.recipients[0]?.address ?? '',
      subject: message.subject,
      eventTime,
      route: message.kind.route,
      policy,
      action: DLP_ACTIONS[(first + row) % DLP_ACTIONS.length],
      messageId: message.messageId,
    }));
  },
  conditions: (request) => {
    const searched = SEARCHED.filter((field) => field === request.searchField);
    return [
      ...anyOf(request, 'routes', 'route'),
      ...anyOf(request, 'actions', 'action'),
      ...holding(request.query, searched.length > 0 ? searched : SEARCHED),
    ];
  },
} as const satisfies RecordKind;
