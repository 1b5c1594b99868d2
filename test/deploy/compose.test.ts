/** `compose.yaml` agrees with the programs, and with itself. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readEnvironment } from '../../src/config/environment.js';
import { readServerEnvironment } from '../../src/config/server-environment.js';
import { readTemporalConfig } from '../../src/config/temporal.js';
import { projectRoot } from '../../src/runtime/project-root.js';
import { workerLimits } from '../../src/runtime/worker-limits.js';
import { Keyring } from '../../src/secrets/keyring.js';
import { readKeyring } from '../../src/secrets/read-keyring.js';
import { programVariables } from '../support/program-variables.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart: string;
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: {
    readonly default: { readonly ipam: { readonly config: readonly { readonly gateway: string }[] } };
  };
}

const fileOf = (path: string) => readFileSync(join(projectRoot(), path), 'utf8');
const TEXT = fileOf('compose.yaml');
const { services, volumes, networks }: Compose = parse(TEXT, { merge: true });
const PROGRAMS = ['worker', 'server', 'starter'] as const;
const named = Object.entries(services);

/** With values of the form that `.env.example` asks for. */
function environmentOf(name: string): Record<string, string> {
  const givenFor = (variable: string) => (variable === 'MIMECAST_SECRET_KEYS' ? Keyring.newKey() : 'ab12');
  const entries = Object.entries(services[name]?.environment ?? {});
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value.replace(/\$\{(\w+):\?[^}]*\}/g, (_, variable) => givenFor(variable))]),
  );
}

test.each(PROGRAMS)('%s is given what it reads, and can read all of it', (name) => {
  const env = environmentOf(name);
  const known = programVariables();
  expect(Object.keys(env).filter((variable) => !known.has(variable))).toEqual([]);
  expect(readEnvironment(env)).toMatchObject({ mongodbDb: 'mimecast', allowInsecure: false });
  expect(readTemporalConfig(env)).toMatchObject({ address: 'temporal:7233', namespace: 'default' });
  expect(readKeyring(env)).toBeInstanceOf(Keyring);
});

test('the server trusts the gateway of the network as its proxy, and nobody else', () => {
  const { isProxy, host } = readServerEnvironment(environmentOf('server'));
  const [{ gateway = '' } = {}] = networks.default.ipam.config;
  expect({ host, gateway: isProxy?.(gateway), other: isProxy?.('172.30.86.2') }).toEqual({
    ...{ host: '0.0.0.0', gateway: true, other: false },
  });
});

test('what has to be set is in .env.example, and nothing else is', () => {
  const asked = [...TEXT.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name);
  const offered = [...fileOf('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  expect([...new Set(asked)].sort()).toEqual(offered.sort());
});

test('only this machine reaches what is published', () => {
  const ports = named.flatMap(([, { ports = [] }]) => ports);
  expect(ports).toHaveLength(2);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});

test.each(named)('%s has an exact image, and volumes that exist', (_, { image, volumes: mounts = [] }) => {
  expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-\w+)?$/);
  for (const mount of mounts) {
    const [source = ''] = mount.split(':');
    if (source.startsWith('./')) expect(fileOf(source)).not.toBe('');
    else expect(volumes).toHaveProperty(source);
  }
});

test('every volume is used', () => {
  const used = named.flatMap(([, { volumes: mounts = [] }]) => mounts.map((mount) => mount.split(':')[0]));
  expect(Object.keys(volumes).filter((name) => !used.includes(name))).toEqual([]);
});

test('what is waited for can be waited for', () => {
  for (const [, { depends_on: others = {} }] of named)
    for (const [name, { condition }] of Object.entries(others)) {
      const { healthcheck, restart } = services[name] ?? {};
      expect({ name, condition }).toEqual({
        name,
        condition: restart === 'unless-stopped' ? 'service_healthy' : 'service_completed_successfully',
      });
      expect(healthcheck !== undefined).toBe(condition === 'service_healthy');
    }
});

test.each([
  ['worker', 'METRICS_PORT'],
  ['server', 'PORT'],
])('%s is asked for its health on its %s', (name, variable) => {
  const { environment = {}, healthcheck } = services[name] ?? {};
  expect(healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${environment[variable]}/readyz`);
});

test('programs have longer to end than they take', () => {
  const takes = Number.parseInt(String(workerLimits().shutdownForceTime), 10);
  for (const name of PROGRAMS)
    expect(Number.parseInt(services[name]?.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(takes + 10);
});

test('the image has the version of the project', () => {
  const { version } = JSON.parse(fileOf('package.json'));
  for (const name of PROGRAMS) expect(services[name]?.image).toBe(`mimecast-source:${version}`);
});
