import { describe, expect, test } from 'vitest';
import { readCommandLine, simulatorCommand } from '../../simulator/options/command-line.js';
import { parseDuration } from '../../simulator/options/duration.js';

function read(...args: readonly string[]): ReturnType<typeof readCommandLine> {
  return readCommandLine(simulatorCommand().exitOverride().parse(args, { from: 'user' }));
}

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  ['250ms', 250],
  ['0s', 0],
  ['90', undefined],
  ['-5m', undefined],
  ['5 weeks', undefined],
  ['', undefined],
])('duration %j is %s ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

describe('options', () => {
  test('that are not given stay open for their defaults', () => {
    expect(read()).toEqual({ options: { frozen: false }, json: false, mistakes: [] });
  });

  test('arrive as values', () => {
    const given = read(
      '--port',
      '8080',
      '--json',
      '--history',
      '7d',
      '--rate',
      '0',
      '--rate-limit',
      '50/15m',
      '--frozen',
    );
    expect(given).toEqual({
      options: {
        port: 8080,
        historyMs: 604_800_000,
        rate: 0,
        rateLimit: { calls: 50, windowMs: 900_000 },
        frozen: true,
      },
      json: true,
      mistakes: [],
    });
  });

  test('a bucket to export to, and what is before its keys', () => {
    expect(read('--bucket', 'logs').options.bucket).toEqual({ bucket: 'logs' });
    expect(read('--bucket', 'logs', '--bucket-prefix', 'a/').options.bucket).toEqual({ bucket: 'logs', prefix: 'a/' });
    expect(read('--bucket-prefix', 'a/').mistakes).toEqual(['--bucket-prefix needs --bucket']);
  });

  test('with mistakes are all named', () => {
    const { mistakes } = read(
      '--port',
      '70000',
      '--history',
      '24',
      '--rate',
      'x',
      '--tenants',
      '1.5',
      '--rate-limit',
      '5',
      '--nope',
      'more',
    );
    const named = ['--nope', 'more', '--port', '--history', '--rate ', '--tenants', '--rate-limit'];
    expect(mistakes).toHaveLength(named.length);
    for (const name of named) expect(mistakes.join('\n')).toContain(name);
  });
});
