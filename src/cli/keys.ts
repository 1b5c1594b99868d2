/** `keys`: the access keys of the management API. */

import { Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { textCell } from '../domain/csv-cell.js';
import { parseDuration } from '../domain/duration.js';
import { parseTime } from '../management/common/parse-time.js';
import type { NewKey, ShownKey } from '../management/keys/api-key-service.js';
import { API_ROLES, type ApiRole } from '../store/api-keys.js';
import type { KeyCommands } from './services/command-services.js';
import type { WithKeys } from './session.js';
import { table } from './table.js';

interface Json {
  readonly json?: boolean;
}

interface NewKeyOptions {
  readonly role: ApiRole;
  readonly label: string;
  readonly expires?: Date;
}

export function keysCommand(withKeys: WithKeys): Command {
  async function answer<T>(
    json: boolean | undefined,
    work: (keys: KeyCommands) => Promise<T>,
    text: (of: T) => string,
  ) {
    const result = await withKeys(work);
    process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text(result)}\n`);
  }
  const keys = new Command('keys').description('the access keys of the management API');
  keys
    .command('create')
    .description('create a key; its secret half is shown only once')
    .addOption(new Option('--role <role>', 'what it may do').choices(API_ROLES).default('administrator'))
    .option('--label <text>', 'what it is for', '')
    .option(
      '--expires <time>',
      'when it stops working: a time from now such as 90d, or an ISO time (default: never)',
      expiry,
    )
    .option('--json', 'print the result as JSON')
    .action(({ json, role, label, expires }: Json & NewKeyOptions) =>
      answer(json, (service) => service.create({ role, label, expiresAt: expires }), newKeyText),
    );
  keys
    .command('list')
    .description('all keys, without their secret halves')
    .option('--json', 'print the result as JSON')
    .action(({ json }: Json) => answer(json, (service) => service.list(), listText));
  keys
    .command('review')
    .description(
      'all keys as CSV, for an access review: who may do what, since when, until when, and when it was last used',
    )
    .action(() => answer(false, (service) => service.list(), reviewCsv));
  keys
    .command('delete <ID>')
    .description('delete a key by its access ID; servers may still accept it for up to a minute')
    .option('--json', 'print the result as JSON')
    .action((id: string, { json }: Json) =>
      answer(
        json,
        (service) => service.remove(id),
        ({ accessId }) => `The key ${accessId} was deleted; servers may still accept it for up to a minute.`,
      ),
    );
  return keys;
}

export function newKeyText({ accessId, accessKey, role, expiresAt }: NewKey): string {
  const end = expiresAt === undefined ? '' : `, works until ${expiresAt.toISOString()}`;
  return [
    `Access ID:  ${accessId}`,
    `Access key: ${accessKey}`,
    `Role ${role}${end}. The access key will not be shown again.`,
  ].join('\n');
}

function listText(keys: readonly ShownKey[]): string {
  if (keys.length === 0) return 'There are no keys yet: create one with "keys create".';
  return table(
    ['access ID', 'role', 'label', 'created', 'expires', 'last used'],
    keys.map(({ accessId, role, label, createdAt, expiresAt, lastUsedAt }) => [
      ...[accessId, role, label, createdAt.toISOString()],
      expiresAt?.toISOString() ?? 'never',
      lastUsedAt?.toISOString() ?? 'never',
    ]),
  );
}

/** One line per key. */
export function reviewCsv(keys: readonly ShownKey[], now = new Date()): string {
  const rows = keys.map(({ accessId, role, label, createdAt, createdBy = '', expiresAt, lastUsedAt }) => ({
    ...{ accessId, role, label: textCell(label), createdAt: createdAt.toISOString(), createdBy },
    ...{ expiresAt: expiresAt?.toISOString() ?? '', lastUsedAt: lastUsedAt?.toISOString() ?? '' },
    state: expiresAt !== undefined && expiresAt <= now ? 'expired' : 'works',
  }));
  return stringify(rows, { header: true, columns: REVIEW_COLUMNS }).trimEnd();
}

const REVIEW_COLUMNS = ['accessId', 'role', 'label', 'createdAt', 'createdBy', 'expiresAt', 'lastUsedAt', 'state'];

function expiry(text: string): Date {
  const [now, lengthMs] = [Date.now(), parseDuration(text)];
  const time = new Date(lengthMs === undefined ? (parseTime(text, now) ?? Number.NaN) : now + lengthMs);
  // A number alone would be milliseconds.
  if (Number.isNaN(time.getTime()) || /^\d+$/.test(text))
    throw new InvalidArgumentError('It must be a time from now such as 90d, or an ISO time.');
  return time;
}
