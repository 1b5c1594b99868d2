import { describe, expect, test } from 'vitest';
import { distinct, type Failure, readReport } from './report.js';
import { failureText, isGood, type Result, summaryOf, tableOf } from './result.js';

const base64 = (text: string) => ({ $base64: Buffer.from(text).toString('base64') });
const scenario = (recorder: object) => JSON.stringify({ ScenarioFinished: { phase: 'fuzzing', recorder } });
const end = (reason = 'completed') => JSON.stringify({ EngineFinished: { stop_reason: reason } });
const interaction = (status: number, uri = 'http://127.0.0.1:1/api/v1/fields') => ({
  request: { method: 'POST', uri, headers: { Authorization: ['Basic x'] }, body: base64('{"a":"ä"}') },
  response: { status_code: status, content: base64('{"id":"X"}') },
});
const failing = (name: string) => ({
  name,
  status: 'failure',
  failure_info: { failure: { operation: 'POST /api/v1/fields', message: 'Server error' } },
});

describe('a report', () => {
  test('counts the calls that were answered, and no other', async () => {
    const { request } = interaction(200);
    const interactions = { a: interaction(200), b: interaction(404), c: { request } };
    const lines = ['{"Initialize":{}}', scenario({ interactions }), scenario({}), end()];
    const { calls, statuses, failures, complete } = await readReport(lines);
    expect({ calls, statuses, failures, complete }).toEqual({
      ...{ calls: 2, statuses: { 200: 1, 404: 1 }, failures: [], complete: true },
    });
  });

  test('tells what failed with its request and answer, without the key', async () => {
    const checks = { a: [{ name: 'ignored_auth', status: 'success' }, failing('not_a_server_error')] };
    const { failures } = await readReport([scenario({ interactions: { a: interaction(500) }, checks }), end()]);
    expect(failures).toEqual([
      {
        check: 'not_a_server_error',
        operation: 'POST /api/v1/fields',
        message: 'Server error',
        request: { method: 'POST', uri: 'http://127.0.0.1:1/api/v1/fields', body: '{"a":"ä"}' },
        answer: { status: 500, body: '{"id":"X"}' },
      },
    ]);
  });

  test('wrong credentials that are slowed down are not ignored ones', async () => {
    const checks = { a: [failing('ignored_auth')], b: [failing('ignored_auth')], c: [failing('not_a_server_error')] };
    const interactions = { a: interaction(429), b: interaction(200), c: interaction(429) };
    const { failures } = await readReport([scenario({ interactions, checks }), end()]);
    expect(failures.map(({ check, answer }) => [check, answer?.status])).toEqual([
      ['ignored_auth', 200],
      ['not_a_server_error', 429],
    ]);
  });

  test('an error of a call without an answer is a failure', async () => {
    const error = { NonFatalError: { label: 'GET /api/v1/fields', value: { message: 'Read timed out' } } };
    expect((await readReport([JSON.stringify(error)])).failures).toMatchObject([
      { check: 'error', operation: 'GET /api/v1/fields', message: 'Read timed out' },
    ]);
  });

  test.each([
    ['that was cut off', ['{"Initialize":{}}', '{"ScenarioFin']],
    ['of a run that was interrupted', [end('interrupted')]],
  ])('%s is not complete', async (_name, lines) => {
    expect((await readReport(lines)).complete).toBe(false);
  });
});

const failure = (uri: string, check = 'not_a_server_error'): Failure => ({
  ...{ check, operation: 'GET /x', message: 'Server error', request: { method: 'GET', uri } },
  answer: { status: 500, body: '{}' },
});
const round = (seed: number, calls: number, failures: readonly Failure[] = []) => ({
  ...{ seed, calls, failures, reported: failures.length, seconds: 2, complete: true, statuses: { 200: calls } },
});
const result = (...rounds: Result['rounds']): Result => ({ wanted: 100, rounds, troubles: [] });

describe('the result', () => {
  test('of failures alike is the one with the shortest request', () => {
    expect(distinct([failure('/long'), failure('/a'), failure('/b', 'ignored_auth')])).toEqual([
      failure('/a'),
      failure('/b', 'ignored_auth'),
    ]);
  });

  test('is good with enough calls, no failure and no process that ended by itself', () => {
    expect(isGood(result(round(1, 60), round(2, 40)))).toBe(true);
    expect(isGood(result(round(1, 99)))).toBe(false);
    expect(isGood(result(round(1, 200, [failure('/a')])))).toBe(false);
    expect(isGood({ ...result(round(1, 200)), troubles: ['The server ended'] })).toBe(false);
  });

  test('is a table, texts and an object', () => {
    const all = result(round(7, 1_200), round(8, 300, [failure('/a'), failure('/b')]));
    expect(tableOf(all).split('\n')).toEqual([
      'seed  calls  failures  seconds',
      '7     1,200         0        2',
      '8       300         1        2',
      'all   1,500         1        4',
    ]);
    expect(failureText(failure('/a'))).toBe(
      'GET /x: not_a_server_error\n  Server error\n  request  GET /a\n  answer   500 {}',
    );
    expect(summaryOf(all)).toMatchObject({ good: false, calls: 1_500, seeds: [7, 8], statuses: { 200: 1_500 } });
  });
});
