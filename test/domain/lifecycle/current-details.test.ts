import { describe, expect, test } from 'vitest';
import { currentDetails } from '../../../src/domain/lifecycle/current-details.js';
import { newStreamStatus, type SourceSnapshot, type StreamStatus } from '../../../src/domain/lifecycle/snapshot.js';
import {
  FORBIDDEN,
  LIMITED,
  minutes,
  problemOf,
  sourceAfter,
  startUp,
  UNAVAILABLE,
} from '../../support/source-fixtures.js';

const NOW = minutes(60);
const COLLECTING = sourceAfter(...startUp('receipt', 'dlp'));
const draw = (changes: Partial<SourceSnapshot>) => currentDetails({ ...COLLECTING, ...changes }, NOW);
const stream = (changes: Partial<StreamStatus>) => ({ ...newStreamStatus('receipt'), ...changes });

/** The rows of the table by the names of its head, each as wide as the head. */
function rowsOf(text: string): Record<string, string>[] {
  const [head = [], align, ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('\u00a0', ' ').trim()),
    );
  for (const cell of align ?? []) expect(cell).toMatch(/^:?-+:?$/);
  return rows.map((cells) => {
    expect(cells).toHaveLength(head.length);
    return Object.fromEntries(head.map((name, index) => [name, cells[index] ?? '']));
  });
}

test('a healthy source', () => {
  const totals = { stored: 1_234_567, duplicates: 999, quarantined: 1_000 };
  const text = draw({ totals, nextPollAt: minutes(61), restarts: 2 });
  expect(text).toContain('### mail is **Collecting** and healthy\n');
  expect(text).toContain('In this state since 2025-09-15 12:04:00 UTC.');
  expect(text).toContain('**1,234,567 records stored**, 999 duplicates skipped, 1,000 in quarantine.');
  expect(text).toContain('Polled every 5 min, next at 2025-09-15 13:01:00 UTC. Restarts: 2.');
  expect(text).not.toContain('>');
});

test('the names of source and collector are only text', () => {
  expect(draw({ sourceId: 3, collector: '[c](x)' })).toContain('Source 3 of the collector *\\[c\\](x)*: ');
});

test('before the configuration is known there is no table', () => {
  const text = currentDetails(sourceAfter(), NOW);
  expect(text).toContain('### source 7 is **Pending** and healthy');
  expect(text).toContain('No streams yet');
  expect(text).not.toContain('|');
});

describe('the row of a stream', () => {
  test.each<[string, Partial<StreamStatus>, Record<string, string>]>([
    ['new', {}, { Stream: 'receipt', Doing: 'idle', Stored: '0', Behind: '-', 'Newest record': '-' }],
    [
      'caught up',
      { phase: 'waiting', caughtUp: true, caughtUpAt: NOW, lastEventTime: minutes(30), stored: 12_000 },
      { Doing: 'waiting', Stored: '12,000', Behind: 'nothing', 'Newest record': '12:30:00' },
    ],
    [
      'behind, with records of another day',
      { phase: 'collecting', lastEventTime: minutes(-24 * 60 + 55) },
      { Doing: 'collecting', Behind: '1 d', 'Newest record': '2025-09-14 12:55:00 UTC' },
    ],
    [
      'not caught up, with a record from the future',
      { phase: 'collecting', lastEventTime: minutes(61) },
      { Doing: 'collecting', Behind: '0 s' },
    ],
    ['failing', { phase: 'retrying', problem: problemOf(LIMITED) }, { Doing: '**retrying**', Behind: '-' }],
    ['parked', { phase: 'parked', problem: problemOf(FORBIDDEN) }, { Doing: '**parked**', Behind: '-' }],
  ])('%s', (_, changes, row) => {
    expect(rowsOf(draw({ streams: [stream(changes)] }))).toEqual([expect.objectContaining(row)]);
  });

  test('there is one for each stream, in their order', () => {
    expect(rowsOf(draw({})).map(({ Stream }) => Stream)).toEqual(['receipt', 'dlp']);
  });
});

describe('a problem', () => {
  const problemLine = (changes: Parameters<typeof problemOf>[1], failure = UNAVAILABLE) =>
    draw({ state: 'Error', health: 'Error', streams: [stream({ problem: problemOf(failure, changes) })] })
      .split('\n')
      .find((line) => line.startsWith('>'));

  test('that is tried again', () => {
    expect(problemLine({ attempt: 4, retryAt: minutes(62), until: minutes(90) })).toBe(
      '> **ThirdPartyGeneric** in *receipt*: batch list: down (HTTP 503) (`http_503`, since 2025-09-15 12:00:00 UTC). ' +
        'Attempt 4 failed; the next one is at 2025-09-15 13:02:00 UTC. It is retried until 2025-09-15 13:30:00 UTC.',
    );
  });

  test('whose times are not known', () => {
    expect(problemLine({})).toContain(
      'UTC). Attempt 1 failed; another one is being made. It is retried until it works.',
    );
  });

  test('that was given up', () => {
    expect(problemLine({ gaveUp: true }, FORBIDDEN)).toContain(
      'No retries are made until the source is updated or restarted.',
    );
  });

  test('that is tried again by itself every few minutes', () => {
    const again = 'It is retried every 5 min, and at once when the source is updated or restarted.';
    expect(problemLine({ gaveUp: true, againEveryMs: 300_000 }, FORBIDDEN)).toContain(again);
    expect(problemLine({ gaveUp: true, againEveryMs: 300_000 }, FORBIDDEN)).not.toContain('No retries');
  });

  test('cannot bring Markdown or HTML of its own into the page', () => {
    const line = problemLine({ message: '<img src=x> **bold** [a](b) `c` _d_ |\n\n# head', code: 'a`b\n# c' });
    expect(line).toContain(
      '\\<img src=x\\> \\*\\*bold\\*\\* \\[a\\](b) \\`c\\` \\_d\\_ \\| # head (`a b # c`, since 2025-09-15 12:00:00 UTC)',
    );
  });

  test('of the source comes before those of its streams', () => {
    const text = draw({
      health: 'Error',
      problem: { ...problemOf(UNAVAILABLE), step: 'sweep' },
      streams: [stream({ problem: problemOf(UNAVAILABLE) })],
    });
    expect(text.match(/in \*(\w+)\*/g)).toEqual(['in *sweep*', 'in *receipt*']);
  });
});

test('a warning is called one, and the name of a source is only text', () => {
  expect(draw({ name: 'a*b*\n# c', health: 'Warning' })).toMatch(
    /^### a\\\*b\\\* # c is \*\*Collecting\*\* with a warning\n/,
  );
});
