/** What the server says is wrong, by what it is about. Pure. */

/**
 * @typedef {object} Mistakes
 * @property {(key: string) => string[]} of of a key of the configuration; `filters[2]` are those of one rule
 * @property {readonly string[]} others of no key that is known here
 */

/** @type {Mistakes} */
export const NO_MISTAKES = { of: () => [], others: [] };

/** Such as `source.config.filters[2].regexp: must be …`, `filters[2]…` or `collector.name: …`. */
const MISTAKE = /^(?:source\.config\.|collector\.)?(\w+)(\[\d+\])?([^:]*): (.*)$/s;

/** @param {readonly string[]} all @param {readonly string[]} keys that are shown @returns {Mistakes} */
export function mistakesBy(all, keys) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  /** @type {string[]} */
  const others = [];
  for (const mistake of all) {
    const [, key = '', index = '', rest = '', message = ''] = MISTAKE.exec(mistake) ?? [];
    if (!keys.includes(key)) {
      others.push(mistake);
      continue;
    }
    const place = rest.replace(/^\./, '');
    const text = place === '' ? message : `${place}: ${message}`;
    found.set(key + index, [...(found.get(key + index) ?? []), text]);
  }
  return { of: (key) => found.get(key) ?? [], others };
}

/** @param {unknown} error @returns {readonly string[]} each mistake, or the whole message */
export function mistakesIn(error) {
  const {
    mistakes = [],
    message,
    code,
  } = /** @type {{ mistakes?: readonly string[], message: string, code?: string }} */ (error);
  if (mistakes.length > 0) return mistakes;
  return [code === 'collectors.validation.name.duplicate' ? `name: ${message}` : message];
}
