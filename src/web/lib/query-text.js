/** Changes of a query in Lucene's syntax. */

const MAX_VALUE = 1_000;
/** Names that mean something else, and first characters that are operators. A backslash says that the field is meant. */
const NOT_A_FIELD = /^(?:[-+!&|]|(?:ip|domain|email|hash|message|file|_exists_)$)/;

/**
 * @param {string} path
 * @param {unknown} value
 * @returns {string | undefined} the term that finds it in a field; nothing for what a query cannot say
 */
export function termOf(path, value) {
  const name = path.replace(/[\s:()"<>[\]{}\\/]/g, '\\$&');
  return termIn(NOT_A_FIELD.test(path) ? `\\${name}` : name, value);
}

/** @param {unknown} id @returns {string | undefined} the term that finds a message in all collections, however its field is called */
export function messageTermOf(id) {
  return termIn('message', id);
}

/** @param {string} name @param {unknown} value @returns {string | undefined} */
function termIn(name, value) {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  const text = String(value);
  if (text.trim() === '' || text.length > MAX_VALUE) return undefined;
  return `${name}:"${text.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * @param {string} query
 * @param {string} term
 * @param {{ negated?: boolean }} [options]
 * @returns {string} what is asked for now, and has the term, or has it not
 */
export function narrowed(query, term, { negated = false } = {}) {
  const added = negated ? `NOT ${term}` : term;
  const before = query.trim();
  if (before === '') return added;
  return `${/\bOR\b|\|\|/.test(before) ? `(${before})` : before} AND ${added}`;
}

/** Where the server says that a query is wrong. @param {string} message @returns {number | undefined} index from 0 */
export function positionIn(message) {
  const [, position] = /\(at character (\d+)\)/.exec(message) ?? [];
  return position === undefined ? undefined : Number(position) - 1;
}
