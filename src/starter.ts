/** The command line: starts, steers and inspects sources. */

import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { addFieldsOf } from './cli/add-fields.js';
import { apiClientOf } from './cli/api-client.js';
import { keysCommand } from './cli/keys.js';
import { remoteServices } from './cli/remote-sources.js';
import { awaitReread, isGood, type RereadResult, rereadText, wishOf } from './cli/reread.js';
import { rulesText, testRules } from './cli/rules.js';
import { withServices } from './cli/session.js';
import type { CommandServices, SourceCommands } from './cli/source-commands.js';
import { readSourceFile } from './cli/source-file.js';
import { healthText, listText, statusText } from './cli/status-text.js';
import { watchStatus } from './cli/watch-status.js';
import { RefusedError } from './management/errors.js';
import type { MissingRecord } from './management/reread-service.js';
import { DEFAULT_COLLECTOR } from './management/source-service.js';
import { EXIT, runProgram } from './runtime/program.js';
import { environmentWithStack } from './runtime/running-stack.js';
import { Keyring } from './secrets/keyring.js';
import { REREAD_KINDS, type RereadKind } from './source/reread.js';

const ID = "a source's id or its name";

/** Runs a command and prints its result: one JSON document with `--json`, else a text for people. */
async function answer<T>(
  json: boolean | undefined,
  work: (service: SourceCommands, services: CommandServices) => Promise<T>,
  text: (result: T) => string,
): Promise<void> {
  const result = await withCommands((services) => work(services.sources, services));
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text(result)}\n`);
}

/** With `--server`, what is behind a management server; else what is at hand. */
function withCommands<T>(work: (services: CommandServices) => Promise<T>): Promise<T> {
  const { server } = program.opts<{ readonly server?: string }>();
  if (server !== undefined) return work(remoteServices(apiClientOf(server, process.env)));
  return withServices(environmentWithStack(), work);
}

/** @throws RefusedError with `--server`: for commands that need MongoDB and Temporal themselves. */
function nearby(): NodeJS.ProcessEnv {
  if (program.opts<{ readonly server?: string }>().server === undefined) return environmentWithStack();
  throw new RefusedError('This command does not work with --server: run it where MongoDB and Temporal can be reached');
}

interface Json {
  readonly json?: boolean;
}

interface AddFields {
  readonly addFields?: boolean;
}

const ADD_FIELDS = ['--add-fields', 'add the fields of the file that the schema of fields does not have'] as const;

const program = new Command('starter').description(
  'Starts, steers and inspects Mimecast sources. Servers are taken from TEMPORAL_ADDRESS and MONGODB_URI, ' +
    'else from a running "npm start", else localhost. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.',
);
program.option(
  '--server <url>',
  'talk to a management server, with the key in MIMECAST_ACCESS_ID and MIMECAST_ACCESS_KEY ' +
    '(start, stop, restart, update, collect-now, status, list)',
);

const command = (nameAndArguments: string, description: string): Command =>
  program.command(nameAndArguments).description(description).option('--json', 'print the result as JSON');

command('start <FILE.json|ID>', 'create a source from its JSON file and start it, or start a stopped one again')
  .option('--collector <name>', 'collector of a new source', DEFAULT_COLLECTOR)
  .option(...ADD_FIELDS)
  .action((what: string, { json, collector, addFields }: Json & AddFields & { readonly collector: string }) =>
    answer(
      json,
      async (service, { fields }) => {
        if (what !== '-' && !existsSync(what) && !what.endsWith('.json')) return service.resume(what);
        const file = await readSourceFile(what);
        if (addFields) await addFieldsOf(file, fields);
        return service.start(file, collector);
      },
      ({ sourceId, name, workflowId, created }) =>
        `${created ? 'Created and started' : 'Started again'}: ${name} (source ${sourceId}, workflow ${workflowId})`,
    ),
  );

command('restart <ID>', `restart a source (${ID}): validates, gets a new token, goes on from the checkpoints`).action(
  (id: string, { json }: Json) =>
    answer(
      json,
      async (service) => ({ sourceId: (await service.restart(id)).sourceId }),
      ({ sourceId }) => `Restart of source ${sourceId} requested.`,
    ),
);

command('collect-now <ID>', `poll a source's caught-up streams at once (${ID})`).action((id: string, { json }: Json) =>
  answer(
    json,
    async (service) => ({ sourceId: (await service.collectNow(id)).sourceId }),
    ({ sourceId }) => `Source ${sourceId} polls now.`,
  ),
);

command('stop <ID>', `stop a source (${ID}) and wait until it has ended`)
  .option('--remove', 'also delete its configuration, secret and checkpoints; the records stay')
  .action((id: string, { json, remove = false }: Json & { readonly remove?: boolean }) =>
    answer(
      json,
      (service) => service.stop(id, { remove }),
      ({ sourceId, state }) => `Source ${sourceId} is ${state}.`,
    ),
  );

command('update <ID> <FILE.json>', `give a source (${ID}) a changed configuration; its checkpoints stay`)
  .option(...ADD_FIELDS)
  .action((id: string, file: string, { json, addFields }: Json & AddFields) =>
    answer(
      json,
      async (service, { fields }) => {
        const changed = await readSourceFile(file);
        if (addFields) await addFieldsOf(changed, fields);
        return service.update(id, changed);
      },
      ({ sourceId, version }) => `Source ${sourceId} has configuration version ${version}.`,
    ),
  );

command('status <ID>', `show the whole state of a source (${ID})`)
  .option('--watch', 'show it again every second, until Ctrl-C')
  .action((id: string, { json, watch }: Json & { readonly watch?: boolean }) => {
    if (!watch)
      return answer(
        json,
        (service) => service.status(id),
        (status) => statusText(status),
      );
    return withCommands(({ sources }) =>
      watchStatus(sources, id, (status) => (json ? JSON.stringify(status) : statusText(status))),
    );
  });

command('list', 'list all sources with their states').action(({ json }: Json) =>
  answer(json, (service) => service.list(), listText),
);

command('health <ID>', `show the health events of a source (${ID})`).action(async (id: string, { json }: Json) => {
  const result = await withServices(nearby(), ({ sources }) => sources.health(id));
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : healthText(result.open, result.recent)}\n`);
});

command('secret-key', 'make a key for MIMECAST_SECRET_KEYS, which encrypts the client secrets that are stored').action(
  ({ json }: Json) => {
    const key = Keyring.newKey();
    process.stdout.write(`${json ? JSON.stringify({ key }) : key}\n`);
  },
);

const rules = program.command('rules').description('look at processing rules before they are saved');
rules
  .command('test <FILE.json>')
  .description('show what the rules of a source file would do to records')
  .requiredOption('--records <FILE.ndjson>', 'the records, one JSON object per line (also .gz)')
  .option('--json', 'print the result as JSON')
  .action(async (file: string, { records, json }: Json & { readonly records: string }) => {
    const result = await testRules(file, records);
    process.stdout.write(`${json ? JSON.stringify(result, null, 2) : rulesText(result)}\n`);
  });

interface RereadOptions extends Json {
  readonly stream?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly cancel?: boolean;
  readonly detach?: boolean;
}

async function reread(kind: RereadKind, id: string, { json, cancel, detach, ...wish }: RereadOptions): Promise<void> {
  const result = await withServices(nearby(), async ({ rereads }): Promise<RereadResult | undefined> => {
    if (cancel) {
      const { sourceId } = await rereads.cancel(kind, id);
      process.stdout.write(
        json ? `${JSON.stringify({ sourceId })}\n` : `The ${kind} of source ${sourceId} was cancelled.\n`,
      );
      return undefined;
    }
    const started = await rereads.start(kind, id, wishOf(wish));
    if (detach) return { ...started, state: 'RUNNING' };
    const ended = await awaitReread(rereads, kind, started, (text) => process.stderr.write(`${text}\n`));
    if (kind === 'backfill' || ended.report === undefined) return ended;
    const missing: MissingRecord[] = [];
    for await (const record of rereads.missing(ended.report.run)) missing.push(record);
    return { ...ended, missing };
  });
  if (result === undefined) return;
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : rereadText(kind, result)}\n`);
  if (!isGood(kind, result)) process.exitCode = EXIT.failed;
}

const REREADS = {
  backfill: `read a range of a source (${ID}) again and store what is missing, beside its collection`,
  verify: `read a range of a source (${ID}) again and tell what is missing; exit code 1 when something is`,
} as const;

for (const kind of REREAD_KINDS) {
  command(`${kind} <ID>`, REREADS[kind])
    .option('--stream <name...>', 'only these streams, such as receipt or "url protect" (default: all of the source)')
    .option('--from <time>', 'an ISO time, or an age such as 7d (default: the first day that the source asked for)')
    .option('--to <time>', 'the same (default: now)')
    .option('--detach', 'start it and do not wait for its end')
    .option('--cancel', 'end the one that is running')
    .action((id: string, options: RereadOptions) => reread(kind, id, options));
}

program.addCommand(keysCommand(nearby));

await runProgram(program);
