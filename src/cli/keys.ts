/** `keys`: the access keys of the management API. */

import { Command, Option } from 'commander';
import type { NewKey, ShownKey } from '../management/keys/api-key-service.js';
import { API_ROLES, type ApiRole } from '../store/api-keys.js';
import type { KeyCommands } from './services/command-services.js';
import type { WithKeys } from './session.js';
import { table } from './table.js';

interface Json {
  readonly json?: boolean;
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
    .option('--json', 'print the result as JSON')
    .action(({ json, role, label }: Json & { readonly role: ApiRole; readonly label: string }) =>
      answer(json, (service) => service.create({ role, label }), newKeyText),
    );
  keys
    .command('list')
    .description('all keys, without their secret halves')
    .option('--json', 'print the result as JSON')
    .action(({ json }: Json) => answer(json, (service) => service.list(), listText));
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

export function newKeyText({ accessId, accessKey, role }: NewKey): string {
  return [
    `Access ID:  ${accessId}`,
    `Access key: ${accessKey}`,
    `Role ${role}. The access key will not be shown again.`,
  ].join('\n');
}

function listText(keys: readonly ShownKey[]): string {
  if (keys.length === 0) return 'There are no keys yet: create one with "keys create".';
  return table(
    ['access ID', 'role', 'label', 'created'],
    keys.map(({ accessId, role, label, createdAt }) => [accessId, role, label, createdAt.toISOString()]),
  );
}
