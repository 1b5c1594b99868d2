/** `alerts`: the connections by which people are told of health events. */

import { Command } from 'commander';
import type { SavedConnection, TestResult } from '../management/alerts/connection-service.js';
import type { ShownConnection } from '../management/alerts/shown-connection.js';
import { EXIT } from '../runtime/program.js';
import type { AlertCommands } from './services/command-services.js';
import type { WithAlerts } from './session.js';
import { readSourceFile } from './source-file.js';
import { table } from './table.js';

interface Json {
  readonly json?: boolean;
}

const ID = 'its id or its name';

export function alertsCommand(withAlerts: WithAlerts): Command {
  async function answer<T>(
    json: boolean | undefined,
    work: (of: AlertCommands) => Promise<T>,
    text: (of: T) => string,
  ): Promise<T> {
    const result = await withAlerts(work);
    process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text(result)}\n`);
    return result;
  }
  const alerts = new Command('alerts').description(
    'the connections by which people are told of health events: webhooks, Slack, PagerDuty, e-mail',
  );
  const command = (name: string, description: string) =>
    alerts.command(name).description(description).option('--json', 'print the result as JSON');
  command('create <FILE.json|->', 'create a connection from its JSON, in which its secrets are').action(
    async (file: string, { json }: Json) => {
      const given = await readSourceFile(file);
      await answer(json, (service) => service.create(given), savedAs('Created'));
    },
  );
  command('update <ID> <FILE.json|->', `change a connection (${ID}): what the JSON does not have stays`).action(
    async (id: string, file: string, { json }: Json) => {
      const given = await readSourceFile(file);
      await answer(json, (service) => service.update(id, given), savedAs('Changed'));
    },
  );
  command('enable <ID>', `tell of health events again by a connection (${ID})`).action(
    async (id: string, { json }: Json) => {
      await answer(json, (service) => service.update(id, { isEnabled: true }), savedAs('Enabled'));
    },
  );
  command('disable <ID>', `tell of nothing any more by a connection (${ID}); what waits is dropped`).action(
    async (id: string, { json }: Json) => {
      await answer(json, (service) => service.update(id, { isEnabled: false }), savedAs('Disabled'));
    },
  );
  command('list', 'list all connections with their last deliveries').action(async ({ json }: Json) => {
    await answer(json, (service) => service.list(), listText);
  });
  command('show <ID>', `show a connection (${ID}), without its secrets`).action(async (id: string, { json }: Json) => {
    await answer(json, (service) => service.get(id), shownText);
  });
  command('test <ID>', `send a test message by a connection (${ID}); exit code 1 if it is not accepted`).action(
    async (id: string, { json }: Json) => {
      const { isAccepted } = await answer(json, (service) => service.test(id), testText);
      if (!isAccepted) process.exitCode = EXIT.failed;
    },
  );
  command('delete <ID>', `delete a connection (${ID}) and the messages that wait for it`).action(
    async (id: string, { json }: Json) => {
      await answer(
        json,
        (service) => service.remove(id),
        (removed) => `The alert connection ${removed.id} was deleted.`,
      );
    },
  );
  return alerts;
}

function savedAs(what: string) {
  return ({ name, id, secret }: SavedConnection): string =>
    [
      `${what} the alert connection "${name}" (${id}).`,
      ...(secret === undefined ? [] : [`Secret of its signatures: ${secret} (shown only once)`]),
    ].join('\n');
}

function testText({ isAccepted, answer }: TestResult): string {
  return `${isAccepted ? 'Accepted' : 'Not accepted'}: ${answer}`;
}

function listText(connections: readonly ShownConnection[]): string {
  if (connections.length === 0) return 'There are no alert connections yet: create one with "alerts create".';
  return table(
    ['id', 'name', 'type', 'from', 'last accepted', 'waiting', 'given up', 'problem'],
    connections.map(({ id, name, type, isEnabled, severityLevel, delivery }) => [
      ...[id, name, type, isEnabled ? severityLevel : 'disabled', delivery.lastAcceptedAt ?? 'never'],
      ...[delivery.pending, delivery.undelivered, delivery.problem],
    ]),
  );
}

function shownText(connection: ShownConnection): string {
  const { collectorIds, groupingWindow, target, delivery } = connection;
  const parts = Object.entries({ ...target, ...delivery }).map(([key, value]) => `${key}: ${String(value)}`);
  return [
    listText([connection]),
    '',
    `collectors: ${collectorIds?.join(', ') ?? 'all'}`,
    `grouping window: ${groupingWindow}`,
    ...parts,
  ].join('\n');
}
