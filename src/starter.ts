/** The command line: starts, steers and inspects sources. */

import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { withService } from './cli/session.js';
import { readSourceFile } from './cli/source-file.js';
import { healthText, listText, statusText } from './cli/status-text.js';
import { watchStatus } from './cli/watch-status.js';
import { DEFAULT_COLLECTOR, type SourceService } from './management/source-service.js';
import { runProgram } from './runtime/program.js';
import { environmentWithStack } from './runtime/running-stack.js';

const ID = "a source's id or its name";

/** Runs a command and prints its result: one JSON document with `--json`, else a text for people. */
async function answer<T>(
  json: boolean | undefined,
  work: (service: SourceService) => Promise<T>,
  text: (result: T) => string,
): Promise<void> {
  const result = await withService(environmentWithStack(), work);
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text(result)}\n`);
}

interface Json {
  readonly json?: boolean;
}

const program = new Command('starter').description(
  'Starts, steers and inspects Mimecast sources. Servers are taken from TEMPORAL_ADDRESS and MONGODB_URI, ' +
    'else from a running "npm start", else localhost. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.',
);

const command = (nameAndArguments: string, description: string): Command =>
  program.command(nameAndArguments).description(description).option('--json', 'print the result as JSON');

command('start <FILE.json|ID>', 'create a source from its JSON file and start it, or start a stopped one again')
  .option('--collector <name>', 'collector of a new source', DEFAULT_COLLECTOR)
  .action((what: string, { json, collector }: Json & { readonly collector: string }) =>
    answer(
      json,
      async (service) =>
        what === '-' || existsSync(what) || what.endsWith('.json')
          ? service.start(await readSourceFile(what), collector)
          : service.resume(what),
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

command('update <ID> <FILE.json>', `give a source (${ID}) a changed configuration; its checkpoints stay`).action(
  (id: string, file: string, { json }: Json) =>
    answer(
      json,
      async (service) => service.update(id, await readSourceFile(file)),
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
    return withService(environmentWithStack(), (service) =>
      watchStatus(service, id, (status) => (json ? JSON.stringify(status) : statusText(status))),
    );
  });

command('list', 'list all sources with their states').action(({ json }: Json) =>
  answer(json, (service) => service.list(), listText),
);

command('health <ID>', `show the health events of a source (${ID})`).action((id: string, { json }: Json) =>
  answer(
    json,
    (service) => service.health(id),
    ({ open, recent }) => healthText(open, recent),
  ),
);

await runProgram(program);
