/** The manifests in `deploy/kubernetes/` agree with the programs, and with each other. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readEnvironment } from '../../src/config/environment.js';
import { readServerEnvironment } from '../../src/config/server-environment.js';
import { readTemporalConfig } from '../../src/config/temporal.js';
import { projectRoot } from '../../src/runtime/project-root.js';
import { workerLimits } from '../../src/runtime/worker-limits.js';
import { Keyring } from '../../src/secrets/keyring.js';
import { readKeyring } from '../../src/secrets/read-keyring.js';
import { instructionsOf } from '../support/dockerfile.js';
import { programVariables } from '../support/program-variables.js';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom: readonly unknown[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly securityContext: object;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly strategy: object;
    readonly minReplicas: number;
    readonly scaleTargetRef: { readonly name: string };
    readonly selector: object;
    readonly podSelector: object;
    readonly template: {
      readonly spec: {
        readonly containers: readonly [Container];
        readonly terminationGracePeriodSeconds: number;
        readonly automountServiceAccountToken: boolean;
        readonly serviceAccountName: string;
        readonly securityContext: {
          readonly runAsUser: number;
          readonly runAsGroup: number;
          readonly runAsNonRoot: boolean;
        };
      };
    };
  };
}

const FOLDER = join(projectRoot(), 'deploy/kubernetes');
const fileOf = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const { resources, configMapGenerator, images } = parse(fileOf('kustomization.yaml')) as {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly { readonly name: string; readonly envs: readonly string[] }[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
};
const manifests = resources.flatMap((file) =>
  parseAllDocuments(fileOf(file)).map((document) => document.toJS() as Manifest),
);
const secret = parse(fileOf('secret.example.yaml')) as Manifest;
const ofKind = (wanted: string) => manifests.filter(({ kind }) => kind === wanted);
const deployments = ofKind('Deployment').map(({ metadata, spec }) => ({ name: metadata.name, spec }));
const shared = Object.fromEntries(
  fileOf('programs.env')
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => line.split('=', 2)),
);

const containerOf = ({ spec }: (typeof deployments)[number]) => spec.template.spec.containers[0];

/** As the container has it. */
function environmentOf({ env = [] }: Container): NodeJS.ProcessEnv {
  const own = Object.fromEntries(env.map(({ name, value }) => [name, value]));
  return { ...shared, ...secret.stringData, MIMECAST_SECRET_KEYS: Keyring.newKey(), ...own };
}

test('the kustomization has every file but the example of a secret', () => {
  const files = readdirSync(FOLDER).filter((name) => !['kustomization.yaml', 'secret.example.yaml'].includes(name));
  expect([...resources, ...configMapGenerator.flatMap(({ envs }) => envs)].sort()).toEqual(files.sort());
});

test.each(deployments)('$name is given what it reads, and can read all of it', (deployment) => {
  const container = containerOf(deployment);
  const env = environmentOf(container);
  const known = programVariables();
  expect(Object.keys(env).filter((variable) => !known.has(variable))).toEqual([]);
  expect(readEnvironment(env)).toMatchObject({ metrics: { host: '0.0.0.0' }, allowInsecure: false });
  expect(readTemporalConfig(env)).toMatchObject({ address: shared.TEMPORAL_ADDRESS });
  expect(readKeyring(env)).toBeInstanceOf(Keyring);
  expect(readServerEnvironment(env)).toBeDefined();
  const [{ name = '' } = {}] = configMapGenerator;
  expect(container.envFrom).toEqual([{ configMapRef: { name } }, { secretRef: { name: secret.metadata.name } }]);
});

test.each(deployments)('the ports and probes of $name are those that it serves', (deployment) => {
  const container = containerOf(deployment);
  const { METRICS_PORT, PORT } = environmentOf(container);
  const served = { metrics: Number(METRICS_PORT), ...(PORT === undefined ? {} : { https: Number(PORT) }) };
  expect(Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort]))).toEqual(served);
  const { readinessProbe, livenessProbe } = container;
  expect([readinessProbe.httpGet.path, livenessProbe.httpGet.path]).toEqual(['/readyz', '/healthz']);
  for (const { httpGet } of [readinessProbe, livenessProbe]) expect(served).toHaveProperty(httpGet.port);
});

test.each(deployments)('$name has longer to end than it takes, and is replaced before it ends', ({ spec }) => {
  const { terminationGracePeriodSeconds: grace, containers } = spec.template.spec;
  const [, waits = '0'] = containers[0].lifecycle?.preStop.exec.command ?? [];
  const takes = Number.parseInt(String(workerLimits().shutdownForceTime), 10) + Number(waits);
  expect(grace).toBeGreaterThanOrEqual(takes + 10);
  expect(spec.strategy).toEqual({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
});

test.each(deployments)('$name may do nothing but run, as the user of the image', ({ spec }) => {
  const { containers, securityContext, automountServiceAccountToken } = spec.template.spec;
  const { runAsUser, runAsGroup, runAsNonRoot } = securityContext;
  const user = instructionsOf(readFileSync(join(projectRoot(), 'Dockerfile'), 'utf8')).find(
    ({ name }) => name === 'USER',
  );
  expect(`${runAsUser}:${runAsGroup}`).toBe(user?.text);
  expect({ runAsNonRoot, automountServiceAccountToken }).toEqual({
    ...{ runAsNonRoot: true, automountServiceAccountToken: false },
  });
  expect(containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test('workers are scaled, and both programs are kept while nodes are drained', () => {
  const [scaler] = ofKind('HorizontalPodAutoscaler');
  expect(deployments.map(({ name }) => name)).toContain(scaler?.spec.scaleTargetRef.name);
  expect(scaler?.spec.minReplicas).toBeGreaterThan(1);
  const kept = ofKind('PodDisruptionBudget').map(({ spec }) => spec.selector);
  expect(kept).toEqual(expect.arrayContaining(deployments.map(({ spec }) => spec.selector)));
});

test('the rules of the network are for these programs alone', () => {
  for (const { spec } of ofKind('NetworkPolicy')) expect(spec.podSelector).not.toEqual({});
});

test('the image has the version of the project', () => {
  const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8'));
  expect(images.map(({ newTag }) => newTag)).toEqual([version]);
});
