/** Readers of what people type, paste and configure: queries, tokens, lists, rules, sources, environments, keys, times. */

import { BSON } from 'mongodb';
import { readEnvironment } from '../../../src/config/environment.js';
import { readServerEnvironment } from '../../../src/config/server-environment.js';
import { parseSourceConfig, parseSourceFile } from '../../../src/config/source-config.js';
import { readTemporalConfig } from '../../../src/config/temporal.js';
import { parseDuration } from '../../../src/domain/duration.js';
import { proxiesOf, proxyFor } from '../../../src/domain/hosts/proxies.js';
import { parseJson } from '../../../src/domain/json.js';
import { DatedPrefix, datedPrefixMistake } from '../../../src/domain/streams/dated-prefix.js';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import { indicatorsOf, MOST_INDICATORS } from '../../../src/indicators/extract.js';
import { parseList } from '../../../src/indicators/lists/parse-list.js';
import { ListTooLong } from '../../../src/indicators/lists/wanted.js';
import { parseTime } from '../../../src/management/common/parse-time.js';
import { decodeText } from '../../../src/records/decode.js';
import { applyRules, MAX_TEXT } from '../../../src/rules/apply.js';
import { compileRules } from '../../../src/rules/compile.js';
import { KeyPatterns, keyPatternMistake } from '../../../src/rules/key-patterns.js';
import { isOnThisMachine, shownMongodbUri } from '../../../src/runtime/mongodb-address.js';
import { parseQuery } from '../../../src/search/parse-query.js';
import { QueryError } from '../../../src/search/query-error.js';
import { Keyring, SecretError } from '../../../src/secrets/keyring.js';
import { behindOf, PageTokenError } from '../../../src/store/list-page.js';
import { filterOf } from '../../../src/store/search/filter.js';
import { behindFilter, positionOf, tokenOf } from '../../../src/store/search/position.js';
import { type FuzzTarget, holds, refusing, refusingLater, same, textOf } from '../target.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const SECRET = 'hush-hush-4711';

const query: FuzzTarget = {
  name: 'query',
  seeds: [
    'a AND (b OR NOT c) -d +e',
    'subject:"two words" _messageTime:[2026-01-01 TO 2026-02-01}',
    'ip:192.0.2.0/24 from:<id@mail> https://example.com/a?b=(c)',
    'size:>5 size:<=9 x:/a.*b/ y:* z:a?c*',
    '2001:db8::1 user@example.com a\\:b d41d8cd98f00b204e9800998ecf8427e',
  ],
  words: [
    'AND',
    ' OR ',
    'NOT ',
    '(',
    ')',
    '((((',
    '[',
    ' TO ',
    '}',
    ':',
    '_messageTime:',
    '"',
    '\\',
    '*',
    '?',
    '/',
    '<',
    '>=',
    '~',
    '^2',
    '&&',
    '::',
    'ip:',
    '2026-02-31',
    '1e5',
  ],
  run: (input) => {
    const text = textOf(input);
    const condition = refusing([QueryError], () => parseQuery(text));
    if (condition === undefined) return;
    for (const stream of STREAMS.slice(0, 2)) {
      const filter = filterOf(condition, { stream, hasIndicators: false });
      BSON.serialize(filter);
      holds(!JSON.stringify(filter).includes('"$where"'), 'a query becomes code');
    }
  },
};

const tokens: FuzzTarget = {
  name: 'page-token',
  seeds: [
    tokenOf({ time: new Date(NOW) }),
    Buffer.from('[1777629600000,"00ff",3]').toString('base64url'),
    Buffer.from(
      BSON.EJSON.stringify([new Date(NOW), new BSON.ObjectId('0123456789abcdef01234567')], { relaxed: false }),
    ).toString('base64url'),
    ...[
      '["a",1]',
      '[{"$date":"x"},{"$oid":"x"}]',
      '[{"$regex":"a"},{"$gt":1}]',
      '[{"$binary":{"base64":"","subType":"00"}},1]',
    ],
  ],
  words: [
    '{"$date":{"$numberLong":"',
    '{"$numberDouble":"NaN"}',
    '{"$code":"x"}',
    '{"$minKey":1}',
    '{"$undefined":true}',
    '[[',
    '{"$uuid":"x"}',
  ],
  run: (input) => {
    for (const token of [textOf(input), Buffer.from(input).toString('base64url')]) {
      const position = refusing([PageTokenError], () => positionOf(token));
      if (position !== undefined) {
        same(positionOf(tokenOf(position)), position, 'a position changes when it is told again');
        BSON.serialize(behindFilter(position, 'receipt'));
      }
      const behind = refusing([PageTokenError], () => behindOf('at', token));
      if (behind === undefined) continue;
      BSON.serialize(behind);
      const operators = JSON.stringify(behind).match(/"\$[a-z]+"/g) ?? [];
      holds(
        operators.every((each) => each === '"$or"' || each === '"$lt"'),
        'a token brings an operator',
      );
    }
  },
};

const list: FuzzTarget = {
  name: 'ioc-list',
  seeds: [
    'evil[.]com\n# comment\n192.0.2.0/24, hxxp://evil.example/a\n"a,b.exe";x@evil.com\n',
    'ip,domain\n192.0.2.1,evil.com\n192.0.2.2,"evil.org"\n',
    '{"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":"[ipv4-addr:value = \'192.0.2.1\' OR (file:hashes.MD5 = \'d41d8cd98f00b204e9800998ecf8427e\')]"}]}',
    '{"objects":[{"type":"observed-data","objects":{"0":{"type":"url","value":"http://a"}}}]}',
    '["192.0.2.1", "evil.com"]',
    'd41d8cd98f00b204e9800998ecf8427e  file.exe\n2001:db8::/64\n<id@mail>\nfile:a b.txt',
  ],
  words: [
    '[.]',
    '(dot)',
    'hxxp://',
    '//',
    '"',
    '""',
    ',',
    ';',
    '\t',
    ' #',
    '"#',
    '[ipv4-addr:value',
    ' OR ',
    "'",
    "\\'",
    '/0',
    '/33',
    '::',
    'a.',
    '.a',
    'xn--',
    '{"type":"indicator","id":"',
    '[[',
    '{"a":',
    ' . ',
    'h**p',
    '<',
  ],
  run: async (input) => {
    // Each further line costs as much as the one before; more only take longer.
    const text = textOf(input.subarray(0, 100_000));
    const parsed = await refusingLater([ListTooLong], () => parseList(text));
    for (const { keys, between } of parsed?.wanted ?? []) {
      holds(keys.length > 0 && keys.length <= 128, 'an indicator has no key, or too many');
      holds(
        keys.every((key) => /^[a-z0-9/]+:/.test(key)),
        'a key has no type',
      );
      if (between !== undefined) holds(between.from <= between.to, 'a range ends before it begins');
    }
    for (const each of parsed?.notUnderstood ?? []) holds(typeof each.text === 'string', 'an entry has no text');
  },
};

const indicators: FuzzTarget = {
  name: 'indicators',
  seeds: [
    '{"senderEnvelope":"A <a@b.com>, c@d.org","recipients":["x@y.com"],"senderIp":"192.0.2.1","messageId":"<m@n>","subject":"s"}',
    '{"url":"https://user@evil.example:8080/a?b#c","sourceIp":"::ffff:192.0.2.1","md5":"d41d8cd98f00b204e9800998ecf8427e","fileName":"\\"a,b\\".exe; c.txt"}',
    '{"from":{"emailAddress":"a@b.com"},"to":[{"emailAddress":"c@d.com"}],"urlDomain":"bücher.example.co.uk"}',
  ],
  words: [
    '"senderEnvelope":"',
    '"recipients":"',
    '"url":"',
    '<',
    '>',
    ',',
    ';',
    '@',
    '.',
    'a.',
    'xn--',
    '[',
    '"attachments":"',
    '%',
    '\\"',
    '@[',
    'ß',
  ],
  run: (input) => {
    const decoded = decodeText(textOf(input));
    if (!decoded.ok) return;
    for (const stream of STREAMS) {
      const keys = indicatorsOf(stream, decoded.record);
      holds(keys.length <= MOST_INDICATORS + 1 && new Set(keys).size === keys.length, 'too many, or one twice');
      same(indicatorsOf(stream, decoded.record), keys, 'a second reading gives others');
    }
  },
};

const RULE_TEXTS = ['{"a":"\\u003cme@example.com\\u003e","b":[1,2]}', `{"x":"${'aab'.repeat(400)}"}`, ''];

const rules: FuzzTarget = {
  name: 'rules',
  seeds: [
    '"a":"([^"]+)"',
    '(?i).*EXAMPLE.*',
    '(\\d{1,3}\\.){3}\\d{1,3}',
    '^(a|ab)*c$',
    '(a)(?:.*z)?',
    '(\\p{L}+)@([\\w.-]+)',
    '\\Q(x)\\E[^\\x00-\\x7f]',
    '((a{10}){10}){10}',
    '(?P<n>x)(?:y)(?i:z)',
  ],
  words: [
    '(',
    ')',
    '(?',
    '(?:',
    '(?=',
    '(?<a>',
    '\\1',
    '\\Q',
    '\\E',
    '\\p{',
    '\\x{10FFFF}',
    '{1000}',
    '{0,}',
    '{,5}',
    '[[:alpha:]]',
    '[^',
    ']',
    '|',
    '*',
    '+?',
    '++',
    '\\z',
    '\\C',
    '^',
    '$',
    '.*',
    '(?i)',
    '(?s-m)',
  ],
  run: (input) => {
    const regexp = textOf(input.subarray(0, 6_000));
    for (const filterType of ['Mask', 'Exclude'] as const) {
      const compiled = compileRules([{ filterType, name: 'one', regexp }]);
      if (!compiled.ok) {
        holds(
          compiled.mistakes.every(({ message }) => message.length < 10_000),
          'a mistake is longer than a page',
        );
        continue;
      }
      for (const text of RULE_TEXTS) {
        const applied = applyRules(compiled.rules, text);
        holds(!applied.isKept || applied.text.length <= MAX_TEXT, 'a text has grown beyond the limit');
      }
    }
  },
};

const keyPatterns: FuzzTarget = {
  name: 'key-patterns',
  seeds: [
    'logs/**/*.gz',
    '{a,b{c,d}}/[!x-z]*',
    '*a*a*a*a*b',
    'logs/{yyyy}/{MM}/{dd}/',
    'a!{timestamp:yyyy/MM/dd}/b',
    '\\*[]]',
  ],
  words: ['**', '/', '{', '}', ',', '[', ']', '[!', '\\', '*?', '{yyyy}', '{MM}', '!{timestamp:', 'dd', '\n'],
  run: (input) => {
    const pattern = textOf(input.subarray(0, 4_000));
    const keys = ['logs/2026/05/01/a.gz', 'a'.repeat(1_000), '', '\n/\u{1f600}'];
    if (keyPatternMistake(pattern) === undefined) {
      const patterns = new KeyPatterns({ include: [pattern] });
      for (const key of keys) patterns.wants(key);
    }
    if (datedPrefixMistake(pattern) === undefined) for (const key of keys) new DatedPrefix(pattern).matches(key);
  },
};

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

export const TEXT_TARGETS = [query, tokens, list, indicators, rules, keyPatterns, source, environment, keys, spans];
