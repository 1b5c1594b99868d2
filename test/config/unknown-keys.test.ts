import { describe, expect, test } from 'vitest';
import { nearestName } from '../../src/config/nearest-name.js';
import { parseSourceConfig, parseSourceFile } from '../../src/config/source-config.js';

const CONFIG = { name: 'mail', clientID: 'id', clientSecret: 'hush', dataCollection: ['siem'] };
const KIND = { schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' };

function mistakesIn(json: unknown): readonly string[] {
  const parsed = parseSourceFile(json);
  return parsed.ok ? [] : parsed.mistakes;
}

const refused = (changes: object) => mistakesIn({ source: { config: { ...CONFIG, ...changes }, ...KIND } });

test.each<[string, readonly string[], string | undefined]>([
  ['nmae', ['name', 'lag'], 'name'],
  ['lame', ['lag', 'name'], 'name'],
  ['lga', ['name', 'lag'], 'lag'],
  ['naming', ['name'], undefined],
  ['client_id', ['clientSecret', 'clientID'], 'clientID'],
  ['CLIENTSECRET', ['clientID', 'clientSecret'], 'clientSecret'],
  ['pollingInterval', ['pollInterval', 'backfill'], 'pollInterval'],
  ['audit', ['siem', 'auditEvent'], 'auditEvent'],
  ['type', ['name', 'filterType'], 'filterType'],
  ['mask', ['Masks', 'mask'], 'mask'],
  ['colour', ['name', 'lag', 'category'], undefined],
  ['x', ['a', 'lag'], undefined],
  ['', ['a'], undefined],
  ['_', ['a'], undefined],
  ['name', [], undefined],
  ['n'.repeat(100_000), ['name'], undefined],
])('nearest to %s', (name, known, nearest) => {
  expect(nearestName(name, known)).toBe(nearest);
});

describe('a key that no configuration has', () => {
  test.each<[object, string]>([
    [{ nmae: 'x' }, 'nmae: unknown key; did you mean "name"?'],
    [{ clientId: 'x' }, 'clientId: unknown key; did you mean "clientID"?'],
    [{ client_secret: 'x' }, 'client_secret: unknown key; did you mean "clientSecret"?'],
    [{ polling_interval: '5m' }, 'polling_interval: unknown key; did you mean "pollInterval"?'],
    [{ datacollection: [] }, 'datacollection: unknown key; did you mean "dataCollection"?'],
    [{ baseURL: 'x' }, 'baseURL: unknown key; did you mean "baseUrl"?'],
    [{ colour: 'red' }, 'colour: unknown key'],
    [{ schemaRef: {} }, 'schemaRef: unknown key here; it belongs in "source"'],
    [{ 'api.version': 'v1' }, 'api.version: unknown key here; it belongs in the top level'],
    [{ constructor: 1 }, 'constructor: unknown key'],
  ])('%o', (changes, mistake) => {
    expect(refused(changes)).toEqual([`source.config.${mistake}`]);
  });

  test('beside "config", or in place of the whole file', () => {
    const { clientID: _, ...rest } = CONFIG;
    expect(mistakesIn({ source: { config: rest, clientID: 'id', ...KIND } })).toEqual([
      'source.clientID: unknown key here; it belongs in "source.config"',
      'source.config.clientID: missing; must be a string',
    ]);
    const bare = mistakesIn(CONFIG);
    expect(bare[0]).toBe('source: missing; must be an object');
    expect(bare.slice(1)).toEqual(
      ['name: unknown key here; it belongs in "source"'].concat(
        ['clientID', 'clientSecret', 'dataCollection'].map(
          (key) => `${key}: unknown key here; it belongs in "source.config"`,
        ),
      ),
    );
    expect(mistakesIn({ apiVersion: 'v1', source: { config: CONFIG, ...KIND } })).toEqual([
      'apiVersion: unknown key; did you mean "api.version"?',
    ]);
  });

  test('in a configuration by itself', () => {
    expect(parseSourceConfig({ ...CONFIG, catgeory: 'x' })).toEqual({
      ok: false,
      mistakes: ['catgeory: unknown key; did you mean "category"?'],
    });
  });
});

describe('very many', () => {
  const MANY = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`nam${at}`, 1]));

  test('unknown keys: twenty are reported, and how many more there are', () => {
    const mistakes = refused(MANY(80_000));
    expect(mistakes).toHaveLength(21);
    expect(mistakes[0]).toBe('source.config.nam0: unknown key; did you mean "name"?');
    expect(mistakes[20]).toBe('source.config: and 79980 more unknown keys');
  });

  test('unknown keys of each rule', () => {
    const rule = { filterType: 'Include', name: 'a', regexp: '.*', ...MANY(30) };
    expect(refused({ filters: [rule, { ...rule, name: 'b' }] }).filter((mistake) => mistake.includes('more'))).toEqual([
      'source.config.filters[0]: and 10 more unknown keys',
      'source.config.filters[1]: and 10 more unknown keys',
    ]);
  });

  test('entries of a list', () => {
    const mistakes = refused({ dataCollection: Array.from({ length: 50_000 }, () => 'auditEvemt') });
    expect(mistakes).toHaveLength(21);
    expect(mistakes[20]).toBe('source.config.dataCollection: and 49980 more mistakes');
  });

  test('mistakes of all kinds: those of the whole come first', () => {
    const mistakes = refused({ filters: Array.from({ length: 5_000 }, () => ({})), colour: 1 });
    expect(mistakes).toHaveLength(201);
    expect(mistakes.slice(0, 2)).toEqual([
      'source.config.colour: unknown key',
      'source.config.filters: at most 100 rules are allowed for a source (found 5000)',
    ]);
    expect(mistakes[200]).toBe('and 102 more mistakes');
  });
});

/** The published example.json of a Mimecast Source as it still stands, with made-up keys. */
const API_ONE = {
  name: 'Mimecast',
  description: 'Mimecast',
  domain: 'us-api.mimecast.com',
  application_key: 'hunter2-a',
  application_id: 'hunter2-b',
  access_key: 'hunter2-c',
  secret_key: 'hunter2-d',
  supported_apis: ['SIEM', 'Audit Events'],
};

describe('keys of API 1.0', () => {
  const OLD = "belongs to Mimecast's API 1.0, which is switched off";

  test('each is named with its replacement, beside what is missing, and without its value', () => {
    const mistakes = mistakesIn({ 'api.version': 'v1', source: { config: API_ONE, ...KIND } });
    expect([...mistakes].sort()).toEqual([
      `source.config.access_key: ${OLD}; write "clientID", the client ID of an API 2.0 application`,
      `source.config.application_id: ${OLD}; write "clientID", the client ID of an API 2.0 application`,
      `source.config.application_key: ${OLD}; write "clientSecret", the client secret of an API 2.0 application`,
      'source.config.clientID: missing; must be a string',
      'source.config.clientSecret: missing; must be a string',
      'source.config.dataCollection: missing; must be one or a list of: siem, auditEvent, dlp, holdMessageList, ttpUrl',
      `source.config.domain: ${OLD}; leave it out, since https://api.services.mimecast.com serves all accounts, or write "baseUrl": "https://us-api.services.mimecast.com"`,
      `source.config.secret_key: ${OLD}; write "clientSecret", the client secret of an API 2.0 application`,
      `source.config.supported_apis: ${OLD}; write "dataCollection": ["siem","auditEvent"]`,
    ]);
    expect(mistakes.join()).not.toContain('hunter2');
  });

  test.each<[unknown, string]>([
    [['SIEM', 'DLP', 'Audit Events', 'Hold Message List'], '["siem","dlp","auditEvent","holdMessageList"]'],
    ['DLP', '["dlp"]'],
    [['Hold Message List', 'x', 5], '["holdMessageList"]'],
    ['constructor', '["siem","dlp","auditEvent","holdMessageList"]'],
    [null, '["siem","dlp","auditEvent","holdMessageList"]'],
  ])('supported_apis %j', (supported_apis, dataCollection) => {
    expect(refused({ supported_apis })).toEqual([
      `source.config.supported_apis: ${OLD}; write "dataCollection": ${dataCollection}`,
    ]);
  });

  test.each<[unknown, boolean]>([
    ['eu-api.mimecast.com', false],
    ['DE-api.mimecast.com', false],
    ['UK-api.mimecast.com', true],
    [true, false],
  ])('domain %j', (domain, hasGateway) => {
    expect(refused({ domain })[0]?.includes('baseUrl')).toBe(hasGateway);
  });

  test.each([
    ['SIEM', 'siem'],
    ['Audit Events', 'auditEvent'],
    ['Hold Message List', 'holdMessageList'],
    ['DLP', 'dlp'],
    ['auditEvents', 'auditEvent'],
  ])('their values in dataCollection: %s', (old, name) => {
    expect(refused({ dataCollection: [old, 'siem'] })).toEqual([
      `source.config.dataCollection[0]: must be one of: siem, auditEvent, dlp, holdMessageList, ttpUrl; did you mean "${name}"? (found "${old}")`,
    ]);
  });

  test('mistyped', () => {
    expect(refused({ acces_key: 'x' })).toEqual([
      `source.config.acces_key: unknown key; "access_key" ${OLD}; write "clientID", the client ID of an API 2.0 application`,
    ]);
  });
});
