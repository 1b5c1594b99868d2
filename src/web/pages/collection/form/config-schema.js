/** The keys of a configuration, as the one JSON Schema tells them, in the order of the form. Pure. */

/** @typedef {Record<string, any>} JsonSchema */

/**
 * @typedef {object} Key
 * @property {string} name
 * @property {string} label
 * @property {string} description
 * @property {boolean} isRequired
 * @property {'text' | 'lines' | 'secret' | 'one' | 'many' | 'texts' | 'object'} kind `lines`: a list of any texts
 * @property {readonly string[]} values of `one` and `many`; of `texts`, the names that have one each
 * @property {readonly Key[]} keys of an `object`
 * @property {string | undefined} preset what is taken when nothing is given
 * @property {string | undefined} example
 * @property {number | undefined} maxLength
 */

/** Labels in the words of the documentation; others are made of their names. @type {Readonly<Record<string, string>>} */
const LABELS = {
  name: 'Name',
  description: 'Description',
  category: 'Source Category',
  clientID: 'Client ID',
  clientSecret: 'Client Secret',
  dataCollection: 'Supported API to collect',
  baseUrl: 'Base URL',
  siemTypes: 'SIEM types',
  export: 'Export to a bucket',
  accessKeyId: 'Access Key ID',
  secretAccessKey: 'Secret Access Key',
  roleArn: 'Role ARN',
  externalId: 'External ID',
  stsEndpoint: 'STS endpoint',
};

/** @type {Readonly<Record<string, string>>} */
const VALUE_LABELS = {
  siem: 'SIEM',
  dlp: 'DLP',
  auditEvent: 'Audit',
  holdMessageList: 'Hold Message List',
  ttpUrl: 'URL clicks (TTP)',
  api: 'Mimecast’s API',
  s3: 'A bucket (S3)',
  true: 'Yes',
  false: 'No',
};

/** @param {string} value */
export function valueLabel(value) {
  return VALUE_LABELS[value] ?? value;
}

/** In the order of the form; those of the other method are left out. */
const FIRST = ['name', 'description', 'category'];
const ACCESS = ['collectionMethod', 'clientID', 'clientSecret', 's3', 'dataCollection'];
const OF_THEIR_OWN = ['fields', 'filters', 'hashAlgorithm'];

/** @param {JsonSchema} file the schema of the whole file */
export function keysOf(file) {
  const config = file.properties.source.properties.config;
  const names = Object.keys(config.properties);
  const known = [...FIRST, ...ACCESS, ...OF_THEIR_OWN];
  const { if: isBucket, then: bucket, else: api } = config;
  const required = [...config.required, ...bucket.required, ...api.required];
  const keys = (/** @type {readonly string[]} */ wanted) =>
    wanted.map((name) => keyOf(name, config.properties[name], required.includes(name)));
  return {
    first: keys(FIRST),
    access: keys(ACCESS),
    /** Whatever the schema has beside: a new option is there without a change here. */
    more: keys(names.filter((name) => !known.includes(name))),
    hashAlgorithm: keyOf('hashAlgorithm', config.properties.hashAlgorithm, false),
    rule: /** @type {JsonSchema} */ (variant(config.properties.filters).items.properties),
    /** @param {Record<string, unknown>} given a configuration @returns {readonly string[]} keys that mean nothing in it */
    meaningless: ({ collectionMethod }) =>
      Object.keys((collectionMethod === isBucket.properties.collectionMethod.const ? bucket : api).properties),
  };
}

/** @param {string} name @param {JsonSchema} schema @param {boolean} isRequired @returns {Key} */
function keyOf(name, schema, isRequired) {
  const main = variant(schema);
  const list = (main.anyOf ?? [main]).find((/** @type {JsonSchema} */ each) => each.type === 'array');
  const names = main.propertyNames?.enum;
  const values = names ?? (list === undefined ? choicesOf(main) : (list.items.enum ?? []));
  const [example] = schema.examples ?? [];
  return {
    name,
    isRequired,
    label: LABELS[name] ?? spaced(name),
    description: schema.description ?? '',
    kind: kindOf(),
    values,
    keys: Object.entries(main.properties ?? {}).map(([each, of]) => keyOf(each, of, main.required.includes(each))),
    preset: schema.default,
    example: typeof example === 'string' ? example : undefined,
    maxLength: main.maxLength,
  };

  /** @returns {Key['kind']} */
  function kindOf() {
    if (main.properties !== undefined) return 'object';
    if (names !== undefined) return 'texts';
    if (list !== undefined) return list.items.enum === undefined ? 'lines' : 'many';
    if (values.length > 0) return 'one';
    return schema.writeOnly ? 'secret' : 'text';
  }
}

/** An input for a text of that name. @param {string} name @returns {Key} */
export function textKey(name) {
  return {
    name,
    label: spaced(name),
    kind: 'text',
    isRequired: false,
    description: '',
    values: [],
    keys: [],
    preset: undefined,
    example: undefined,
    maxLength: undefined,
  };
}

/** What is empty is left out, as in a file. @param {Record<string, unknown>} config @param {string} name @param {unknown} value */
export function withKey(config, name, value) {
  const { [name]: _before, ...rest } = config;
  const isEmpty =
    value === '' ||
    value === undefined ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return isEmpty ? rest : { ...rest, [name]: value };
}

/** Of a key with few possible values; of true and false, their names as texts. @param {JsonSchema} main @returns {string[]} */
function choicesOf(main) {
  const named = [main, ...(main.anyOf ?? [])].find((each) => each.enum !== undefined || each.const !== undefined);
  return named?.enum ?? (named === undefined ? [] : [named.const]);
}

/** Without the possibility to be null or empty. @param {JsonSchema} schema @returns {JsonSchema} */
function variant(schema) {
  const { anyOf = [], ...rest } = schema;
  const isNothing = (/** @type {JsonSchema} */ each) => each.enum?.includes(null) === true;
  const something = anyOf.filter((/** @type {JsonSchema} */ each) => !isNothing(each));
  return something.length === 1 ? { ...rest, ...something[0] } : schema;
}

/** @param {string} name such as `pollInterval` */
function spaced(name) {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
