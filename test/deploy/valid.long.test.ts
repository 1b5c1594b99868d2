/** The files for Docker and Kubernetes, as the tools of others read them. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';
import { type DeploymentTools, deploymentTools } from '../support/deployment-tools.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const KUBERNETES = join(projectRoot(), 'deploy/kubernetes');
const MANIFESTS = readdirSync(KUBERNETES).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
/** Releases whose schemas the manifests are held against. */
const RELEASES = ['1.30', '1.34', '1.37'] as const;

const isMissing = spawnSync('kubectl', ['version', '--client']).error !== undefined;
if (isMissing) console.warn('kubectl is not on the PATH: the kustomization is not built');

let tools: DeploymentTools;
beforeAll(async () => {
  tools = await deploymentTools();
}, 600_000);

function folderFor(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  return folder.path;
}

test('hadolint has nothing to say about the Dockerfile', () => {
  expect(tools.hadolint('Dockerfile')).toEqual({ status: 0, output: '' });
});

test('Compose takes compose.yaml with the variables of .env.example, and names one that is missing', () => {
  const file = join(folderFor(), 'env');
  const names = readFileSync(join(projectRoot(), '.env.example'), 'utf8').match(/^\w+(?==)/gm) ?? [];
  const config = (given: readonly string[]) => {
    writeFileSync(file, given.map((name) => `${name}=ab12\n`).join(''));
    return tools.compose('--env-file', file, 'config', '--quiet');
  };
  expect(config(names)).toEqual({ status: 0, output: '' });
  const [first = '', ...others] = names;
  const { status, output } = config(others);
  expect({ isRefused: status !== 0, output }).toEqual({ isRefused: true, output: expect.stringContaining(first) });
});

test.each(RELEASES)('the manifests are valid for Kubernetes %s', (release) => {
  const files = MANIFESTS.map((name) => join(KUBERNETES, name));
  const { status, output } = tools.kubernetesValidate('--strict', '-k', release, ...files);
  expect({ status, output }).toEqual({ status: 0, output: expect.not.stringMatching(/ERROR|WARN/) });
  expect(output.match(/ passed for resource /g)?.length).toBeGreaterThanOrEqual(MANIFESTS.length);
});

test.skipIf(isMissing)('kubectl builds the kustomization, and what it builds is valid', () => {
  const { status, stdout } = spawnSync('kubectl', ['kustomize', KUBERNETES], { encoding: 'utf8' });
  expect({ status, image: /image: (\S+)/.exec(stdout)?.[1] }).toEqual({
    ...{ status: 0, image: expect.stringMatching(/^mimecast-source:\d/) },
  });
  const file = join(folderFor(), 'all.yaml');
  writeFileSync(file, stdout);
  expect(tools.kubernetesValidate('--strict', file)).toMatchObject({ status: 0 });
});
