/** The command line of `npm run simulator`: options as texts to options as values, with every mistake named. */
import { Command } from 'commander';
import { parseDuration } from './duration.js';
import { mistakesOf, type RateLimit, type SimulatorOptions, withDefaults } from './options.js';

export interface CommandLine {
  readonly options: SimulatorOptions;
  /** One JSON line instead of a text when ready. */
  readonly json: boolean;
  readonly mistakes: readonly string[];
}

/** Unknown options pass, so that they can be named together with all other mistakes. */
export function simulatorCommand(): Command {
  return new Command('simulator')
    .description(
      'A simulated Mimecast API 2.0: tokens, log files, events, audit, DLP and held messages, and faults on demand.',
    )
    .option('--port <n>', 'port to listen on; 0 takes a free one (default: 0)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--json', 'print one JSON line with the address and the credentials when ready')
    .option('--tenants <n>', 'number of Mimecast accounts, with one application each (default: 1)')
    .option('--seed <n>', 'the world follows from it (default: 1)')
    .option('--history <duration>', 'history at the first start: 24h, 90m, 7d (default: 24h; with --records 0s)')
    .option('--history-rate <n>', 'records per minute and tenant in the history (default: 60)')
    .option('--rate <n>', 'live records per minute and tenant; 0 for none (default: 60; with --records 0)')
    .option('--file-interval <duration>', 'time that one live log file covers (default: 10s)')
    .option('--history-file-interval <duration>', 'time that one log file of the history covers (default: 5m)')
    .option('--publish-delay <duration>', 'audit, DLP and held records appear up to this late (default: 3s)')
    .option('--release-after <duration>', 'held messages leave the queue after this time (default: never)')
    .option(
      '--records <folder>',
      'serve these NDJSON files (also .gz) as the records of the first tenant; one line of each at least has to look like a record: a SIEM record has a timestamp, and aggregateId, processingId or messageId',
    )
    .option('--lines-per-file <n>', 'lines of given records per served log file (default: 5000)')
    .option('--data <folder>', 'keep the world here, and continue with the one that is there')
    .option('--frozen', 'no live traffic: the world stops at its end')
    .option('--prepare', 'make log files before they are asked for, so that they are served faster (up to 36 MiB)')
    .option('--token-ttl <duration>', 'life of an access token (default: 1799s)')
    .option('--url-ttl <duration>', "life of a log file's URL (default: 15m)")
    .option('--rate-limit <calls/duration>', 'quota of each application and endpoint: 50/15m (default: none)')
    .option(
      '--bucket <name>',
      'also export all records to this S3 bucket; credentials, region and endpoint are taken as AWS programs take them: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL_S3',
    )
    .option('--bucket-prefix <text>', 'before the keys of all objects (default: none)')
    .addHelpText(
      'after',
      '\nAccount N has the client id sim-client-N and the client secret sim-secret-N. A duration is a number with ms, s, m, h or d. Wrong usage exits with code 2.',
    )
    .allowUnknownOption()
    .allowExcessArguments();
}

type Texts = Readonly<Record<string, string | boolean | undefined>>;

function rateLimit(text: string): RateLimit | undefined {
  const [, calls, duration = ''] = /^(\d+)\/(.+)$/.exec(text) ?? [];
  const windowMs = parseDuration(duration);
  return calls === undefined || windowMs === undefined ? undefined : { calls: Number(calls), windowMs };
}

/** What was given on the command line, with its mistakes; options that were not given stay open for their defaults. */
export function readCommandLine(command: Command): CommandLine {
  const given: Texts = command.opts();
  const mistakes = command.args.map((text) =>
    text.startsWith('-') ? `unknown option ${text}` : `unexpected argument ${text}`,
  );
  const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const value = <T>(key: string, parse: (text: string) => T | undefined, expected: string): T | undefined => {
    const text = given[key];
    if (typeof text !== 'string') return undefined;
    const parsed = parse(text);
    if (parsed === undefined) mistakes.push(`${flagOf(key)} must be ${expected}, not ${JSON.stringify(text)}`);
    return parsed;
  };
  const number = (key: string): number | undefined =>
    value(key, (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined), 'a number');
  const duration = (key: string): number | undefined => value(key, parseDuration, 'a duration such as 90s, 15m or 24h');
  const text = (key: string): string | undefined => value(key, (given) => given || undefined, 'a text');

  const [bucket, prefix] = [text('bucket'), text('bucketPrefix')];
  if (bucket === undefined && prefix !== undefined) mistakes.push('--bucket-prefix needs --bucket');
  const options = withoutUndefined({
    port: number('port'),
    host: text('host'),
    tenants: number('tenants'),
    seed: number('seed'),
    historyMs: duration('history'),
    historyRate: number('historyRate'),
    rate: number('rate'),
    fileIntervalMs: duration('fileInterval'),
    historyFileIntervalMs: duration('historyFileInterval'),
    publishDelayMs: duration('publishDelay'),
    releaseAfterMs: duration('releaseAfter'),
    records: text('records'),
    linesPerFile: number('linesPerFile'),
    data: text('data'),
    frozen: given.frozen === true,
    prepare: given.prepare === true ? true : undefined,
    tokenTtlMs: duration('tokenTtl'),
    urlTtlMs: duration('urlTtl'),
    bucket: bucket === undefined ? undefined : { bucket, ...(prefix !== undefined && { prefix }) },
    rateLimit: value('rateLimit', rateLimit, 'calls per duration such as 50/15m'),
  });
  return { options, json: given.json === true, mistakes: [...mistakes, ...mistakesOf(withDefaults(options))] };
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** An option that was not given must be absent: `undefined` would hide its default. */
function withoutUndefined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
