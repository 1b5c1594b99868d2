/** `npm run worker`, `server` and `simulator`: whoever is stopped or killed, the program stops in good order. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findExecutables } from '../../../devstack/executables.js';
import { startMongod } from '../../../devstack/mongod.js';
import { startTemporal } from '../../../devstack/temporal.js';
import { SEARCH_ATTRIBUTES } from '../../../src/domain/contract/contract.js';
import { choosePort } from '../../../src/runtime/ports.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { kill, NpmProgram } from '../../support/npm-program.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { TEST_KEYS } from '../../support/test-keyring.js';

const folder = temporaryFolder();
const servers: { stop(): Promise<void> }[] = [];
const started: NpmProgram[] = [];
let env: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  const found = await findExecutables(['temporal', 'mongod']);
  const file = (name: string) => join(folder.path, name);
  const mongod = await startMongod({
    executable: found.mongod,
    dataDir: file('mongodb'),
    logFile: file('mongod.log'),
    choose: () => choosePort(0),
  });
  servers.push(mongod);
  const temporal = await startTemporal({
    executable: found.temporal,
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: file('temporal.log'),
    choose: () => choosePort(0),
  });
  servers.push(temporal);
  env = { TEMPORAL_ADDRESS: temporal.address, MONGODB_URI: mongod.uri, MIMECAST_SECRET_KEYS: TEST_KEYS };
});
afterAll(async () => {
  await Promise.all(started.map((program) => program.end()));
  await Promise.all(servers.map((server) => server.stop()));
  folder.remove();
});

async function run(args: readonly string[], ready: string, cwd?: string): Promise<NpmProgram> {
  const program = NpmProgram.run(args, { folder: folder.path, env, ...(cwd === undefined ? {} : { cwd }) });
  started.push(program);
  await program.untilPrinted(ready);
  return program;
}

type End = readonly [name: string, end: (program: NpmProgram) => void, npmCode: number | null];

const ENDS: readonly End[] = [
  ['SIGTERM to npm', ({ npm }) => kill(npm, 'SIGTERM'), 0],
  ['SIGHUP to npm, which dies of it', ({ npm }) => kill(npm, 'SIGHUP'), null],
  ['SIGKILL of npm', ({ npm }) => kill(npm, 'SIGKILL'), null],
  ['Ctrl-C, to the whole group', ({ npm }) => kill(-npm, 'SIGINT'), 0],
  ['the end of the terminal, to the whole group', ({ npm }) => kill(-npm, 'SIGHUP'), null],
  ['SIGTERM to the program', (program) => kill(program.pid(), 'SIGTERM'), 0],
];

describe.each([
  ['worker', 'worker ready', 'worker stopped'],
  ['server', 'server ready', 'server stopped'],
])('npm run %s stops in good order', (script, ready, stopped) => {
  test.concurrent.each(ENDS)('at %s', async (_name, end, npmCode) => {
    const program = await run([script], ready);
    end(program);
    expect((await program.ended).code).toBe(npmCode);
    await program.untilGone();
    expect(program.output()).toContain(stopped);
  });
});

test.concurrent.each(ENDS)('npm run simulator ends at %s', async (_name, end, npmCode) => {
  const program = await run(['simulator', '--', '--port', '0', '--data', join(folder.path, 'simulator')], 'Ctrl-C');
  end(program);
  expect((await program.ended).code).toBe(npmCode);
  await program.untilGone();
});

describe('a package of somebody else that has a shell between npm and the program', () => {
  const packaged = (script: string) => {
    const cwd = join(folder.path, `package-${script.length}`);
    mkdirSync(cwd, { recursive: true });
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'other', scripts: { other: script } }));
    return cwd;
  };
  const server = `node ${join(projectRoot(), 'scripts/run.mjs')} src/server.ts`;

  test.each(['SIGTERM', 'SIGKILL'] as const)('%s to the shell stops the program in good order', async (signal) => {
    const program = await run(['other'], 'server ready', packaged(`${server}; true`));
    kill(program.pidOf('sh', '-c'), signal);
    await program.untilGone();
    expect(program.output()).toContain('server stopped');
  });
});
