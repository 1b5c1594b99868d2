/** `export`: records of the past, to a bucket. */

import { type Command, Option } from 'commander';
import { isRunning, type PastExport } from '../domain/export/past-export.js';
import { present } from '../domain/present.js';
import { STREAMS } from '../domain/streams/streams.js';
import type { PastWish } from '../management/past-exports/past-wish.js';
import { EXIT } from '../runtime/program.js';
import { timeOf } from './arguments.js';
import { exportLine, exportText, followExport, namingOptions, ownKey } from './export-result.js';
import type { ExportCommands } from './services/command-services.js';
import type { WithCommands } from './session.js';
import { table } from './table.js';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly toBucket?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  readonly prefix?: string;
  readonly form?: string;
  readonly stream?: readonly string[];
  readonly ownKeys?: boolean;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly roleSessionName?: string;
  readonly stsEndpoint?: string;
  readonly detach?: boolean;
  readonly cancel?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
}

const SUMMARY =
  'write stored records of a source (its id or name) to a bucket, by their own time; repeat it to complete it';

export function addExportCommand(program: Command, withCommands: WithCommands): void {
  const command = program
    .command('export <ID>')
    .description(SUMMARY)
    .option('--from <time>', 'an ISO time, or an age such as 7d', checkedTime)
    .option('--to <time>', 'the same; not a part of the range (default: now)', checkedTime)
    .option('--to-bucket <name>', 'default, like the next five: as the source’s own export has it')
    .option('--region <region>', 'region of the bucket')
    .option('--endpoint <address>', 'address of an S3-compatible store')
    .option('--path-style', 'name the bucket in the path of requests (as with --endpoint)')
    .option('--no-path-style', 'name it in their host')
    .option('--prefix <prefix>', 'before all keys')
    .addOption(new Option('--form <form>', 'what to write: received, ecs or ocsf'))
    .addOption(new Option('--stream <name...>', 'only these streams').choices(STREAMS))
    .option(
      '--own-keys',
      'with the key in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of this command; default: that of the source’s own export, or the workers’ credentials',
    )
    .option('--role-arn <arn>', 'a role to assume, with that key or with the workers’ credentials')
    .option('--external-id <id>', 'external ID that its trust policy asks for')
    .option('--role-session-name <name>', 'name of its sessions, as CloudTrail shows them (default: mimecast-source)')
    .option('--sts-endpoint <address>', 'address of the service (STS) where it is assumed')
    .option('--detach', 'start it and do not wait for the result')
    .option('--cancel', 'cancel the one that is running')
    .option('--list', 'list those that there were')
    .option('--json', 'print the result as JSON');
  command.action((id: string, options: Options) =>
    withCommands(async ({ exports }) => {
      if (options.cancel) return cancel(exports, id, options);
      if (options.list) return list(exports, id, options);
      if (options.from === undefined) return command.error("error: required option '--from <time>' not specified");
      return run(exports, id, wishOf(options, options.from), options);
    }),
  );
}

/** Said as it was typed: an age is one of the server's time. */
function checkedTime(text: string): string {
  timeOf(text);
  return text;
}

function wishOf(options: Options, from: string): PastWish {
  const { to, toBucket, region, endpoint, pathStyle, prefix, form, stream, ownKeys } = options;
  const { roleArn, externalId, roleSessionName, stsEndpoint } = options;
  const key = ownKeys ? ownKey(process.env) : {};
  const place = { bucket: toBucket, region, endpoint, pathStyle, prefix, form };
  return {
    from,
    ...key,
    ...present({ to, streams: stream, ...place, roleArn, externalId, roleSessionName, stsEndpoint }),
  };
}

async function run(
  exports: ExportCommands,
  id: string,
  wish: PastWish,
  { json, detach }: Pick<Options, 'json' | 'detach'>,
): Promise<void> {
  const start = () => namingOptions(() => exports.start(id, wish));
  const tell = (text: string) => process.stderr.write(`${text}\n`);
  const ended = detach ? await start() : await followExport(exports, start, tell);
  process.stdout.write(`${json ? JSON.stringify(ended, null, 2) : exportText(ended)}\n`);
  if (ended.state !== 'Completed' && !isRunning(ended)) process.exitCode = EXIT.failed;
}

async function cancel(exports: ExportCommands, id: string, { json }: Options): Promise<void> {
  const canceled: PastExport = await exports.cancel(id);
  const text = `Export ${canceled.id} of source ${canceled.sourceId} is being canceled; what it wrote stays.`;
  process.stdout.write(`${json ? JSON.stringify(canceled, null, 2) : text}\n`);
}

async function list(exports: ExportCommands, id: string, { json }: Options): Promise<void> {
  const all = await exports.list(id);
  const text =
    all.length === 0
      ? 'There were no exports of the past.'
      : table(['export', 'state', 'from', 'to', 'bucket', 'records', 'objects', 'started'], all.map(exportLine));
  process.stdout.write(`${json ? JSON.stringify(all, null, 2) : text}\n`);
}
