/** `erase`: a person, from all that is stored. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { type ByCollection, type Erasure, isActive } from '../domain/erasure/erasure.js';
import { untilAborted } from '../runtime/aborted.js';
import { EXIT } from '../runtime/program.js';
import { stopOnSignals } from '../runtime/stop-signals.js';
import { wholeNumber } from './arguments.js';
import { tell } from './output.js';
import type { ErasureCommands } from './services/command-services.js';
import type { WithCommands } from './session.js';
import { count, table } from './table.js';

interface Options {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly confirm?: number;
  readonly cancel?: number;
  readonly list?: boolean;
  readonly json?: boolean;
}

const POLL_MS = 500;

export function addEraseCommand(program: Command, withCommands: WithCommands): void {
  const command = program
    .command('erase [ADDRESS...]')
    .description('erase a person, by all of their e-mail addresses, from everything that is stored; counts first')
    .option('--reason <text>', 'why, such as the number of the request; it is kept, so it must name nobody')
    .option('--yes', 'erase at once what was counted')
    .option('--confirm <number>', 'erase what the erasure of this number has counted', wholeNumber)
    .option('--cancel <number>', 'cancel one that was not confirmed', wholeNumber)
    .option('--list', 'list those that there were')
    .option('--json', 'print the result as JSON');
  command.action((addresses: string[], { reason, yes, confirm, cancel, list, json }: Options) =>
    withCommands(async ({ erasures }) => {
      if (list) return print(json, await erasures.list(), listText);
      if (cancel !== undefined)
        return print(json, await erasures.cancel(cancel), ({ id }) => `Erasure ${id} is canceled; nothing was erased.`);
      if (confirm !== undefined) return finish(json, await follow(erasures, await erasures.confirm(confirm)));
      if (addresses.length === 0) return command.error("error: missing required argument 'ADDRESS'");
      if (reason === undefined) return command.error("error: required option '--reason <text>' not specified");
      const counted = await follow(erasures, await erasures.preview({ addresses, reason }));
      if (!yes || counted.state !== 'Previewed') return finish(json, counted);
      return finish(json, await follow(erasures, await erasures.confirm(counted.id)));
    }),
  );
}

function print<T>(json: boolean | undefined, result: T, text: (of: T) => string): void {
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text(result)}\n`);
}

function finish(json: boolean | undefined, erasure: Erasure): void {
  print(json, erasure, erasureText);
  const isClean = erasure.state === 'Completed' && sum(erasure.left) + erasure.exported.length === 0;
  if (!isClean && erasure.state !== 'Previewed') process.exitCode = EXIT.failed;
}

/** Waits until it has counted, or erased. After Ctrl-C it goes on by itself. */
async function follow(erasures: ErasureCommands, begun: Erasure): Promise<Erasure> {
  const { signal } = stopOnSignals(() => undefined);
  let now = begun;
  const aborted = untilAborted(signal);
  let told = '';
  while (isActive(now.state) && !signal.aborted) {
    const place = (now.position ?? 'waiting for a worker').split(',')[0] ?? '';
    if (place !== told) tell(`erasure ${now.id}: ${now.position ?? place}`);
    told = place;
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    now = (await Promise.race([erasures.get(now.id), aborted])) || now;
  }
  if (isActive(now.state)) tell(`erasure ${now.id} goes on without this command: follow it with "erase --list"`);
  return now;
}

function sum(counts: ByCollection): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}

function countsText(title: string, counts: ByCollection): string[] {
  if (sum(counts) === 0) return [];
  return [
    '',
    title,
    table(
      ['collection', 'documents'],
      Object.entries(counts).map(([name, each]) => [name, count(each)]),
    ),
  ];
}

export function erasureText({ id, state, found, erased, left, later, similar, exported }: Erasure): string {
  const leftover = [
    ...countsText('Named elsewhere, where somebody has entered it; remove it there:', left),
    ...countsText('Logged after it was confirmed, and kept like anything else:', later),
    ...countsText('The same letters in something else, such as a longer address; look at these yourself:', similar),
    ...(exported.length === 0
      ? []
      : ['', 'In exported objects, which are to be removed from their bucket:', ...exported]),
  ];
  if (state === 'Completed')
    return [
      `Erasure ${id} is complete: ${count(sum(erased))} documents.`,
      ...countsText('Erased:', erased),
      ...leftover,
    ].join('\n');
  if (state === 'Previewed')
    return [
      `Erasure ${id} would erase ${count(sum(found))} documents. Nothing was erased yet: confirm it within a day with`,
      `  erase --confirm ${id}`,
      ...countsText('Found:', found),
      ...leftover,
    ].join('\n');
  return `Erasure ${id} is ${state}.`;
}

function listText(all: readonly Erasure[]): string {
  if (all.length === 0) return 'Nobody was erased yet.';
  const lines = all.map((one) => [
    ...[one.id, one.state, one.reason, one.startedBy, one.startedAt],
    ...[count(sum(one.found)), count(sum(one.erased)), count(sum(one.left))],
  ]);
  return table(['erasure', 'state', 'reason', 'by', 'started', 'found', 'erased', 'left'], lines);
}
