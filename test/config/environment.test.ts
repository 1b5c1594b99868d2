import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';

function problemWith(env: NodeJS.ProcessEnv): string {
  try {
    return `none: ${JSON.stringify(readEnvironment(env))}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('an empty environment has defaults', () => {
  const defaults = {
    mongodbUri: 'mongodb://127.0.0.1:27017',
    mongodbDb: 'mimecast',
    allowInsecure: false,
    alertHosts: new Set(),
    logLevel: 'info',
  };
  expect(readEnvironment({})).toEqual(defaults);
  expect(readEnvironment({ MONGODB_URI: '', MONGODB_DB: '', MIMECAST_ALLOW_INSECURE: '', LOG_LEVEL: '' })).toEqual(
    defaults,
  );
  expect(readEnvironment({ PATH: '/bin', HOME: '/root' })).toEqual(defaults);
});

test.each<[NodeJS.ProcessEnv, object]>([
  [{ MONGODB_URI: 'mongodb+srv://cluster.example.com/?w=1' }, { mongodbUri: 'mongodb+srv://cluster.example.com/?w=1' }],
  [{ MONGODB_DB: 'mimecast_2' }, { mongodbDb: 'mimecast_2' }],
  [{ MIMECAST_INSTALLATION: 'eu-1' }, { installation: 'eu-1' }],
  [{ MIMECAST_INSTALLATION: '' }, { installation: undefined }],
  [{}, { workerVersion: undefined }],
  [
    { TEMPORAL_DEPLOYMENT_NAME: 'mimecast', TEMPORAL_WORKER_BUILD_ID: 'v1.4:a1b2' },
    { workerVersion: { deploymentName: 'mimecast', buildId: 'v1.4:a1b2' } },
  ],
  [{ MIMECAST_ALLOW_INSECURE: 'true' }, { allowInsecure: true }],
  [{ MIMECAST_ALLOW_INSECURE: 'false' }, { allowInsecure: false }],
  [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
  [{}, { metrics: undefined }],
  [{ METRICS_PORT: '9464' }, { metrics: { port: 9464, host: '127.0.0.1' } }],
  [{ METRICS_PORT: '0', METRICS_HOST: '::1' }, { metrics: { port: 0, host: '::1' } }],
  [{ METRICS_PORT: '', METRICS_HOST: '' }, { metrics: undefined }],
])('%o', (env, expected) => {
  expect(readEnvironment(env)).toMatchObject(expected);
});

describe('mistakes', () => {
  test.each<[NodeJS.ProcessEnv, string]>([
    [
      { MONGODB_URI: '127.0.0.1:27017' },
      'MONGODB_URI: must be an address such as mongodb://127.0.0.1:27017 (found "127.0.0.1:27017")',
    ],
    [
      { MONGODB_DB: 'a b' },
      'MONGODB_DB: must be a database name of at most 63 characters, without / \\ . " $ or spaces (found "a b")',
    ],
    [{ METRICS_PORT: '65536' }, 'METRICS_PORT: must be a whole number from 0 to 65535 (found "65536")'],
    [{ METRICS_PORT: '1', METRICS_HOST: 'a b' }, 'METRICS_HOST: must be an address such as 127.0.0.1 (found "a b")'],
    [{ METRICS_HOST: '::1' }, 'METRICS_PORT: missing; needed together with METRICS_HOST'],
    [{ MONGODB_DB: 'd'.repeat(64) }, `found "${'d'.repeat(56)}…`],
    [
      { TEMPORAL_DEPLOYMENT_NAME: 'mimecast' },
      'TEMPORAL_WORKER_BUILD_ID: missing; needed together with TEMPORAL_DEPLOYMENT_NAME',
    ],
    [
      { TEMPORAL_WORKER_BUILD_ID: '1' },
      'TEMPORAL_DEPLOYMENT_NAME: missing; needed together with TEMPORAL_WORKER_BUILD_ID',
    ],
    [
      { TEMPORAL_DEPLOYMENT_NAME: 'a.b', TEMPORAL_WORKER_BUILD_ID: '1' },
      'TEMPORAL_DEPLOYMENT_NAME: must be a name of at most 200 characters, without dots, colons or spaces',
    ],
    [{ MIMECAST_INSTALLATION: 'EU 1' }, 'MIMECAST_INSTALLATION: must be a name of at most 32 lower-case letters'],
    [{ MIMECAST_ALLOW_INSECURE: 'yes' }, 'MIMECAST_ALLOW_INSECURE: must be true or false (found "yes")'],
    [
      { HTTPS_PROXY: 'socks5://user:hush@proxy.example.com' },
      'HTTPS_PROXY: must be an address such as http://proxy.example.com:3128',
    ],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: must be one of: trace, debug, info, warn, error, fatal, silent (found "loud")'],
  ])('%o', (env, mistake) => {
    expect(problemWith(env)).toContain(mistake);
  });

  test('of a proxy are reported without its password', () => {
    expect(problemWith({ https_proxy: 'socks5://user:hush@proxy.example.com', LOG_LEVEL: 'loud' })).not.toContain(
      'hush',
    );
  });

  test('all of them are named at once, one line each', () => {
    const proxy = { HTTPS_PROXY: 'ftp://x' };
    const env = { MONGODB_URI: 'x', MONGODB_DB: '$', MIMECAST_ALLOW_INSECURE: '1', LOG_LEVEL: 'INFO', ...proxy };
    const [head, ...lines] = problemWith(env).split('\n');
    expect(head).toBe('Invalid environment variables:');
    expect(lines.map((line) => line.trim().split(':')[0])).toEqual(Object.keys(env));
  });

  test.each([
    'mongo://user:hunter2@host/db',
    'user:hunter2@host:27017',
    'user:hunter2/x@y@host',
    'mongodb:/user:hunter2@host',
    'mongodb:/host/?password=hunter2',
    'mongodb:/user@host/?password=hunter2',
    'user@host/?password=hunter2',
  ])('the password in %s is in no message', (uri) => {
    expect(problemWith({ MONGODB_URI: uri })).toContain('MONGODB_URI: must be an address');
    expect(problemWith({ MONGODB_URI: uri })).not.toContain('hunter2');
  });
});
