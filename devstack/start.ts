/** `npm start`: everything on this machine, with a live view; or until all is stored, for scripts. */

import { setTimeout as pause } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { createLogUpdate } from 'log-update';
import { durationOf } from '../src/cli/arguments.js';
import { newKeyText } from '../src/cli/keys.js';
import { count } from '../src/cli/table.js';
import { formatDuration } from '../src/domain/duration.js';
import { RefusedError } from '../src/management/common/errors.js';
import { FieldService } from '../src/management/fields/field-service.js';
import { ApiKeyService } from '../src/management/keys/api-key-service.js';
import { signInAddress } from '../src/management/keys/sign-in.js';
import { SourceService } from '../src/management/sources/source-service.js';
import type { SourceStatus } from '../src/management/sources/source-status.js';
import { connectTemporal } from '../src/management/temporal/temporal-client.js';
import { temporalAwayText } from '../src/management/temporal/temporal-errors.js';
import { orAborted } from '../src/runtime/aborted.js';
import { shownMongodbUri } from '../src/runtime/mongodb-address.js';
import { EXIT, messageOf, runProgram } from '../src/runtime/program.js';
import { keyringOf } from '../src/runtime/program-keyring.js';
import { noticeOnStderr, stopOnSignals } from '../src/runtime/stop-signals.js';
import { type Collections, collectionsOf } from '../src/store/collections.js';
import { openDatabase } from '../src/store/database.js';
import { allSources } from '../src/store/sources.js';
import { type Comparison, compare, isComplete, sumOf } from './comparison.js';
import { openDataFolder } from './data-folder.js';
import { type Address, type LiveFrame, liveView, plainLine } from './live-view.js';
import { Rates } from './rates.js';
import { ensureSampleSource } from './sample-source.js';
import { type Stack, startStack } from './stack.js';

interface Options {
  readonly untilCaughtUp?: boolean;
  readonly json?: boolean;
  readonly history: string;
  readonly historyRate: string;
  readonly rate: string;
  readonly records?: string;
  readonly pollInterval: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Of few records each, files would show what a request costs; of very many, what it costs the simulator to make one. */
function historyFileInterval(recordsPerMinute: number): string {
  return recordsPerMinute > 1_000 ? '5m' : '1h';
}

const program = new Command('start')
  .description('Starts Temporal, MongoDB, a simulated Mimecast, a worker and a sample source, and shows them at work.')
  .option('--until-caught-up', 'exit as soon as everything that the simulator holds is stored')
  .option('--json', 'last line of the output: one JSON object with the counts per collection')
  .option('--history <duration>', 'history at the first start of the simulator', '24h')
  .option('--history-rate <n>', 'records per minute in that past', '60')
  .option('--rate <n>', 'live records per minute', '600')
  .option('--records <folder>', 'serve these NDJSON files (also .gz) instead of generated records')
  .option('--poll-interval <duration>', 'how often the sample source polls', '5s')
  .addOption(
    new Option('--timeout <duration>', 'with --until-caught-up: give up after this time')
      .argParser(durationOf)
      .default(15 * 60_000, '15m'),
  )
  .addHelpText(
    'after',
    '\nData is kept under .data/ (MIMECAST_DATA_DIR). If TEMPORAL_ADDRESS or MONGODB_URI is set, that server is used instead.',
  )
  .action(main);

const stopping = stopOnSignals(noticeOnStderr('Stopping …'));

async function main(options: Options): Promise<void> {
  const startedAt = Date.now();
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const notices: string[] = [];
  const data = openDataFolder();
  const { signal } = stopping;
  try {
    say('Starting Temporal, MongoDB, the simulator, a worker and the server …');
    let booting = true;
    const stack = await startStack({
      data,
      simulatorArguments: simulatorArguments(options),
      onProgress: (text) => {
        // Only the live view has a place for them.
        if (booting || options.untilCaughtUp || !process.stdout.isTTY) say(text);
        else notices.push(text);
      },
      stopping: signal,
    });
    booting = false;
    try {
      const work = withStack(stack, async (service, collections) => {
        const sources = await allSources(collections);
        const { simulatorUrl } = stack;
        const { pollInterval, untilCaughtUp = false } = options;
        const sample = { simulatorUrl, pollInterval, fields: new FieldService(collections) };
        const sourceId = await ensureSampleSource(service, sources, sample, untilCaughtUp);
        say(`Ready in ${formatDuration(Date.now() - startedAt)}.`);
        const watch = new Watch(service, sourceId, stack, notices, startedAt);
        if (!untilCaughtUp) {
          const key = await new ApiKeyService(collections).ensureFirst();
          if (key !== undefined) say(`The first key of the management API, shown only once:\n${newKeyText(key)}`);
          const address = await adminSignIn(collections, stack.serverUrl);
          if (address !== undefined) say(`The pages, signed in once, within 15 minutes:\n${address}`);
          return watch.untilStopped();
        }
        const before = await compare(collections, sourceId, simulatorUrl);
        const after = await watch.untilComplete(() => compare(collections, sourceId, simulatorUrl), options.timeout);
        report(before, after, startedAt, options.json === true);
      });
      // Servers that are frozen or gone may keep it from noticing.
      await orAborted(work, signal);
    } finally {
      await stack.stop();
    }
  } catch (error) {
    if (!isAbort(error) || !signal.aborted) throw error;
    if (options.untilCaughtUp) throw new RefusedError('Stopped before everything was stored');
  } finally {
    data.release();
    if (signal.aborted) say('Stopped.');
  }
}

/** For whoever has started all this. @returns nothing when somebody has deleted all administrators' keys */
async function adminSignIn(collections: Collections, serverUrl: string): Promise<string | undefined> {
  const keys = await new ApiKeyService(collections).list();
  const admin = keys.find(({ role }) => role === 'administrator');
  return admin === undefined ? undefined : signInAddress(collections, serverUrl, admin.accessId);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function simulatorArguments({ history, historyRate, rate, records, untilCaughtUp }: Options): string[] {
  const traffic =
    records === undefined
      ? [
          '--history',
          history,
          '--history-rate',
          historyRate,
          '--history-file-interval',
          historyFileInterval(Number(historyRate)),
        ]
      : ['--records', records];
  return [...traffic, '--prepare', '--rate', rate, ...(untilCaughtUp ? ['--frozen'] : [])];
}

async function withStack(
  { env, mongodbUri, mongodbDb }: Stack,
  work: (service: SourceService, collections: Collections) => Promise<void>,
): Promise<void> {
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb });
  const temporal = await connectTemporal(env);
  try {
    const collections = collectionsOf(database, env.MIMECAST_INSTALLATION || undefined);
    const keyring = keyringOf(env);
    await work(new SourceService({ collections, client: temporal.client, allowInsecure: true, keyring }), collections);
  } finally {
    await temporal.close();
    await database.close();
  }
}

/** Looks at the source every second and shows it. */
class Watch {
  private readonly rates = new Rates();
  private readonly show: (frame: LiveFrame) => void;
  private last: SourceStatus;

  constructor(
    private readonly service: SourceService,
    private readonly sourceId: number,
    private readonly stack: Stack,
    private readonly notices: readonly string[],
    private readonly startedAt: number,
  ) {
    this.last = { sourceId, name: 'Source', collector: '', workflowId: '', state: 'Pending', health: 'Unknown' };
    this.show = process.stdout.isTTY ? terminalView() : plainView();
  }

  async untilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      await this.look();
      await sleep(1_000);
    }
  }

  /** @throws RefusedError when the source needs somebody, or when the time is over. */
  async untilComplete(comparison: () => Promise<Comparison>, timeoutMs: number): Promise<Comparison> {
    const deadline = Date.now() + timeoutMs;
    while (!stopping.signal.aborted) {
      const { status } = await this.look();
      const streams = status.snapshot?.streams ?? [];
      if (streams.length > 0 && streams.every(({ caughtUp }) => caughtUp)) {
        const counts = await comparison();
        if (isComplete(counts)) return counts;
        await this.service.collectNow(String(this.sourceId));
      }
      const parked = streams.find(({ phase }) => phase === 'parked')?.problem ?? status.snapshot?.problem;
      if (parked?.gaveUp) throw new RefusedError(`The source needs attention: ${parked.type}: ${parked.message}`);
      if (Date.now() > deadline) throw new RefusedError('Not everything was stored in time (--timeout)');
      await sleep(500);
    }
    throw new RefusedError('Stopped before everything was stored');
  }

  private async look(): Promise<LiveFrame> {
    const status = await this.status();
    const now = Date.now();
    const frame = {
      status,
      addresses: this.addresses(),
      temporal: { address: this.stack.temporalAddress, namespace: this.stack.namespace },
      rates: this.rates.measure(status.snapshot?.streams ?? [], now),
      notices: this.notices.slice(-5),
      startedAt: this.startedAt,
      now,
    };
    this.show(frame);
    return frame;
  }

  /** While a server is away the view says so and goes on. */
  private async status(): Promise<SourceStatus> {
    try {
      this.last = await this.service.status(String(this.sourceId));
      return this.last;
    } catch (error) {
      const { snapshot: _snapshot, ...rest } = this.last;
      return { ...rest, state: 'unknown', health: 'Unknown', note: temporalAwayText(error) ?? messageOf(error) };
    }
  }

  private addresses(): Address[] {
    const { uiUrl, namespace, temporalAddress, mongodbUri, mongodbDb, simulatorUrl, serverUrl } = this.stack;
    const workflow = `namespaces/${namespace}/workflows/${this.last.workflowId}`;
    return [
      { name: 'Temporal Web UI', address: uiUrl === undefined ? `(of ${temporalAddress})` : `${uiUrl}/${workflow}` },
      { name: 'Temporal', address: temporalAddress },
      { name: 'MongoDB', address: `${shownMongodbUri(mongodbUri)}  (database ${mongodbDb})` },
      { name: 'Simulator', address: simulatorUrl },
      { name: 'Management API', address: serverUrl },
      { name: 'Worker', address: `process ${this.stack.workerPid()}, logs in ${this.stack.logFolder}` },
    ];
  }
}

function terminalView(): (frame: LiveFrame) => void {
  const draw = createLogUpdate(process.stdout);
  return (frame) => draw(liveView(frame));
}

/** At once when the state changes, else at most every five seconds and only if there is news. */
function plainView(): (frame: LiveFrame) => void {
  let shownAt = 0;
  let shownState = '';
  let shownText = '';
  return (frame) => {
    const text = plainLine(frame);
    const news = text.slice(9) !== shownText.slice(9);
    if (frame.status.state === shownState && (frame.now - shownAt < 5_000 || !news)) return;
    process.stderr.write(`${text}\n`);
    shownAt = frame.now;
    shownState = frame.status.state;
    shownText = text;
  };
}

function report(before: Comparison, after: Comparison, startedAt: number, json: boolean): void {
  const stored = sumOf(after, 'stored');
  const added = stored - sumOf(before, 'stored');
  const news = added === 0 ? 'Nothing new: everything was already stored.' : `${count(added)} of them are new.`;
  const quarantined = sumOf(after, 'quarantined');
  const bad = quarantined === 0 ? '' : ` ${count(quarantined)} lines or files are not records and are in quarantine.`;
  const message = `All ${count(stored)} records that the simulator holds are stored.${bad} ${news}`;
  const seconds = (Date.now() - startedAt) / 1000;
  if (!json) process.stdout.write(`${message}\n`);
  else
    process.stdout.write(
      `${JSON.stringify({ complete: true, message, stored, quarantined, added, seconds, collections: after })}\n`,
    );
}

async function sleep(ms: number): Promise<void> {
  await pause(ms, undefined, { signal: stopping.signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}

await runProgram(program);
process.exit(process.exitCode ?? EXIT.done);
