/** An export of the past on the command line: follow it, tell what came of it, and what is wrong with the wish. */

import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, type PastExport } from '../domain/export/past-export.js';
import { RefusedError } from '../management/common/errors.js';
import type { PastWish } from '../management/past-exports/past-wish.js';
import { stopOnSignals } from '../runtime/stop-signals.js';
import type { ExportCommands } from './services/command-services.js';
import { count } from './table.js';

const POLL_MS = 500;

/** Waits for the end, while it tells the progress. After Ctrl-C the export goes on by itself. */
export async function awaitExport(
  exports: Pick<ExportCommands, 'get'>,
  started: PastExport,
  tell: (text: string) => void,
): Promise<PastExport> {
  const interrupted = stopOnSignals(() => undefined);
  let told = '';
  const { sourceId, id } = started;
  tell(`export ${id}: records from ${started.from} to ${started.to}`);
  for (;;) {
    const seen = await exports.get(sourceId, id);
    const text = progressText(seen);
    if (text !== told) tell(text);
    told = text;
    if (!isRunning(seen)) return seen;
    if (interrupted.signal.aborted) {
      tell(`The export continues; cancel it with "export ${sourceId} --cancel"`);
      return seen;
    }
    await pause(POLL_MS, undefined, { signal: interrupted.signal }).catch(() => undefined);
  }
}

function progressText({ objects, records, lastObject, problem }: PastExport): string {
  if (problem !== undefined) return `failing: ${problem.message}`;
  if (lastObject === undefined) return 'waiting for the first object';
  const last = `${lastObject.isNew ? 'written' : 'there already'}: ${lastObject.key}`;
  return `${count(records)} records in ${count(objects)} objects; ${last} (${count(lastObject.records)} records)`;
}

export function exportText({
  state,
  bucket,
  prefix,
  from,
  to,
  objects,
  records,
  existing,
  problem,
}: PastExport): string {
  const before = existing === 0 ? '' : `, of which ${count(existing)} were there already`;
  const counted = `${count(records)} records from ${from} to ${to} are in ${count(objects)} objects of ${bucket}/${prefix}${before}.`;
  if (state === 'Completed') return counted;
  const reason =
    problem === undefined ? '' : `: ${problem.message}${problem.advice === undefined ? '' : `. ${problem.advice}`}`;
  return `The export is ${state.toLowerCase()}${reason}. So far, ${counted}`;
}

export function exportLine(one: PastExport): (string | number)[] {
  const { id, state, from, to, bucket, prefix, records, objects, startedAt } = one;
  return [id, state, from, to, `${bucket}/${prefix}`, records, objects, startedAt];
}

/** The options behind what a wish names. */
const OPTIONS: Readonly<Record<string, string>> = {
  ...{ from: '--from', to: '--to', streams: '--stream', bucket: '--to-bucket' },
  ...{ region: '--region', endpoint: '--endpoint', prefix: '--prefix', form: '--form' },
  ...{ roleArn: '--role-arn', externalId: '--external-id' },
  ...{ accessKeyId: 'AWS_ACCESS_KEY_ID', secretAccessKey: 'AWS_SECRET_ACCESS_KEY', sessionToken: 'AWS_SESSION_TOKEN' },
};

/** Whatever is refused of a wish is named by its options, here or behind a management server. */
export async function namingOptions<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.mistakes.length === 0) throw error;
    const [head = ''] = error.message.split('\n');
    const named = error.mistakes.map((mistake) => mistake.replace(/^\w+(?=:)/, (name) => OPTIONS[name] ?? name));
    throw new RefusedError(head, named);
  }
}

/** The key in a command's environment. @throws RefusedError naming what is missing. */
export function ownKey(env: NodeJS.ProcessEnv): Pick<PastWish, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey)
    throw new RefusedError('--own-keys needs a key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}
