import { describe, expect, test } from 'vitest';
import { METADATA_KEYS } from '../../src/domain/records/metadata-keys.js';
import { STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { type RecordMetadata, toDocument, vendorRecordOf } from '../../src/records/document.js';
import { contentDigest, identityOf } from '../../src/records/identity.js';

const ID = identityOf(7, 'receipt', contentDigest('x'), 1);
const RECEIPT_TIME = new Date('2025-09-15T12:00:00Z');
const METADATA: RecordMetadata = {
  sourceId: 7,
  source: 'mail',
  collector: 'cloud',
  fields: { site: 'x' },
  siemForward: false,
};

function documentOf(
  record: Record<string, unknown>,
  changes: Partial<RecordMetadata> = {},
  stream: StreamName = 'receipt',
) {
  return toDocument(record, ID, stream, { ...METADATA, ...changes }, RECEIPT_TIME);
}

test('a document is the record, unchanged and at the top level, with the metadata of its source', () => {
  const record = { timestamp: 1_757_930_000_000, subject: null, list: [{ a: 1 }], aggregateId: '5' };
  expect(documentOf(record)).toEqual({
    ...record,
    _id: ID,
    _sourceId: 7,
    _source: 'mail',
    _collector: 'cloud',
    _dataType: 'receipt',
    _messageTime: new Date(1_757_930_000_000),
    _receiptTime: RECEIPT_TIME,
    _fields: { site: 'x' },
  });
});

test('a source category is there when the source has one', () => {
  expect(documentOf({}, { sourceCategory: 'a/b' })).toHaveProperty('_sourceCategory', 'a/b');
  expect(documentOf({})).not.toHaveProperty('_sourceCategory');
});

describe('forwarded to SIEM', () => {
  const EVENT_IDS = [
    'receipt',
    'process',
    'delivery',
    'jrnl',
    'av',
    'spam',
    'ttp',
    'ttp',
    'ttp',
    'ttp',
    'audit',
    'dlp',
    'hold',
    'ttp url',
  ];

  test.each(STREAMS.map((stream, index) => [stream, EVENT_IDS[index]] as const))('%s is %s', (stream, eventId) => {
    expect(documentOf({}, { siemForward: true }, stream)).toMatchObject({
      _siemForward: true,
      _siemVendor: 'Mimecast',
      _siemProduct: 'Mimecast',
      _siemFormat: 'JSON',
      _siemEventID: eventId,
      _dataType: stream,
    });
  });

  test('or not', () => {
    expect(Object.keys(documentOf({})).filter((key) => key.startsWith('_siem'))).toEqual([]);
  });
});

/** Made by `JSON.parse`, as records are: only so does `__proto__` become a key of its own. */
const ODD_RECORDS: readonly (readonly [string, string])[] = [
  ['nothing', '{}'],
  ['ordinary keys in their order', '{"b":1,"a":{"d":[1,null,"x"],"c":true}}'],
  ['every key of the metadata', JSON.stringify(Object.fromEntries([...METADATA_KEYS].map((key, at) => [key, at])))],
  ['an id of its own', '{"_id":"abc","x":1}'],
  ['a key named _vendor', '{"_vendor":{"_id":1,"x":2}}'],
  ['_vendor beside another that collides', '{"_vendor":5,"_source":"s","x":1}'],
  ['keys that only look alike', '{"_Id":1,"_ID":2,"_offset":3,"_partition":4}'],
  ['__proto__', '{"__proto__":{"a":1},"constructor":2,"toString":3}'],
  ['__proto__ that is no object', '{"__proto__":5}'],
  ['dollars, dots and nothing', '{"$set":1,"a.b":2,"":3,"$":4,".":5,"a":{"$ref":"x","$id":1,"b.c":2}}'],
  ['numbers as keys', '{"2":"b","1":"a"}'],
];

describe('back to the record', () => {
  test.each(ODD_RECORDS)('%s', (_, text) => {
    const record = JSON.parse(text) as Record<string, unknown>;
    const back = vendorRecordOf(documentOf(record, { siemForward: true, sourceCategory: 'c' }));
    expect(back).toEqual(record);
    expect(Object.keys(back).sort()).toEqual(Object.keys(record).sort());
    expect(JSON.parse(text)).toEqual(record);
  });

  test('the order of the keys stays when none collides', () => {
    const text = '{"z":1,"a":2,"_offset":3,"m":4}';
    expect(JSON.stringify(vendorRecordOf(documentOf(JSON.parse(text) as Record<string, unknown>)))).toBe(text);
  });
});

test('a colliding key never takes the place of the metadata', () => {
  const document = documentOf({ _id: 'mine', _sourceId: 99, _messageTime: 'then', _siemForward: true });
  expect(document).toMatchObject({ _id: ID, _sourceId: 7, _messageTime: RECEIPT_TIME });
  expect(document).not.toHaveProperty('_siemForward');
  expect(document._vendor).toEqual({ _id: 'mine', _sourceId: 99, _messageTime: 'then', _siemForward: true });
});
