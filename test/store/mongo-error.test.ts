import { MongoNetworkError, MongoServerError } from 'mongodb';
import { expect, test } from 'vitest';
import { storeErrorFactsOf } from '../../src/store/mongo-error.js';
import { CheckpointMovedError } from '../../src/store/writer.js';

test.each<[string, unknown, object | undefined]>([
  [
    'the server',
    new MongoServerError({ message: 'not primary', code: 10107, codeName: 'NotWritablePrimary' }),
    { origin: 'mongodb', code: 'NotWritablePrimary', message: 'MongoDB: not primary' },
  ],
  [
    'the server, without a name',
    new MongoServerError({ message: 'odd', code: 4242 }),
    { origin: 'mongodb', code: '4242', message: 'MongoDB: odd' },
  ],
  [
    'the connection',
    new MongoNetworkError('connection closed'),
    { origin: 'mongodb', code: 'MongoNetworkError', message: 'MongoDB: connection closed' },
  ],
  [
    'a checkpoint that was moved',
    new CheckpointMovedError('7/dlp'),
    {
      origin: 'internal',
      code: 'CheckpointMoved',
      message: 'The checkpoint 7/dlp was moved by another worker; this attempt aborts',
    },
  ],
  ['something else', new TypeError('x is not a function'), undefined],
  ['a text', 'MongoServerError', undefined],
])('%s', (_, error, facts) => {
  expect(storeErrorFactsOf(error)).toEqual(facts);
});
