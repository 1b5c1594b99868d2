/** The keys of a configuration, as the one JSON Schema tells them, in the order of the form. Pure. */

/** @typedef {Record<string, any>} JsonSchema */

/**
 * @typedef {object} Key
 * @property {string} name
 * @property {string} label
 * @property {string} description
 * @property {boolean} isRequired
 * @property {'text' | 'secret' | 'one' | 'many'} kind
 * @property {readonly string[]} values of `one` and `many`
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
};

/** @type {Readonly<Record<string, string>>} */
const VALUE_LABELS = {
  siem: 'SIEM',
  dlp: 'DLP',
  auditEvent: 'Audit',
  holdMessageList: 'Hold Message List',
  ttpUrl: 'URL clicks (TTP)',
};

/** @param {string} value */
export function valueLabel(value) {
  return VALUE_LABELS[value] ?? value;
}

/** Before and after those that have inputs of their own. */
const FIRST = ['name', 'description', 'category'];
const CREDENTIALS = ['clientID', 'clientSecret', 'dataCollection'];
/** The last one has none yet: a bucket is configured in the JSON. */
const OF_THEIR_OWN = ['fields', 'filters', 'hashAlgorithm', 's3'];

/** @param {JsonSchema} file the schema of the whole file */
export function keysOf(file) {
  const config = file.properties.source.properties.config;
  const names = Object.keys(config.properties);
  const known = [...FIRST, ...CREDENTIALS, ...OF_THEIR_OWN];
  /** Of the API, which is what the form is for. */
  const required = [...config.required, ...(config.else?.required ?? [])];
  const keys = (/** @type {readonly string[]} */ wanted) =>
    wanted.map((name) => keyOf(name, config.properties[name], required.includes(name)));
  return {
    first: keys(FIRST),
    credentials: keys(CREDENTIALS),
    /** Whatever the schema has beside: a new option is there without a change here. */
    more: keys(names.filter((name) => !known.includes(name))),
    hashAlgorithm: keyOf('hashAlgorithm', config.properties.hashAlgorithm, false),
    rule: /** @type {JsonSchema} */ (variant(config.properties.filters).items.properties),
  };
}

/** @param {string} name @param {JsonSchema} schema @param {boolean} isRequired @returns {Key} */
function keyOf(name, schema, isRequired) {
  const main = variant(schema);
  const list = (main.anyOf ?? [main]).find((/** @type {JsonSchema} */ each) => each.type === 'array');
  const values = list?.items.enum ?? main.enum ?? (main.const === undefined ? [] : [main.const]);
  const [example] = schema.examples ?? [];
  return {
    name,
    isRequired,
    label: LABELS[name] ?? spaced(name),
    description: schema.description ?? '',
    kind: list !== undefined ? 'many' : values.length > 0 ? 'one' : schema.writeOnly ? 'secret' : 'text',
    values,
    preset: schema.default,
    example: typeof example === 'string' ? example : undefined,
    maxLength: main.maxLength,
  };
}

/** Without the possibility to be null or empty. @param {JsonSchema} schema @returns {JsonSchema} */
function variant(schema) {
  const isNothing = (/** @type {JsonSchema} */ each) => each.enum?.includes(null) === true;
  const something = schema.anyOf?.filter((/** @type {JsonSchema} */ each) => !isNothing(each));
  return something?.length === 1 ? { ...schema, ...something[0] } : schema;
}

/** @param {string} name such as `pollInterval` */
function spaced(name) {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
