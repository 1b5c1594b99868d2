/** `export`: records of the past, to a bucket. */

import { type Command, Option } from 'commander';
import { STREAMS, type StreamName } from '../domain/streams/streams.js';
import { timeOf } from './arguments.js';
import type { PastExported, PastWish } from './services/command-services.js';
import type { WithCommands } from './session.js';
import { count } from './table.js';

interface Options {
  readonly from: Date;
  readonly to?: Date;
  readonly toBucket?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly prefix?: string;
  readonly form?: string;
  readonly stream?: readonly StreamName[];
  readonly json?: boolean;
}

export function addExportCommand(program: Command, withCommands: WithCommands): void {
  program
    .command('export <ID>')
    .description(
      'write stored records of a source (its id or name) to a bucket, by their own time; repeat it to complete it',
    )
    .requiredOption('--from <time>', 'an ISO time, or an age such as 7d', timeOf)
    .option('--to <time>', 'the same (default: now)', timeOf)
    .option('--to-bucket <name>', 'default, like the next three: as the source’s own export has it')
    .option('--region <region>', 'region of the bucket')
    .option('--endpoint <address>', 'address of an S3-compatible store')
    .option('--prefix <prefix>', 'before all keys')
    .addOption(new Option('--form <form>', 'what to write').choices(['received', 'ecs', 'ocsf']))
    .addOption(new Option('--stream <name...>', 'only these streams').choices(STREAMS))
    .option('--json', 'print the result as JSON')
    .action((id: string, options: Options) =>
      withCommands(async ({ exports }) => {
        const { json } = options;
        const done = await exports.past(id, wishOf(options), (text) => process.stderr.write(`${text}\n`));
        process.stdout.write(`${json ? JSON.stringify(done, null, 2) : pastText(done)}\n`);
      }),
    );
}

function wishOf({ from, to = new Date(), toBucket, stream, json: _json, ...changes }: Options): PastWish {
  return {
    ...{ from, to, ...changes },
    ...(toBucket === undefined ? {} : { bucket: toBucket }),
    ...(stream === undefined ? {} : { streams: stream }),
  };
}

function pastText({ bucket, prefix, from, to, objects, records, existing }: PastExported): string {
  const before = existing === 0 ? '' : `, of which ${count(existing)} were there already`;
  return `${count(records)} records from ${from} to ${to} are in ${count(objects)} objects of ${bucket}/${prefix}${before}.`;
}
