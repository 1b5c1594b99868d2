/** What a run of the fuzzers says of what it found. */

import type { Find, TargetResult } from './fuzz-target.js';

/** Longest piece of an input that is shown, in characters. */
const LONGEST = 2_000;

export function findText(find: Find): string {
  const { target, kind, message, input, stack } = find;
  const frames = (stack ?? '').split('\n').slice(1, 6);
  return [
    `${target}: ${kind}: ${message}`,
    ...frames,
    ...(find.number === undefined ? [] : inputLines(input)),
    `  again: ${commandOf(find)}`,
  ].join('\n');
}

function inputLines(input: Uint8Array): string[] {
  return [
    `  input of ${input.length} bytes, shortened: ${cut(JSON.stringify(Buffer.from(input).toString('latin1')))}`,
    `  base64: ${cut(Buffer.from(input).toString('base64'))}`,
  ];
}

export function commandOf({ target, seed, number }: Find): string {
  const place = number === undefined ? '' : ` --from ${number} --runs 1`;
  return `npm run fuzz -- --target ${target} --seed ${seed}${place}`;
}

export function summaryOf(seed: number, results: readonly TargetResult[]) {
  return {
    seed,
    inputs: results.reduce((sum, { ran }) => sum + ran, 0),
    targets: Object.fromEntries(results.map(({ target, ran }) => [target, ran])),
    finds: results.flatMap(({ finds }) =>
      finds.map((find) => ({
        target: find.target,
        kind: find.kind,
        message: find.message,
        base64: Buffer.from(find.input).toString('base64'),
        again: commandOf(find),
      })),
    ),
  };
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
