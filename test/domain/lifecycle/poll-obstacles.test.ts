/** Why a stream cannot be polled now, in words for who asked. */

import { expect, test } from 'vitest';
import { pollObstacles } from '../../../src/domain/lifecycle/poll-obstacles.js';
import type { SourceEvent } from '../../../src/domain/lifecycle/reduce.js';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { FORBIDDEN, minutes, outcomeOf, sourceAfter, startUp, UNAVAILABLE } from '../../support/source-fixtures.js';

const CAUGHT_UP: SourceEvent[] = (['receipt', 'audit', 'dlp'] as const).map((stream) => ({
  kind: 'outcome',
  outcome: outcomeOf(stream),
}));
const COLLECTING = [...startUp('receipt', 'audit', 'dlp'), ...CAUGHT_UP];
const failed = (stream: StreamName, failure = UNAVAILABLE): SourceEvent => ({
  kind: 'outcome',
  outcome: outcomeOf(stream, { result: 'failed', failure }),
});

test.each<[string, SourceEvent[], StreamName[], (string | RegExp)[]]>([
  ['streams that are caught up can be polled', COLLECTING, ['receipt', 'dlp'], []],
  [
    'not one that the source does not collect',
    COLLECTING,
    ['receipt', 'journal'],
    ['journal: the source does not collect it; it collects: receipt, audit, dlp'],
  ],
  [
    'not one with more to come, nor one that has not been looked at yet',
    [...startUp('receipt', 'audit'), { kind: 'outcome', outcome: outcomeOf('receipt', { result: 'more' }) }],
    ['receipt', 'audit'],
    ['receipt: it is being collected already', 'audit: it is being collected already'],
  ],
  [
    'not one that is parked',
    [...COLLECTING, failed('dlp', FORBIDDEN)],
    ['audit', 'dlp'],
    ['dlp: it is parked. app_forbidden: Forbidden. No retries are made until the source is updated or restarted.'],
  ],
  [
    'not one that is being retried',
    [...COLLECTING, failed('audit')],
    ['audit'],
    [
      /^audit: it is being retried\. http_503: batch list: down \(HTTP 503\)\. Attempt 1 failed; .* It is retried until/,
    ],
  ],
  [
    'none during an outage',
    [
      ...COLLECTING,
      failed('receipt'),
      failed('audit'),
      failed('dlp'),
      { kind: 'united', streams: ['receipt', 'audit', 'dlp'] },
    ],
    ['receipt', 'audit'],
    [/^receipt: it is being retried\. http_503/, /^audit: it is being retried\. http_503/],
  ],
  [
    'none while the source starts',
    startUp('receipt', 'audit').slice(0, 3),
    ['receipt'],
    ['the source is starting: it polls all of its streams as soon as it collects'],
  ],
  [
    'none while a step of the start fails',
    [...startUp('receipt').slice(0, 3), { kind: 'failed', subject: 'authenticate', failure: UNAVAILABLE, attempt: 2 }],
    ['receipt', 'journal'],
    [/^the source does not collect, as its step "authenticate" fails: http_503: .* Attempt 2 failed/],
  ],
  ['none while the source stops', [...COLLECTING, { kind: 'stopping' }], ['receipt'], ['the source is stopping']],
])('%s', (_, events, streams, expected) => {
  const obstacles = pollObstacles(sourceAfter(...events), streams, Date.parse(minutes(20)));
  expect(obstacles).toEqual(expected.map((text) => (typeof text === 'string' ? text : expect.stringMatching(text))));
});
