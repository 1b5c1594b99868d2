/** The command line: starts, steers and inspects sources. */

import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { alertsCommand } from './cli/alerts.js';
import { auditCommand } from './cli/audit.js';
import { addDetectionsCommand } from './cli/detections.js';
import { addEraseCommand } from './cli/erase.js';
import { addExportCommand } from './cli/export.js';
import { addIocCommand } from './cli/ioc.js';
import { keysCommand } from './cli/keys.js';
import { addRereadCommands } from './cli/reread-commands.js';
import { rulesText, testRules } from './cli/rules.js';
import { addSearchCommands } from './cli/search/search-commands.js';
import type { SourceCommands } from './cli/services/command-services.js';
import { sessionOf } from './cli/session.js';
import { readSourceFile } from './cli/source-file.js';
import { healthText, listText, statusText } from './cli/status-text.js';
import { watchStatus } from './cli/watch-status.js';
import { watchlistCommand } from './cli/watchlists.js';
import { DEFAULT_COLLECTOR } from './domain/contract/contract.js';
import { present } from './domain/present.js';
import { STREAMS, type StreamName } from './domain/streams/streams.js';
import type { PositionResetRequest } from './management/sources/position-reset-request.js';
import { runProgram } from './runtime/program.js';
import { endWithReader } from './runtime/stop-signals.js';
import { Keyring } from './secrets/keyring.js';

const ID = "a source's id or its name";

/** Runs a command and prints its result: one JSON document with `--json`, else a text for people. */
async function answer<T>(
  json: boolean | undefined,
  work: (service: SourceCommands) => Promise<T>,
  text: (result: T) => string,
): Promise<void> {
  const result = await withCommands(({ sources }) => work(sources));
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text(result)}\n`);
}

const { withAlerts, withAudit, withCommands, withDetections, withKeys, withIndicators, withSearch, withWatchlists } =
  sessionOf(() => program.opts<{ readonly server?: string }>().server);

interface Json {
  readonly json?: boolean;
}

interface AddFields {
  readonly addFields?: boolean;
}

const ADD_FIELDS = ['--add-fields', 'add the file’s fields to the schema of fields if they are missing'] as const;

const program = new Command('starter').description(
  'Starts, steers and inspects Mimecast sources. Servers are taken from TEMPORAL_ADDRESS and MONGODB_URI, ' +
    'else from a running "npm start", else localhost. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.',
);
program.option(
  '--server <url>',
  'talk to a management server, with the key in MIMECAST_ACCESS_ID and MIMECAST_ACCESS_KEY, instead of to Temporal and MongoDB',
);

const command = (nameAndArguments: string, description: string): Command =>
  program.command(nameAndArguments).description(description).option('--json', 'print the result as JSON');

command('start <FILE.json|ID>', 'create a source from its JSON file and start it, or start a stopped one again')
  .option('--collector <name>', 'collector of a new source', DEFAULT_COLLECTOR)
  .option(...ADD_FIELDS)
  .action((what: string, { json, collector, addFields = false }: Json & AddFields & { readonly collector: string }) =>
    answer(
      json,
      async (service) => {
        if (what !== '-' && !existsSync(what) && !what.endsWith('.json')) return service.resume(what);
        return service.start(await readSourceFile(what), collector, { addFields });
      },
      ({ sourceId, name, workflowId, created }) =>
        `${created ? 'Created and started' : 'Started again'}: ${name} (source ${sourceId}, workflow ${workflowId})`,
    ),
  );

command('restart <ID>', `restart a source (${ID}): validates, gets a new token, resumes from the checkpoints`).action(
  (id: string, { json }: Json) =>
    answer(
      json,
      async (service) => ({ sourceId: (await service.restart(id)).sourceId }),
      ({ sourceId }) => `Restart of source ${sourceId} requested.`,
    ),
);

command('collect-now <ID>', `poll a source's caught-up streams at once (${ID})`)
  .addOption(
    new Option('--stream <name...>', 'only these streams; the others keep their next poll (default: all)').choices(
      STREAMS,
    ),
  )
  .action((id: string, { json, stream: streams }: Json & { readonly stream?: readonly StreamName[] }) =>
    answer(
      json,
      async (service) => ({ sourceId: (await service.collectNow(id, present({ streams }))).sourceId, streams }),
      ({ sourceId }) => `Source ${sourceId} is polling ${streams === undefined ? 'now' : `${streams.join(', ')} now`}.`,
    ),
  );

command('reset-position <ID>', `collect one stream of a source (${ID}) again from a date; duplicates are skipped`)
  .requiredOption('--stream <name>', 'the stream, such as receipt or "url protect"')
  .option('--from <time>', 'an ISO time, or an age such as 7d (default: the end of what is known to be complete)')
  .action((id: string, { json, stream, from }: Json & PositionResetRequest) =>
    answer(
      json,
      (service) => service.resetPosition(id, { stream, from }),
      ({ sourceId, stream: name, from: time }) =>
        `The stream ${name} of source ${sourceId} is collected again from ${time ?? 'the end of what is known to be complete'}.`,
    ),
  );

command('stop <ID>', `stop a source (${ID}) and wait until it has ended`)
  .option('--remove', 'also delete its configuration, secret and checkpoints; the records are kept')
  .action((id: string, { json, remove = false }: Json & { readonly remove?: boolean }) =>
    answer(
      json,
      (service) => service.stop(id, { remove }),
      ({ sourceId, state }) => `Source ${sourceId} is ${state}.`,
    ),
  );

command('update <ID> <FILE.json>', `give a source (${ID}) a changed configuration; its checkpoints are kept`)
  .option(...ADD_FIELDS)
  .action((id: string, file: string, { json, addFields = false }: Json & AddFields) =>
    answer(
      json,
      async (service) => service.update(id, await readSourceFile(file), { addFields }),
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

command('health <ID>', `show the health events of a source (${ID})`).action((id: string, { json }: Json) =>
  answer(
    json,
    (service) => service.health(id),
    ({ open, recent }) => healthText(open, recent),
  ),
);

command('secret-key', 'create a key for MIMECAST_SECRET_KEYS, which encrypts the stored client secrets').action(
  ({ json }: Json) => {
    const key = Keyring.newKey();
    process.stdout.write(`${json ? JSON.stringify({ key }) : key}\n`);
  },
);

const rules = program.command('rules').description('try processing rules before they are saved');
rules
  .command('test <FILE.json>')
  .description('show what the rules of a source file would do to records')
  .requiredOption('--records <FILE.ndjson>', 'the records, one JSON object per line (also .gz)')
  .option('--json', 'print the result as JSON')
  .action(async (file: string, { records, json }: Json & { readonly records: string }) => {
    const result = await testRules(file, records);
    process.stdout.write(`${json ? JSON.stringify(result, null, 2) : rulesText(result)}\n`);
  });

addRereadCommands(program, withCommands);
addExportCommand(program, withCommands);
addEraseCommand(program, withCommands);
addDetectionsCommand(program, withDetections);
addSearchCommands(program, withSearch);
addIocCommand(program, withIndicators);
program.addCommand(keysCommand(withKeys));
program.addCommand(auditCommand(withAudit));
program.addCommand(watchlistCommand(withWatchlists));
program.addCommand(alertsCommand(withAlerts));

endWithReader();
await runProgram(program);
