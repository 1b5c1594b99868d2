/** That the fuzzers find what is planted, say how to see it again, and say nothing of what is sound. */

import { afterAll, describe, expect, test } from 'vitest';
import { decimalOf } from './decimal.js';
import { fuzzTarget } from './fuzz-target.js';
import { minimized } from './minimize.js';
import { inputOf } from './mutate.js';
import { MODULE, TARGETS } from './planted.js';
import { findText } from './report.js';
import { FuzzThread } from './thread.js';

const thread = new FuzzThread({ module: MODULE, limitMs: 1_000 });
const patient = new FuzzThread({ module: MODULE, limitMs: 60_000 });
afterAll(async () => {
  await thread.stop();
  await patient.stop();
});

const targetOf = (name: string) => {
  const target = TARGETS.find((each) => each.name === name);
  if (target === undefined) throw new Error(`there is no ${name}`);
  return target;
};
const fuzz = (name: string, from = 0, runs = 600) =>
  fuzzTarget(name === 'hoard' ? patient : thread, targetOf(name), { seed: 1, from, runs, tries: 200 });

describe('what is planted is found', () => {
  test.each([
    ['crash', 'broken', 'TypeError: planted', '__proto__'],
    ['wrong', 'broken', 'BrokenProperty: it takes a null character', '\0'],
  ])('%s', async (name, kind, message, input) => {
    const { finds } = await fuzz(name);
    expect(finds).toMatchObject([{ target: name, kind, message, seed: 1 }]);
    expect(Buffer.from(finds[0]?.input ?? []).toString()).toBe(input);
  });

  test.each([
    ['hang', 'hang', /took more than 1 s/, /\[\[/],
    ['backtracking', 'hang', /took more than 1 s/, /a{31,}[^a]/],
    ['hoard', 'memory', /memory/i, /\{\}/],
  ])('%s', async (name, kind, message, input) => {
    const numbers = Array.from({ length: 600 }, (_, at) => at);
    const holds = (at: number) => input.test(Buffer.from(inputOf(targetOf(name), 1, at)).toString('latin1'));
    const first = numbers.find((at) => holds(at)) ?? 0;
    const { finds } = await fuzz(name, first, 1);
    expect(finds).toMatchObject([{ target: name, number: first, kind, message: expect.stringMatching(message) }]);
  });

  test('leak', async () => {
    const { finds } = await fuzz('leak');
    expect(finds).toMatchObject([{ target: 'leak', kind: 'leak', message: expect.stringContaining('more in use') }]);
  });
});

test('of what is sound nothing is said', async () => {
  expect(await fuzz('sound')).toEqual({ target: 'sound', ran: 600, finds: [], isStopped: false });
});

test('after a signal it ends and tells what was tried', async () => {
  const options = { seed: 1, from: 0, runs: 600, tries: 1, signal: AbortSignal.abort() };
  expect(await fuzzTarget(thread, targetOf('sound'), options)).toEqual({
    target: 'sound',
    ran: 0,
    finds: [],
    isStopped: true,
  });
});

test('a find says what breaks, with which input, and how to see it again', async () => {
  const [find] = (await fuzz('wrong')).finds;
  const text = find === undefined ? '' : findText(find);
  expect(text).toMatch(/^wrong: broken: BrokenProperty: it takes a null character\n/);
  expect(text).toContain('input of 1 bytes, shortened: "\\u0000"\n  base64: AA==');
  expect(text).toContain(`again: npm run fuzz -- --target wrong --seed 1 --from ${find?.number} --runs 1`);
});

test('an input is the same each time, and another for another number or seed', () => {
  const target = targetOf('sound');
  const inputs = (seed: number) =>
    Array.from({ length: 40 }, (_, at) => Buffer.from(inputOf(target, seed, at)).toString('hex'));
  expect(inputs(1)).toEqual(inputs(1));
  expect(new Set([...inputs(1), ...inputs(2).slice(2)]).size).toBeGreaterThan(70);
});

test('an input is shortened to what it takes', async () => {
  const isFailing = async (input: Uint8Array) => Buffer.from(input).includes('x') && Buffer.from(input).includes('y');
  const least = await minimized(Buffer.from(`${'a'.repeat(500)}x${'b'.repeat(300)}y${'c'.repeat(99)}`), isFailing, 400);
  expect(Buffer.from(least).toString()).toBe('xy');
});

test.each([
  ['1e3', '1000'],
  ['-0.10', '-1E-1'],
  ['0e5', '0.00'],
])('%s and %s are the same number', (one, other) => {
  expect(decimalOf(one)).toBe(decimalOf(other));
});

test.each([
  ['9007199254740993', '9007199254740992'],
  ['-1', '1'],
  ['1e-6177', '1e-6176'],
])('%s and %s are not', (one, other) => {
  expect(decimalOf(one)).not.toBe(decimalOf(other));
});
