import { URLS } from '../mail/corpus.js';
import { fillIn } from '../mail/message.js';
import { apiTime, OTHER_OFFSET_SHARE } from './api-time.js';
import { type Condition, holding, type Json } from './conditions.js';
import type { RecordKind } from './kind.js';

const CREATION_METHODS = ['Entry Scan', 'User Click'] as const;

export const ttpUrl = {
  stream: 'ttp url',
  path: '/api/ttp/url/get-logs',
  purpose: 33,
  rows: ({ name }) => (name === 'link' ? CREATION_METHODS.length : 0),
  isExtra: true,
  timeField: 'date',
  dateFields: ['from', 'to'],
  hasOldestFirst: true,
  listKey: 'clickLogs',
  make: (message, random) => {
    const [template, category, scanResult] = random.pick(URLS);
    const url = fillIn(template, random);
    const date = apiTime(message.finishedAt, random.chance(OTHER_OFFSET_SHARE) ? 7 : 0);
    const isClean = scanResult !== 'malicious';
    return CREATION_METHODS.map((creationMethod) => ({
      userEmailAddress: message.recipients[0]?.address ?? '',
      fromUserEmailAddress: message.sender.address,
      url,
      ttpDefinition: 'Default Inbound URL Protect Definition',
      subject: message.subject,
      action: isClean ? 'allow' : 'warn',
      adminOverride: 'N/A',
      userOverride: 'None',
      scanResult: isClean ? 'clean' : 'malicious',
      category,
      sendingIp: message.senderIp,
      userAwarenessAction: isClean ? 'Continue' : 'N/A',
      date,
      actions: isClean ? 'Allow' : 'Block',
      route: message.kind.route,
      creationMethod,
      emailPartsDescription: ['Body'],
      messageId: message.messageId,
    }));
  },
  conditions: (request) => [...unlessAll(request, 'route'), ...unlessAll(request, 'scanResult')],
} as const satisfies RecordKind;

/** A request names one value of a field, or `all`. */
function unlessAll(request: Json, field: string): Condition[] {
  return request[field] === 'all' ? [] : holding(request[field], [field]);
}
