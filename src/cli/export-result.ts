/** An export of the past on the command line: follow it, tell what came of it, and what is wrong with the wish. */

import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, type PastExport } from '../domain/export/past-export.js';
import { RefusedError } from '../management/common/errors.js';
import type { PastWish } from '../management/past-exports/past-wish.js';
import { untilAborted } from '../runtime/aborted.js';
import { stopOnSignals } from '../runtime/stop-signals.js';
import type { ExportCommands } from './services/command-services.js';
import { count } from './table.js';

const POLL_MS = 500;

/**
 * Starts one and waits for its end, while it tells the progress. After Ctrl-C the export goes on by itself, and it is told how
 * to follow and to cancel it.
 *
 * @returns how far it was when it was last looked at.
 */
export async function followExport(
  exports: Pick<ExportCommands, 'get'>,
  start: () => Promise<PastExport>,
  tell: (text: string) => void,
): Promise<PastExport> {
  let seen: PastExport | undefined;
  // A start is not left half done: only its answer tells whether there is an export now.
  const { signal } = stopOnSignals(() => {
    if (seen === undefined) tell('The export is being started; repeat this to stop without knowing whether it is');
  });
  seen = await start();
  const { sourceId, id } = seen;
  tell(`export ${id}: records from ${seen.from} to ${seen.to}`);
  const aborted = untilAborted(signal);
  let told = '';
  while (!signal.aborted) {
    const now = await Promise.race([exports.get(sourceId, id), aborted]);
    if (!now) break;
    seen = now;
    const text = progressText(seen);
    if (text !== told) tell(text);
    told = text;
    if (!isRunning(seen)) return seen;
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  const ways = `follow it with the same command again or "export ${sourceId} --list", cancel it with "export ${sourceId} --cancel"`;
  tell(
    seen.state === 'Canceling'
      ? `export ${id} is being canceled`
      : `export ${id} goes on without this command: ${ways}`,
  );
  return seen;
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
  ...{ region: '--region', endpoint: '--endpoint', pathStyle: '--path-style', prefix: '--prefix', form: '--form' },
  ...{ roleArn: '--role-arn', externalId: '--external-id' },
  ...{ roleSessionName: '--role-session-name', stsEndpoint: '--sts-endpoint' },
  ...{ accessKeyId: 'AWS_ACCESS_KEY_ID', secretAccessKey: 'AWS_SECRET_ACCESS_KEY', sessionToken: 'AWS_SESSION_TOKEN' },
};

/** What a mistake is about, and what that would need. */
const NAMES = /^\w+(?=:)|(?<=needed with )"\w+"/g;

function optionOf(name: string): string {
  return OPTIONS[name.replaceAll('"', '')] ?? name;
}

/** Whatever is refused of a wish is named by its options, here or behind a management server. */
export async function namingOptions<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.mistakes.length === 0) throw error;
    const [head = ''] = error.message.split('\n');
    const named = error.mistakes.map((mistake) => mistake.replace(NAMES, optionOf));
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
