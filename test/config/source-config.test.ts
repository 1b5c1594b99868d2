import { describe, expect, test } from 'vitest';
import { parseSourceConfig, parseSourceFile } from '../../src/config/source-config.js';

const CONFIG = { name: 'mail', clientID: 'id', clientSecret: 'hush', dataCollection: ['siem'] };

const fileOf = (config: unknown, changes: object = {}) => ({
  'api.version': 'v1',
  source: { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal', ...changes },
});

function accepted(changes: object): unknown {
  const parsed = parseSourceFile(fileOf({ ...CONFIG, ...changes }));
  return parsed.ok ? parsed.value : parsed.mistakes;
}

function mistakesIn(json: unknown, allowInsecure = false): readonly string[] {
  const parsed = parseSourceFile(json, { allowInsecure });
  return parsed.ok ? [] : parsed.mistakes;
}

const refused = (changes: object) => mistakesIn(fileOf({ ...CONFIG, ...changes }));

test('a file with what is required gets the defaults', () => {
  expect(accepted({})).toEqual({
    ...CONFIG,
    baseUrl: 'https://api.services.mimecast.com',
    pollInterval: '5m',
    backfill: '24h',
    lag: '0s',
    overlap: '15m',
  });
});

describe('good values', () => {
  test.each<[string, object, object]>([
    ['data collections as a list', { dataCollection: ['dlp', 'siem'] }, { dataCollection: ['dlp', 'siem'] }],
    ['one as a text', { dataCollection: 'auditEvent' }, { dataCollection: ['auditEvent'] }],
    ['one named twice', { dataCollection: ['dlp', 'dlp'] }, { dataCollection: ['dlp'] }],
    ['SIEM types', { siemTypes: ['url protect', 'av'] }, { siemTypes: ['url protect', 'av'] }],
    ['one SIEM type as a text', { siemTypes: 'av' }, { siemTypes: ['av'] }],
    ['space around texts', { name: ' mail ', clientSecret: 'hush\n' }, { name: 'mail', clientSecret: 'hush' }],
    [
      'a gateway of a region',
      { baseUrl: 'https://us-api.services.mimecast.com' },
      { baseUrl: 'https://us-api.services.mimecast.com' },
    ],
    ['the shortest interval', { pollInterval: '1s' }, { pollInterval: '1s' }],
    ['the longest interval', { pollInterval: '24h' }, { pollInterval: '24h' }],
    ['no backfill', { backfill: '0s' }, { backfill: '0s' }],
    ['no lag and no overlap', { lag: '0s', overlap: '0s' }, { lag: '0s', overlap: '0s' }],
    ['the longest lag and overlap', { lag: '1d', overlap: '24h' }, { lag: '1d', overlap: '24h' }],
    ['the longest backfill', { backfill: '7d' }, { backfill: '7d' }],
    [
      'fields of all kinds',
      { fields: { _siemForward: true, site: 'x', n: 1 } },
      { fields: { _siemForward: true, site: 'x', n: 1 } },
    ],
    ['what Sumo Logic leaves empty', { description: null, category: '', fields: {} }, CONFIG],
  ])('%s', (_, changes, expected) => {
    expect(accepted(changes)).toMatchObject(expected);
  });
});

describe('mistakes', () => {
  test.each<[string, object, string]>([
    ['no name', { name: undefined }, 'source.config.name: missing; must be a string'],
    ['an empty name', { name: '  ' }, 'source.config.name: must not be empty (found "  ")'],
    ['a name as a number', { name: 5 }, 'source.config.name: must be a string (found 5)'],
    [
      'a long name',
      { name: 'n'.repeat(129) },
      `source.config.name: must have at most 128 characters (found "${'n'.repeat(56)}…)`,
    ],
    ['no client ID', { clientID: '' }, 'source.config.clientID: must not be empty (found "")'],
    [
      'an unknown key',
      { clientsecret: 'hush' },
      'source.config.clientsecret: unknown key; did you mean "clientSecret"?',
    ],
    [
      'no data collection',
      { dataCollection: undefined },
      'source.config.dataCollection: missing; must be one or a list of: siem, auditEvent, dlp, holdMessageList, ttpUrl',
    ],
    [
      'an unknown data collection',
      { dataCollection: 'SIEM' },
      'source.config.dataCollection: must be one or a list of: siem, auditEvent, dlp, holdMessageList, ttpUrl; did you mean "siem"? (found "SIEM")',
    ],
    [
      'an unknown one in the list',
      { dataCollection: ['siem', 'x'] },
      'source.config.dataCollection[1]: must be one of: siem, auditEvent, dlp, holdMessageList, ttpUrl (found "x")',
    ],
    ['an empty list', { dataCollection: [] }, 'source.config.dataCollection: must name at least one (found a list)'],
    ['no SIEM type', { siemTypes: [] }, 'source.config.siemTypes: must name at least one (found a list)'],
    [
      'an interval that is too short',
      { pollInterval: '999ms' },
      'source.config.pollInterval: must be a duration from 1s to 1d, such as "5m" or "24h" (found "999ms")',
    ],
    [
      'an interval that is too long',
      { pollInterval: '25h' },
      'source.config.pollInterval: must be a duration from 1s to 1d, such as "5m" or "24h" (found "25h")',
    ],
    [
      'an interval that is none',
      { pollInterval: 'often' },
      'source.config.pollInterval: must be a duration from 1s to 1d, such as "5m" or "24h" (found "often")',
    ],
    [
      'a backfill beyond what is kept',
      { backfill: '8d' },
      'source.config.backfill: must be a duration from 0s to 7d, such as "5m" or "24h" (found "8d")',
    ],
    [
      'an address that is none',
      { baseUrl: 'api.services.mimecast.com' },
      'source.config.baseUrl: must be an address such as https://api.services.mimecast.com (found "api.services.mimecast.com")',
    ],
    [
      'an address of another kind',
      { baseUrl: 'ftp://api.services.mimecast.com' },
      'source.config.baseUrl: must be an address such as https://api.services.mimecast.com (found "ftp://api.services.mimecast.com")',
    ],
    [
      'an address with a query',
      { baseUrl: 'https://api.services.mimecast.com?a=b' },
      'source.config.baseUrl: must not contain a user, query or fragment (found "https://api.services.mimecast.com?…")',
    ],
    [
      'a host of API 1.0',
      { baseUrl: 'https://EU-api.mimecast.com/' },
      'source.config.baseUrl: eu-api.mimecast.com serves API 1.0 only; use https://api.services.mimecast.com, which serves every region (found "https://EU-api.mimecast.com/")',
    ],
    ['fields as a list', { fields: [] }, 'source.config.fields: must be an object (found a list)'],
    [
      'a field as an object',
      { fields: { a: {} } },
      'source.config.fields.a: must be a text, a number, true or false (found an object)',
    ],
  ])('%s', (_, changes, mistake) => {
    expect(refused(changes)).toEqual([mistake]);
  });

  test.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, ['the whole: missing; must be an object']],
    ['null', null, ['the whole: must be an object (found null)']],
    ['a text', 'mail', ['the whole: must be an object (found a text)']],
    ['a list', [fileOf(CONFIG)], ['the whole: must be an object (found a list)']],
    ['no source', {}, ['source: missing; must be an object']],
    ['another version', { ...fileOf(CONFIG), 'api.version': 'v2' }, ['api.version: must be "v1" (found "v2")']],
    [
      'another kind',
      fileOf(CONFIG, { schemaRef: { type: 'Okta' } }),
      ['source.schemaRef.type: must be "Mimecast" (found "Okta")'],
    ],
    ['no kind', fileOf(CONFIG, { schemaRef: undefined }), ['source.schemaRef: missing; must be an object']],
    ['another type', fileOf(CONFIG, { sourceType: 'HTTP' }), ['source.sourceType: must be "Universal" (found "HTTP")']],
    [
      'more than there should be',
      { ...fileOf(CONFIG, { extra: 1 }), extra: 1 },
      ['source.extra: unknown key', 'extra: unknown key'],
    ],
  ])('in the file: %s', (_, json, mistakes) => {
    expect([...mistakesIn(json)].sort()).toEqual([...mistakes].sort());
  });

  test('all of them are named at once', () => {
    const config = { nmae: 'x', clientID: 5, dataCollection: 'x', pollInterval: '0s', baseUrl: 'http://127.0.0.1:1' };
    const named = mistakesIn({ source: { config, schemaRef: {}, sourceType: 'x' }, 'api.version': 1 }).map(
      (mistake) => mistake.split(':')[0],
    );
    expect(named.sort()).toEqual([
      'api.version',
      'source.config.baseUrl',
      'source.config.clientID',
      'source.config.clientSecret',
      'source.config.dataCollection',
      'source.config.name',
      'source.config.nmae',
      'source.config.pollInterval',
      'source.schemaRef.type',
      'source.sourceType',
    ]);
  });
});

describe('a host that is not public', () => {
  const HOSTS = [
    'http://api.services.mimecast.com',
    'https://localhost:1',
    'https://a.localhost',
    'https://127.0.0.1',
    'http://10.1.2.3',
  ]
    .concat([
      'https://192.168.0.1',
      'https://172.16.0.1',
      'https://172.31.0.1',
      'https://169.254.169.254',
      'https://[::1]',
    ])
    .concat(['https://0.0.0.0', 'https://2130706433', 'https://0x7f.1']);

  test.each(HOSTS)('%s', (baseUrl) => {
    expect(refused({ baseUrl })).toEqual([
      expect.stringMatching(/^source\.config\.baseUrl: .*MIMECAST_ALLOW_INSECURE/),
    ]);
    expect(mistakesIn(fileOf({ ...CONFIG, baseUrl }), true)).toEqual([]);
  });

  test.each(['https://172.32.0.1', 'https://example.com', 'https://10.example.com'])('%s is public', (baseUrl) => {
    expect(refused({ baseUrl })).toEqual([]);
  });
});

describe('a secret is in no message', () => {
  test.each<[string, unknown]>([
    ['too long', fileOf({ ...CONFIG, clientSecret: 'hunter2'.repeat(200) })],
    ['no text', fileOf({ ...CONFIG, clientSecret: ['hunter2'] })],
    ['under a mistyped key', fileOf({ ...CONFIG, clientSecrets: 'hunter2' })],
    ['in a list of configurations', fileOf([{ clientSecret: 'hunter2' }])],
    ['in a configuration as a text', fileOf('{"clientSecret":"hunter2"}')],
    ['in a list of files', [{ a: 'hunter2' }]],
    ['in a source as a list', { source: [{ s: 'hunter2' }] }],
    ['in an address', fileOf({ ...CONFIG, baseUrl: 'https://user:hunter2@api.services.mimecast.com' })],
    ['in an address that is not public', fileOf({ ...CONFIG, baseUrl: 'http://user:hunter2@127.0.0.1/' })],
    ['in an address that cannot be read', fileOf({ ...CONFIG, baseUrl: 'htps//user:hunter2@127.0.0.1:99999/' })],
    ['in a query', fileOf({ ...CONFIG, baseUrl: 'https://127.0.0.1/?token=hunter2' })],
  ])('%s', (_, json) => {
    const mistakes = mistakesIn(json);
    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes.join('\n')).not.toContain('hunter2');
  });
});

describe('a stored configuration', () => {
  test('is read back as it was saved', () => {
    expect(parseSourceConfig(accepted({ dataCollection: 'dlp' }))).toEqual({
      ok: true,
      value: accepted({ dataCollection: 'dlp' }),
    });
  });

  test('is checked again, with paths of its own', () => {
    const parsed = parseSourceConfig({ ...CONFIG, name: '', baseUrl: 'http://127.0.0.1' });
    expect(parsed).toEqual({
      ok: false,
      mistakes: ['name: must not be empty (found "")', expect.stringMatching(/^baseUrl: http:\/\/127\.0\.0\.1 is not/)],
    });
    expect(parseSourceConfig({ ...CONFIG, baseUrl: 'http://127.0.0.1' }, { allowInsecure: true })).toMatchObject({
      ok: true,
    });
  });
});
