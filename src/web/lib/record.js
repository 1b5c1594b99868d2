/** Records as pages show them: their fields, one by one, and a line that tells them apart. */

/**
 * @typedef {object} FoundRecord
 * @property {string} collection
 * @property {string} stream
 * @property {string} id
 * @property {string} time
 * @property {Record<string, unknown>} record
 */

/**
 * @typedef {object} Field
 * @property {string} path such as `from.emailAddress`
 * @property {unknown} value a text, number, boolean or null; what is nested deeper, as it is
 * @property {boolean} isColumn whether it may be a column
 * @property {boolean} isSearchable whether a query can ask for the value
 */

const MAX_DEPTH = 8;
/** Metadata that a query cannot name. */
const NOT_NAMED = new Set(['_id', '_received']);
/** Metadata that a query takes as ranges only. */
const TIMES = new Set(['_messageTime', '_receiptTime']);

/** Whether there is a term of a query for its values. @param {string} path */
export function isByValue(path) {
  return !TIMES.has(path);
}

/** @param {Pick<FoundRecord, 'collection' | 'id'>} record @returns {string} address of its page */
export function recordHref({ collection, id }) {
  return `/records/${encodeURIComponent(collection)}/${encodeURIComponent(id)}`;
}

/** Each cell of a table asks for them. @type {WeakMap<object, readonly Field[]>} */
const KNOWN = new WeakMap();

/** @param {Record<string, unknown>} record @returns {readonly Field[]} one for each value; lists have one for each entry */
export function fieldsOf(record) {
  const known = KNOWN.get(record) ?? Object.entries(record).flatMap(([key, value]) => fieldsBelow([key], value));
  KNOWN.set(record, known);
  return known;
}

/** @param {readonly string[]} steps @param {unknown} value @returns {Field[]} */
function fieldsBelow(steps, value) {
  if (Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry !== 'object'))
    return value.map((entry) => field(steps, entry));
  const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isNested || steps.length === MAX_DEPTH || Object.keys(value).length === 0) return [field(steps, value)];
  return Object.entries(value).flatMap(([key, below]) => fieldsBelow([...steps, key], below));
}

/** @param {readonly string[]} steps @param {unknown} value @returns {Field} */
function field(steps, value) {
  const path = steps.join('.');
  const isNamed = steps.every((step) => step !== '' && !step.startsWith('$') && !/[.\0]/.test(step));
  const isColumn = isNamed && !NOT_NAMED.has(steps[0] ?? '');
  return { path, value, isColumn, isSearchable: isColumn && isByValue(path) };
}

/** @param {Record<string, unknown>} record @param {string} path @returns {unknown[]} the values of a column */
export function valuesAt(record, path) {
  return fieldsOf(record)
    .filter((one) => one.path === path && one.value !== null)
    .map(({ value }) => value);
}

/** @param {unknown} value @returns {string} */
export function valueText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What tells a record apart, the most telling first. */
const TELLING = [
  ...['subject', 'senderEnvelope', 'senderAddress', 'from.emailAddress', 'fromUserEmailAddress', 'recipients'],
  ...[
    'recipient',
    'recipientAddress',
    'to.emailAddress',
    'userEmailAddress',
    'action',
    'rejectionType',
    'rejectionInfo',
  ],
  ...[
    'holdReason',
    'reason',
    'virusFound',
    'policy',
    'policyDefinition',
    'scanResult',
    'scanResults',
    'url',
    'fileName',
  ],
  ...['attachments', 'delivered', 'destinationIp', 'auditType', 'user', 'eventInfo', 'senderIp', 'sourceIp'],
];
const SHOWN = 6;

/** @param {Record<string, unknown>} record @returns {Field[]} those that say most about it */
export function tellingFields(record) {
  const fields = fieldsOf(record).filter(({ value }) => value !== null && value !== '');
  const telling = TELLING.flatMap((path) => fields.filter((one) => one.path === path));
  const others = fields.filter(({ path }) => !path.startsWith('_') && !TELLING.includes(path));
  return (telling.length === 0 ? others : telling).slice(0, SHOWN);
}
