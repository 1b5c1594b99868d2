/** The files for Prometheus and Grafana, as Prometheus's own tool reads them: `promtool`, of the Debian package `prometheus`. */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const FOLDER = join(projectRoot(), 'deploy');
const RULES = readFileSync(join(FOLDER, 'prometheus/alerts.yaml'), 'utf8');
const CASES = readFileSync(join(FOLDER, 'prometheus/alerts.test.yaml'), 'utf8');
const ALERTS = [...RULES.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const { panels } = JSON.parse(readFileSync(join(FOLDER, 'grafana/dashboard.json'), 'utf8')) as {
  readonly panels: readonly Panel[];
};

const isMissing = spawnSync('promtool', ['--version']).error !== undefined;
if (isMissing) console.warn('promtool is not on the PATH: the rules are not tried (apt-get install prometheus)');

function promtool(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: FOLDER, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test.skipIf(isMissing).each([
  ['the rules are valid', ['check', 'rules', 'prometheus/alerts.yaml'], `${ALERTS.length} rules found`],
  ['the configuration is valid', ['check', 'config', 'prometheus/prometheus.yaml'], 'SUCCESS'],
  ['each alert fires and stays quiet', ['test', 'rules', 'prometheus/alerts.test.yaml'], 'SUCCESS'],
])('%s', (_, args, wanted) => {
  const { status, output } = promtool(...args);
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining(wanted) });
});

test.each(ALERTS)('%s has a case in which it fires, and one in which it does not', (alert) => {
  const names = [...CASES.matchAll(/- name: (\w+) (fires|stays quiet) /g)].filter(([, name]) => name === alert);
  expect(names.map(([, , what]) => what)).toEqual(['fires', 'stays quiet']);
});

test.skipIf(isMissing)('the queries of the dashboard are valid', () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const plain = queries.map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$source', '.*'));
  // Prometheus has no command that reads a query by itself; as a recorded one it is checked. JSON is YAML.
  const rules = plain.map((expr, at) => ({ record: `query:${at}`, expr }));
  const file = join(folder.path, 'queries.yaml');
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  const { status, output } = promtool('check', 'rules', file);
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining(`${queries.length} rules found`) });
});

test('every panel of the dashboard says what it shows, and no two lie on each other', () => {
  const drawn = panels as readonly (Panel & {
    readonly type: string;
    readonly description?: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
  })[];
  for (const { type, title, description } of drawn) {
    expect({ title, isTold: type === 'row' || (description ?? '') !== '' }).toEqual({ title, isTold: true });
  }
  const columns = drawn.flatMap(({ gridPos: { x, y, w } }) => Array.from({ length: w }, (_, at) => `${y} ${x + at}`));
  expect(new Set(columns).size).toBe(columns.length);
});
