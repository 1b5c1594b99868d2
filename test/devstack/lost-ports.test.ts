/** Between the choice of a port and the listening somebody else may take it. */

import { join } from 'node:path';
import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DataFolder } from '../../devstack/data-folder.js';
import { findExecutables } from '../../devstack/executables.js';
import { isListening } from '../../devstack/listener.js';
import { startMongod } from '../../devstack/mongod.js';
import { startServerProcess } from '../../devstack/server-process.js';
import { startSimulatorProcess } from '../../devstack/simulator-process.js';
import { startTemporal } from '../../devstack/temporal.js';
import { onFreePorts } from '../../src/runtime/free-ports.js';
import { type ChoosePort, choosePort } from '../../src/runtime/ports.js';
import { UnexpectedEnd } from '../../src/runtime/process-exit.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const stopping: (() => Promise<void>)[] = [];
let found: Record<'temporal' | 'mongod', string>;
beforeAll(async () => {
  found = await findExecutables(['temporal', 'mongod']);
});
afterAll(async () => {
  await Promise.all(stopping.map((stop) => stop()));
  folder.remove();
});

/** Chooses the given ports first, as if they were free, and then such as are. */
function choosing(...lost: readonly number[]): ChoosePort {
  const left = [...lost];
  return async () => left.shift() ?? choosePort(0);
}

function kept<T extends { stop(): Promise<void> }>(server: T): T {
  stopping.push(() => server.stop());
  return server;
}

function dataFolder(name: string): DataFolder {
  const path = join(folder.path, name);
  return { path, file: (file) => join(path, file), release: () => undefined };
}

test('MongoDB takes another one, and never the MongoDB of somebody else for its own', async () => {
  const start = async (name: string, choose: ChoosePort) => {
    const files = { dataDir: join(folder.path, name), logFile: join(folder.path, `${name}.log`) };
    return kept(await startMongod({ executable: found.mongod, ...files, choose }));
  };
  const first = await start('mongod-1', choosing());
  const second = await start('mongod-2', choosing(first.port));
  expect(second.port).not.toBe(first.port);
  expect(second.pid).not.toBe(first.pid);
});

test('Temporal takes others, for its service and for its Web UI', async () => {
  const start = async (name: string, choose: ChoosePort) => {
    const logFile = join(folder.path, `${name}.log`);
    return kept(await startTemporal({ executable: found.temporal, searchAttributes: {}, logFile, choose }));
  };
  const first = await start('temporal-1', choosing());
  const [port, uiPort] = [first.address, new URL(first.uiUrl).host].map((host) => Number(host.split(':')[1]));
  const [free, uiFree] = [await choosePort(0), await choosePort(0)];
  const second = await start('temporal-2', choosing(port ?? 0, uiFree, free, uiPort ?? 0));
  expect(second.address).not.toBe(first.address);
  expect(second.uiUrl).not.toBe(first.uiUrl);
});

test('the simulator takes another one', async () => {
  const [first, second] = [dataFolder('simulator-1'), dataFolder('simulator-2')];
  const { port } = kept(await startSimulatorProcess(first, [], { choose: choosing() }));
  const other = kept(await startSimulatorProcess(second, [], { choose: choosing(port) }));
  expect(other.port).not.toBe(port);
  expect(await isListening(other.group, other.port)).toBe(true);
  expect(await isListening(other.group, port)).toBe(false);
});

test('the management server takes another one, unless it has to be that one', async () => {
  const environment = {
    MONGODB_URI: 'mongodb://127.0.0.1:1/?directConnection=true',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    MIMECAST_SECRET_KEYS: '',
  };
  const [first, second] = [dataFolder('server-1'), dataFolder('server-2')];
  const { place } = kept(await startServerProcess(first, environment, { choose: choosing() }));
  const other = kept(await startServerProcess(second, environment, { choose: choosing(place.port) }));
  expect(other.place.port).not.toBe(place.port);
  await expect(startServerProcess(second, environment, { place })).rejects.toThrow(
    `port ${place.port} on 127.0.0.1 is in use by another program`,
  );
});

test('a server within this process listens on another one', async () => {
  const [first, second] = [fastify(), fastify()];
  for (const app of [first, second]) kept({ stop: () => app.close() });
  const taken = await choosePort(0);
  await first.listen({ port: taken });
  const choose = choosing(taken);
  const address = await onFreePorts(
    () => choose(0),
    (port) => second.listen({ port }),
  );
  expect((await fetch(address)).status).toBe(404);
});

test('what is no lost port is not tried again', async () => {
  let starts = 0;
  const start = async () => {
    starts += 1;
    throw new UnexpectedEnd('disk full', false);
  };
  await expect(onFreePorts(async () => 1, start)).rejects.toThrow('disk full');
  expect(starts).toBe(1);
});

test('at some time it is enough', async () => {
  let starts = 0;
  const start = async () => {
    starts += 1;
    throw new UnexpectedEnd('its port is taken', true);
  };
  await expect(onFreePorts(async () => 1, start)).rejects.toThrow('its port is taken');
  expect(starts).toBe(5);
});
