/** `backfill` and `verify`. */

import type { Command } from 'commander';
import { REREAD_KINDS, type RereadKind } from '../domain/rereads/reread.js';
import type { MissingRecord } from '../management/rereads/reread-service.js';
import { EXIT } from '../runtime/program.js';
import { awaitReread, inputOf, isGood, type RereadResult, rereadText } from './reread-result.js';
import type { RereadCommands } from './services/command-services.js';
import type { WithCommands } from './session.js';

interface RereadOptions {
  readonly json?: boolean;
  readonly stream?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly cancel?: boolean;
  readonly detach?: boolean;
}

const DESCRIPTION = {
  backfill: 'read a range of a source (its id or name) again and store what is missing, alongside its collection',
  verify: 'read a range of a source (its id or name) again and report what is missing; exit code 1 if anything is',
} as const satisfies Readonly<Record<RereadKind, string>>;

export function addRereadCommands(program: Command, withCommands: WithCommands): void {
  for (const kind of REREAD_KINDS) {
    program
      .command(`${kind} <ID>`)
      .description(DESCRIPTION[kind])
      .option('--stream <name...>', 'only these streams, such as receipt or "url protect" (default: all of the source)')
      .option('--from <time>', 'an ISO time, or an age such as 7d (default: the first day that the source asked for)')
      .option('--to <time>', 'the same (default: now)')
      .option('--detach', 'start it and do not wait for the result')
      .option('--cancel', 'cancel the one that is running')
      .option('--json', 'print the result as JSON')
      .action((id: string, options: RereadOptions) =>
        withCommands(({ rereads }) => (options.cancel ? cancel : readAgain)(rereads, kind, id, options)),
      );
  }
}

async function cancel(rereads: RereadCommands, kind: RereadKind, id: string, { json }: RereadOptions): Promise<void> {
  const { sourceId } = await rereads.cancel(kind, id);
  process.stdout.write(
    json ? `${JSON.stringify({ sourceId })}\n` : `The ${kind} of source ${sourceId} was cancelled.\n`,
  );
}

async function readAgain(
  rereads: RereadCommands,
  kind: RereadKind,
  id: string,
  { json, detach, ...wish }: RereadOptions,
): Promise<void> {
  const result = await resultOf(rereads, kind, id, { detach: detach === true, wish });
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : rereadText(kind, result)}\n`);
  if (!isGood(kind, result)) process.exitCode = EXIT.failed;
}

async function resultOf(
  rereads: RereadCommands,
  kind: RereadKind,
  id: string,
  { detach, wish }: { readonly detach: boolean; readonly wish: RereadOptions },
): Promise<RereadResult> {
  const started = await rereads.start(kind, id, inputOf(wish));
  if (detach) return { ...started, state: 'RUNNING' };
  const ended = await awaitReread(rereads, kind, started, (text) => process.stderr.write(`${text}\n`));
  if (kind === 'backfill' || ended.report === undefined) return ended;
  const missing: MissingRecord[] = [];
  for await (const record of rereads.missing(ended.report)) missing.push(record);
  return { ...ended, missing };
}
