/** A source collects while the faults of a schedule strike, and is then held against the truth. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_COLLECTIONS } from '../../../src/domain/streams/streams.js';
import type { SourceService } from '../../../src/management/sources/source-service.js';
import type { Collections } from '../../../src/store/collections.js';
import { raw } from '../../support/raw-collections.js';
import { sizes, storedOf, truthOf } from '../../support/simulator-control.js';
import { countsOfApi, countsOfStore, differences, untrueCounts } from './count-by-date.js';
import { lastingUntruths, unhandledIn } from './evidence.js';
import type { FaultStack } from './fault-stack.js';
import { Injector } from './injector.js';
import type { RunResult } from './result.js';
import type { ScheduledFault } from './schedule.js';
import { settled } from './settling.js';
import type { Evidence } from './state-check.js';
import { judge, totalOf } from './verdict.js';

export interface UnderFaults {
  readonly stack: FaultStack;
  readonly service: SourceService;
  readonly collections: Collections;
  readonly schedule: readonly ScheduledFault[];
  /** Of the run. */
  readonly folder: string;
  /** Milliseconds after the faults in which the source must come to rest. */
  readonly limitMs: number;
  readonly say: (text: string) => void;
}

/** What the simulator's malformed line looks like. */
const MALFORMED = '{"type":"receipt","subject":"cut off in the mid';

/** The simulator's first. */
export const APPLICATION = { clientId: 'sim-client-1', clientSecret: 'sim-secret-1' } as const;

export async function collectUnderFaults(run: UnderFaults): Promise<Omit<RunResult, 'seed' | 'seconds' | 'kept'>> {
  const { stack, service, collections, schedule, folder, say } = run;
  const { sourceId } = await service.start(sourceFile(stack.apiUrl));
  const id = String(sourceId);
  const injector = new Injector({ stack, restartSource: () => service.restart(id), onFault: say });
  await injector.run(schedule);
  await stack.freezeTraffic();
  // By itself a stream that stays empty is looked at by date after an hour only.
  if (schedule.some(({ fault }) => fault.kind === 'token to nowhere')) await service.restart(id);
  const calmAt = performance.now();
  say('the faults are over and the traffic has ended');

  const simulator = { url: stack.simulatorUrl() };
  const compare = () => Promise.all([truthOf(simulator), storedOf(collections, sourceId)]);
  const isComplete = async () => totalOf(judge(...(await compare())), 'lost') === 0;
  const { status, stuck } = await settled({ ...run, id, isComplete });
  const recoverySeconds = Math.round((performance.now() - calmAt) / 1_000);
  say(stuck === undefined ? 'the source is at rest' : `stuck: ${stuck}`);
  if (stuck !== undefined) writeFileSync(join(folder, 'status.json'), JSON.stringify(status, null, 2));

  const [truth, stored] = await compare();
  const streams = judge(truth, stored);
  const counts = sizes(stored) as Evidence['stored'];
  const counted = await countsOfApi({ ...simulator, ...APPLICATION }, Date.now());
  const quarantined = await raw(collections).quarantine.find({ sourceId }).toArray();
  const strays = quarantined.filter(({ text }) => text !== MALFORMED);
  return {
    faults: injector.struck,
    missed: injector.missed,
    records: totalOf(streams, 'truth'),
    lost: totalOf(streams, 'lost'),
    twice: totalOf(streams, 'twice'),
    foreign: totalOf(streams, 'foreign'),
    ...(stuck === undefined ? {} : { stuck }),
    malformed: quarantined.length - strays.length,
    wronglyQuarantined: strays.map(({ reason, place }) => `${reason} at ${place}`),
    miscounted: [
      ...differences(counted, await countsOfStore(collections, sourceId)),
      ...untrueCounts(counted, sizes(truth) as Evidence['stored']),
    ],
    unequal: [],
    untruths: stuck === undefined ? await lastingUntruths(service, collections, sourceId, counts) : [],
    unhandled: stack.workerLogs.flatMap(unhandledIn),
    selfEnds: stack.selfEnds,
    recoverySeconds,
    streams,
  };
}

function sourceFile(baseUrl: string) {
  return {
    'api.version': 'v1',
    source: {
      config: {
        name: 'Under faults',
        clientID: APPLICATION.clientId,
        clientSecret: APPLICATION.clientSecret,
        dataCollection: DATA_COLLECTIONS,
        baseUrl,
        pollInterval: '1s',
        backfill: '24h',
      },
      schemaRef: { type: 'Mimecast' },
      sourceType: 'Universal',
    },
  };
}
