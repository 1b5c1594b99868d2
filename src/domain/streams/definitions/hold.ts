import { COMMON_TIME_FIELDS, type WindowDefinition } from './definition.js';

export const heldMessages = {
  kind: 'windows',
  name: 'hold',
  title: 'held messages',
  collection: 'mimecast_held_messages',
  dataCollection: 'holdMessageList',
  siemEventId: 'hold',
  product: 'Email Security Cloud Gateway',
  permission: 'Account › Dashboard › Read',
  path: 'api/gateway/get-hold-message-list',
  // Without `admin` the API lists only the mailbox of the application's own user.
  request: (start, end) => ({ admin: true, start, end }),
  timeFields: COMMON_TIME_FIELDS,
  fields: [
    'id',
    'dateReceived',
    'from',
    'fromHeader',
    'hasAttachments',
    'policyInfo',
    'reason',
    'reasonCode',
    'reasonId',
    'route',
    'size',
    'subject',
    'to',
  ],
  indicators: {
    'from.emailAddress': 'addresses',
    'fromHeader.emailAddress': 'addresses',
    'to.emailAddress': 'addresses',
  },
  textFields: [
    ...['subject', 'reason', 'reasonCode', 'policyInfo', 'route'],
    ...['from.displayableName', 'fromHeader.displayableName', 'to.displayableName'],
  ],
  identity: { by: 'id', naming: ['hldqid', 'queue_id', 'tnde', 'customercode'], changing: ['secureid', 'tmnd'] },
  isQueue: true,
  // Messages come into the queue late, and leave it.
  overlapMs: 3_600_000,
  lagMs: 0,
} as const satisfies WindowDefinition;
