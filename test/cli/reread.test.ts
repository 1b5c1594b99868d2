import { expect, test } from 'vitest';
import { isGood, type RereadResult, rereadText } from '../../src/cli/reread-result.js';
import { NO_REREAD_COUNTS, newReport, type StreamReread, withStream } from '../../src/domain/rereads/reread.js';

/** A verify of one stream that is over. */
function verified(news: Partial<StreamReread>): RereadResult {
  const range = { from: '2025-09-15T00:00:00.000Z', to: '2025-09-16T00:00:00.000Z' };
  const report = withStream(newReport({ sourceId: 1, streams: ['av'], ...range }, 'verify', 'run'), {
    stream: 'av',
    done: true,
    counts: { ...NO_REREAD_COUNTS, read: 7 },
    ...news,
  });
  return { sourceId: 1, workflowId: 'w', ...range, streams: ['av'], state: 'COMPLETED', report };
}

test('a verify that read everything says that nothing is missing', () => {
  const result = verified({});
  expect(isGood('verify', result)).toBe(true);
  expect(rereadText('verify', result)).toContain('Nothing is missing: all of 7 records are stored.');
});

test.each<[string, Partial<StreamReread>, RegExp]>([
  [
    'could not read a file',
    { counts: { ...NO_REREAD_COUNTS, read: 7, unreadFiles: 1 }, notes: ['/f: it is an error: later'] },
    /! av: \/f: it is an error: later\n[\s\S]*1 files could not be read again/,
  ],
  ['gave up a stream', { done: false, failure: 'none of the 2 entries is a record' }, /Given up: av/],
])('one that %s does not, but says what it could not see', (_, news, told) => {
  const result = verified(news);
  expect(isGood('verify', result)).toBe(false);
  const text = rereadText('verify', result);
  expect(text).not.toContain('Nothing is missing');
  expect(text).toContain('All 7 records that could be read are stored.');
  expect(text).toMatch(told);
});
