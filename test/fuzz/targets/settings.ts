/** What operators write: configurations of sources, the environment, keys, and spans of time. */

import { readEnvironment } from '../../../src/config/environment.js';
import { readServerEnvironment } from '../../../src/config/server-environment.js';
import { parseSourceConfig, parseSourceFile } from '../../../src/config/source-config.js';
import { readTemporalConfig } from '../../../src/config/temporal.js';
import { parseDuration } from '../../../src/domain/duration.js';
import { proxiesOf, proxyFor } from '../../../src/domain/hosts/proxies.js';
import { parseJson } from '../../../src/domain/json.js';
import { parseTime } from '../../../src/management/common/parse-time.js';
import { isOnThisMachine, shownMongodbUri } from '../../../src/runtime/mongodb-address.js';
import { Keyring, SecretError } from '../../../src/secrets/keyring.js';
import { type FuzzTarget, holds, refusingLater, same, textOf } from '../target.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const SECRET = 'hush-hush-4711';

const CONFIG = { name: 'mail', clientID: 'id', clientSecret: SECRET, dataCollection: ['siem'] };
const sourceOf = (config: object) =>
  JSON.stringify({ 'api.version': 'v1', source: { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' } });

const source: FuzzTarget = {
  name: 'source-config',
  seeds: [
    sourceOf(CONFIG),
    sourceOf({
      ...CONFIG,
      filters: [{ filterType: 'Mask', name: 'm', regexp: '(a)', mask: 'x' }],
      fields: { a: 'b' },
      pollInterval: '5m',
    }),
    sourceOf({
      name: 'b',
      collectionMethod: 's3',
      s3: { bucket: 'logs', region: 'eu-west-1', accessKeyId: 'AKIAX', secretAccessKey: SECRET, prefix: 'a/{yyyy}/' },
    }),
    sourceOf({ ...CONFIG, baseUrl: `https://user:${SECRET}@example.com`, backfil: '5d', export: { bucket: 'x' } }),
    JSON.stringify({ sources: [CONFIG] }),
  ],
  words: [
    SECRET,
    SECRET.toUpperCase(),
    `"${SECRET}"`,
    '"filters":[',
    '"s3":{',
    '"export":{',
    '"regexp":"(',
    '"fields":{',
    '"dataCollection":',
    '"clientSecret":',
    '[[',
    '{"a":',
    '"',
    ':',
    ',',
  ],
  run: (input) => {
    const json = parseJson(textOf(input));
    if (json === undefined) return;
    const configs = [parseSourceFile(json), parseSourceFile(json, { allowInsecure: true }), parseSourceConfig(json)];
    const isGiven = JSON.stringify(shallow(json)).includes(`"clientSecret":"${SECRET}"`);
    for (const parsed of configs) {
      if (parsed.ok) continue;
      holds(parsed.mistakes.length > 0 && parsed.mistakes.length <= 201, 'no mistake is told, or too many');
      const told = parsed.mistakes.join('\n');
      holds(told.length < 400_000, 'the mistakes are longer than a book');
      holds(!isGiven || !told.toLowerCase().includes(SECRET), 'a mistake repeats a secret');
    }
  },
};

/** What a source file says of its secret, and nothing that is nested deeper. */
function shallow(json: unknown): unknown {
  const config = [json, (json as { source?: { config?: unknown } } | null)?.source?.config].find(
    (each) => typeof each === 'object' && each !== null && 'clientSecret' in each,
  );
  return {
    clientSecret: (config as { clientSecret?: unknown } | undefined)?.clientSecret === SECRET ? SECRET : undefined,
  };
}

/** Nobody can tell a secret that stands where no secret belongs. */
function isSecretInPlace(value: string): boolean {
  const rest = value.replaceAll(`:${SECRET}@`, ':@').replace(/(?<=:\/.*\?).*/s, '');
  return !rest.includes(SECRET);
}

const environment: FuzzTarget = {
  name: 'environment',
  seeds: [
    `MONGODB_URI=mongodb://user:${SECRET}@a:1,b:2/db?replicaSet=r&password=${SECRET}`,
    'MONGODB_DB=mimecast\nLOG_LEVEL=debug\nPORT=8080\nHOST=127.0.0.1\nMIMECAST_API_RATE=5\nTEMPORAL_UI_URL=https://x/',
    `HTTPS_PROXY=http://user:${SECRET}@proxy.example.com:3128\nNO_PROXY=*.a.com, [::1]:80 .b\nhttp_proxy=x`,
    `TEMPORAL_API_KEY=${SECRET}\nTEMPORAL_ADDRESS=a:7233\nTEMPORAL_TLS=true`,
    'MIMECAST_INSTALLATION=eu-1\nTEMPORAL_DEPLOYMENT_NAME=a\nTEMPORAL_WORKER_BUILD_ID=b\nMIMECAST_ALLOW_INSECURE=true',
  ],
  words: [
    '=',
    '\n',
    '@',
    ':',
    ',',
    '%',
    '%2F',
    '[::1]',
    '?',
    '#',
    '&',
    'mongodb+srv://',
    'MONGODB_URI=',
    'HTTPS_PROXY=',
    'PORT=',
    '99999',
    'http://',
  ],
  run: (input) => {
    const text = textOf(input).replaceAll('\0', '');
    const entries = text
      .split('\n')
      .slice(0, 200)
      .map((line) => line.split(/=(.*)/s, 2))
      .filter(([name = '', value = '']) => name === 'TEMPORAL_API_KEY' || isSecretInPlace(value));
    const env = Object.fromEntries(entries);
    for (const read of [readEnvironment, readServerEnvironment, readTemporalConfig]) {
      try {
        read(env);
      } catch (error) {
        const told = error instanceof Error ? error.message : '';
        holds(/^Invalid (environment variables|Temporal configuration)/.test(told), `another error: ${String(error)}`);
        holds(!told.includes(SECRET), 'a message repeats a secret');
      }
    }
    const { proxies, mistakes } = proxiesOf(env);
    holds(!mistakes.join().includes(SECRET), 'a mistake repeats a secret');
    for (const url of ['https://api.example.com/x', 'http://[::1]:80/']) proxyFor(proxies, new URL(url));
    const uri = env.MONGODB_URI ?? text;
    isOnThisMachine(uri);
    const credentials = /^mongodb(?:\+srv)?:\/\/[^@]*@/.exec(uri)?.[0];
    if (credentials?.includes(SECRET))
      holds(!shownMongodbUri(uri).split('?')[0]?.includes(credentials), 'an address is shown with its user');
  },
};

const KEY = Buffer.alloc(32, 7).toString('base64');

const keys: FuzzTarget = {
  name: 'keyring',
  seeds: [
    `k1:${KEY}`,
    `k1:${KEY},k2:${Buffer.alloc(32, 8).toString('base64url')}\n`,
    await Keyring.parse(`k1:${KEY}`).encrypt(SECRET),
    `k1:${KEY},k1:${KEY}`,
  ],
  words: [
    'k1:',
    ',',
    '=',
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiazEifQ',
    '..',
    '.',
    Buffer.from('{"zip":"DEF","enc":"A256GCM","alg":"dir","kid":"k1"}').toString('base64url'),
  ],
  run: async (input) => {
    const text = textOf(input);
    try {
      const keyring = Keyring.parse(text);
      same(await keyring.decrypt(await keyring.encrypt(SECRET)), SECRET, 'a key does not decrypt what it encrypts');
    } catch (error) {
      holds(error instanceof SecretError, `another error: ${String(error)}`);
      holds(!error.message.includes(KEY.slice(0, 20)), 'a message repeats a key');
    }
    const opened = await refusingLater([SecretError], () => Keyring.parse(`k1:${KEY}`).decrypt(text));
    holds(opened === undefined || opened === SECRET, 'a text opens that nobody sealed');
  },
};

const spans: FuzzTarget = {
  name: 'times-of-people',
  seeds: ['5m', '1h30m', '7d', '250', '2026-01-31', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5+01:00', '1.5h'],
  words: [
    'd',
    'h',
    'm',
    's',
    'ms',
    '9'.repeat(20),
    '9'.repeat(310),
    'T',
    ':',
    '.',
    '+0100',
    '-12:00',
    '2026-02-31',
    '24:00',
    'Z',
  ],
  run: (input) => {
    const text = textOf(input);
    const duration = parseDuration(text);
    holds(duration === undefined || (Number.isSafeInteger(duration) && duration >= 0), `a duration of ${duration} ms`);
    const time = parseTime(text, NOW);
    if (time === undefined) return;
    const iso = new Date(time).toISOString();
    const [, day] = /^(\d{4}-\d\d-\d\d)(?:$|T(?!24)[\d:.]+Z?$)/.exec(text) ?? [];
    if (day !== undefined) same(iso.slice(0, 10), day, 'a day became another one');
  },
};

export const SETTINGS_TARGETS = [source, environment, keys, spans];
