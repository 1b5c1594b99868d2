/** The table of configuration keys of Sumo Logic's Mimecast Source page, row by row. */

import { describe, expect, test } from 'vitest';
import { type Permit, parseSourceConfig, parseSourceFile, SECRET_PLACEHOLDER } from '../../src/config/source-config.js';

const CONFIG = { name: 'mail', clientID: 'id', clientSecret: 'hush', dataCollection: ['siem'] };
const KIND = { schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' };

const fileOf = (changes: object, around: object = {}) => ({
  source: { config: { ...CONFIG, ...changes }, ...KIND, ...around },
});

function mistakesIn(json: unknown, permit?: Permit): readonly string[] {
  const parsed = parseSourceFile(json, permit);
  return parsed.ok ? [] : parsed.mistakes;
}

const refused = (changes: object) => mistakesIn(fileOf(changes));

function accepted(changes: object): Record<string, unknown> {
  const parsed = parseSourceFile(fileOf(changes));
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  return parsed.value;
}

const LONG = (length: number) => 'x'.repeat(length);
const FIELDS = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, 'v']));

interface Row {
  /** Values as they are written, and as they are understood. */
  readonly good: readonly (readonly [written: unknown, read: unknown])[];
  /** Values and what their refusal says after the path. */
  readonly bad: readonly (readonly [value: unknown, mistake: RegExp])[];
}

const TEXT = (max: number): Row['bad'] => [
  [undefined, /^missing; must be a string$/],
  ['', /^must not be empty/],
  [' \t', /^must not be empty/],
  [5, /^must be a string/],
  [null, /^must be a string/],
  [['x'], /^must be a string/],
  ['two\nlines', /^must be one line without control characters/],
  ['a\u0000b', /^must be one line/],
  ['a\u2028b', /^must be one line/],
  [LONG(max + 1), new RegExp(`^must have at most ${max} characters`)],
];

const TABLE: Readonly<Record<string, Row>> = {
  name: {
    good: [
      ['Mimecast', 'Mimecast'],
      [' mail ', 'mail'],
      ['Süd-Region 2 (a/b) 🛡', 'Süd-Region 2 (a/b) 🛡'],
      [LONG(128), LONG(128)],
    ],
    bad: TEXT(128),
  },
  description: {
    good: [
      [undefined, undefined],
      [null, undefined],
      ['', undefined],
      ['two\nlines', 'two\nlines'],
      [LONG(1024), LONG(1024)],
    ],
    bad: [
      [LONG(1025), /^must have at most 1024 characters/],
      [5, /^must be a string/],
    ],
  },
  category: {
    good: [
      [undefined, undefined],
      [null, undefined],
      ['', undefined],
      ['email/mimecast_a-b.c d', 'email/mimecast_a-b.c d'],
      [LONG(1024), LONG(1024)],
    ],
    bad: [
      [LONG(1025), /^must have at most 1024 characters/],
      ['a\nb', /^must be one line/],
      [{}, /^must be a string/],
    ],
  },
  fields: {
    good: [
      [undefined, undefined],
      [null, undefined],
      ['', undefined],
      [{}, undefined],
      [{ _siemForward: null }, undefined],
      [{ _siemForward: '', a: 'x' }, { a: 'x' }],
      [{ _siemForward: true }, { _siemForward: true }],
      [{ _siemForward: 'true' }, { _siemForward: true }],
      [{ _siemForward: 'false' }, { _siemForward: false }],
      [
        { 'host.name': 'x', n: 1, yes: false, empty: '' },
        { 'host.name': 'x', n: 1, yes: false, empty: '' },
      ],
      [
        { _budget: 'b', _parser: '/Parsers/System/Mimecast/Mimecast' },
        { _budget: 'b', _parser: '/Parsers/System/Mimecast/Mimecast' },
      ],
      [
        { 'app.kubernetes.io/name': 'x', 'größe 2': 'y' },
        { 'app.kubernetes.io/name': 'x', 'größe 2': 'y' },
      ],
      [{ [LONG(255)]: LONG(200) }, { [LONG(255)]: LONG(200) }],
      [
        { ...FIELDS(10), _siemForward: true },
        { ...FIELDS(10), _siemForward: true },
      ],
    ],
    bad: [
      ['x', /^must be an object/],
      [[], /^must be an object/],
      [FIELDS(11), /^must have at most 10 names \(found 11\)$/],
    ],
  },
  clientID: { good: [['  id\n', 'id']], bad: TEXT(1024) },
  clientSecret: { good: [['hush\n', 'hush']], bad: TEXT(1024) },
  dataCollection: {
    good: [
      [
        ['siem', 'dlp', 'auditEvent', 'holdMessageList'],
        ['siem', 'dlp', 'auditEvent', 'holdMessageList'],
      ],
      ['siem', ['siem']],
      ['dlp', ['dlp']],
      ['auditEvent', ['auditEvent']],
      ['holdMessageList', ['holdMessageList']],
      ['ttpUrl', ['ttpUrl']],
      [['dlp', 'dlp'], ['dlp']],
    ],
    bad: [
      [undefined, /^missing; must be one or a list of: siem, auditEvent, dlp, holdMessageList, ttpUrl$/],
      [null, /^must be one or a list of/],
      [[], /^must name at least one/],
      [5, /^must be one or a list of/],
      ['siem, dlp', /^must be one or a list of/],
      [{ siem: true }, /^must be one or a list of/],
    ],
  },
};

describe.each(Object.entries(TABLE))('%s', (key, { good, bad }) => {
  test.each(good)('%j is accepted', (written, read) => {
    expect(accepted({ [key]: written })[key]).toEqual(read);
  });

  test.each(bad)('%j is refused by its name', (value, mistake) => {
    const mistakes = refused({ [key]: value });
    expect(mistakes).toHaveLength(1);
    const [path, text = ''] = mistakes[0]?.split(/: (.*)/s) ?? [];
    expect(path).toBe(`source.config.${key}`);
    expect(text).toMatch(mistake);
  });
});

describe('names and values of fields', () => {
  test.each<[object, string]>([
    [{ _siemForward: 'yes' }, '_siemForward: must be true or false (found "yes")'],
    [{ _siemForward: 1 }, '_siemForward: must be true or false (found 1)'],
    [
      { _siemforward: true },
      '_siemforward: must be written _siemForward; this name is case-sensitive (found "_siemforward")',
    ],
    [
      { _siemVendor: 'x' },
      '_siemVendor: is set by Forward to SIEM: write "_siemForward": true instead (found "_siemVendor")',
    ],
    [{ _sourceCategory: 'x' }, '_sourceCategory: is set from the key "category" (found "_sourceCategory")'],
    [{ _source: 'x' }, '_source: is set from the key "name" (found "_source")'],
    [{ _COLLECTOR: 'x' }, '_COLLECTOR: is set by the system (found "_COLLECTOR")'],
    [{ _messageTime: 'x' }, '_messageTime: is a reserved name (found "_messageTime")'],
    [{ 'x-sumo-fields': 'x' }, 'x-sumo-fields: is a reserved name (found "x-sumo-fields")'],
    [JSON.parse('{"__proto__":"x"}'), '__proto__: is a reserved name (found "__proto__")'],
    [{ a: LONG(201) }, `a: must have at most 200 characters (found "${LONG(56)}…)`],
    [{ a: null }, 'a: must be a text, a number, true or false (found null)'],
    [{ a: ['x'] }, 'a: must be a text, a number, true or false (found a list)'],
    [{ '': 'x' }, ': a field needs a name (found "")'],
    [{ a$b: 'x' }, 'a$b: a name consists of letters, digits, inner spaces, and _ - . / : (found "a$b")'],
    [{ ' a': 'x' }, ' a: a name consists of letters, digits, inner spaces, and _ - . / : (found " a")'],
    [{ [LONG(256)]: 'x' }, `${LONG(60)}: a name has at most 255 characters (found "${LONG(56)}…)`],
    [{ 'a\nb': 'x' }, 'a?b: a name consists of letters, digits, inner spaces, and _ - . / : (found "a\\nb")'],
    [{ Team: 'x', team: 'y' }, 'team: is the same field as "Team"; case makes no difference (found "team")'],
  ])('%j', (fields, mistake) => {
    expect(refused({ fields })).toEqual([`source.config.fields.${mistake}`]);
  });

  test('are all named at once, beside those of other keys', () => {
    expect(refused({ name: '', fields: { a$: {}, _source: 'x', b: null } })).toEqual([
      expect.stringMatching(/^source\.config\.name: must not be empty/),
      expect.stringMatching(/^source\.config\.fields\.a\$: must be a text/),
      expect.stringMatching(/^source\.config\.fields\.b: must be a text/),
      expect.stringMatching(/^source\.config\.fields\.a\$: a name consists of/),
      expect.stringMatching(/^source\.config\.fields\._source: is set from/),
    ]);
  });
});

describe('around the configuration', () => {
  test.each<[string, object, string[]]>([
    ['no schemaRef', { schemaRef: undefined }, ['source.schemaRef: missing; must be an object']],
    ['no type in it', { schemaRef: {} }, ['source.schemaRef.type: missing; must be "Mimecast"']],
    [
      'more in it',
      { schemaRef: { type: 'Mimecast', typ: 1 } },
      ['source.schemaRef.typ: unknown key; did you mean "type"?'],
    ],
    ['another type', { sourceType: 'HTTP' }, ['source.sourceType: must be "Universal" (found "HTTP")']],
    ['no source type', { sourceType: undefined }, ['source.sourceType: missing; must be "Universal"']],
    ['no configuration', { config: undefined }, ['source.config: missing; must be an object']],
    ['a configuration as a text', { config: '{}' }, ['source.config: must be an object (found a text)']],
  ])('%s', (_, around, mistakes) => {
    expect(mistakesIn(fileOf({}, around))).toEqual(mistakes);
  });

  test('what the API adds is ignored when it comes back', () => {
    const extras = {
      id: 5,
      alive: true,
      state: { state: 'Collecting' },
      status: 'x',
      name: 'other',
      category: 'other',
    };
    const back = fileOf({}, { ...extras, schemaRef: { type: 'Mimecast', version: '1.0.0' } });
    expect(parseSourceFile({ 'api.version': 'v1', ...back })).toEqual(parseSourceFile(fileOf({})));
  });

  test.each([null, ''])('what may be left out may be %j, as Terraform writes what is not set', (value) => {
    const OPTIONAL = [
      'description',
      'category',
      'fields',
      'siemTypes',
      'baseUrl',
      'pollInterval',
      'backfill',
      'lag',
      'overlap',
      'retryAgainEvery',
      'collectionMethod',
      'filters',
      'hashAlgorithm',
    ];
    expect(accepted(Object.fromEntries(OPTIONAL.map((key) => [key, value])))).toStrictEqual(accepted({}));
  });

  test.each([300, '300', '1.5', '5000'])('a duration of %j has no unit', (pollInterval) => {
    expect(refused({ pollInterval })).toEqual([
      `source.config.pollInterval: must be a duration from 1s to 1d, such as "5m" or "24h"; include the unit (found ${JSON.stringify(pollInterval)})`,
    ]);
  });

  test.each(['0', '0s', ' 1h30m ', '1.5h', '2 d'])('a duration of %j is taken', (backfill) => {
    expect(accepted({ backfill })).toMatchObject({ backfill });
  });
});

describe('a download', () => {
  const download = (...sources: readonly object[]) => ({ 'api.version': 'v1', sources });
  const { source } = fileOf({});

  test('of one source is taken', () => {
    expect(parseSourceFile(download(source))).toEqual(parseSourceFile(fileOf({})));
  });

  test.each<[string, unknown, string[]]>([
    [
      'of two',
      download(source, source),
      ['sources: must hold exactly one source (found 2); use a separate file for each'],
    ],
    ['of none', download(), ['sources: must hold exactly one source (found 0); use a separate file for each']],
    [
      'that is no list',
      { sources: source },
      ['source: missing; must be an object', 'sources: unknown key; did you mean "source"?'],
    ],
    [
      'with a mistake',
      download(fileOf({ lag: 'x', nmae: 1 }).source),
      [expect.stringMatching(/^sources\[0\]\.config\.lag: /), expect.stringMatching(/^sources\[0\]\.config\.nmae: /)],
    ],
    ['beside a source', { source, sources: [source] }, ['sources: unknown key; did you mean "source"?']],
  ])('%s is refused', (_, json, mistakes) => {
    expect(mistakesIn(json)).toEqual(mistakes);
  });
});

describe('a masked secret', () => {
  const masked = { clientSecret: SECRET_PLACEHOLDER };

  test('is refused where no secret is stored', () => {
    const mistake = 'clientSecret: ******** means the stored secret, and there is none yet; enter the secret itself';
    expect(refused(masked)).toEqual([`source.config.${mistake}`]);
    expect(parseSourceConfig({ ...CONFIG, ...masked })).toEqual({ ok: false, mistakes: [mistake] });
  });

  test('is kept where there is one', () => {
    expect(parseSourceFile(fileOf(masked), { keepSecret: true })).toMatchObject({ ok: true, value: masked });
    expect(parseSourceConfig({ ...CONFIG, ...masked }, { keepSecret: true })).toMatchObject({
      ok: true,
      value: masked,
    });
  });

  test('and that has eight asterisks', () => {
    expect(accepted({ clientSecret: '*******' })).toMatchObject({ clientSecret: '*******' });
  });
});
