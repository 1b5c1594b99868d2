/** The fields of a target, by its type. What is secret is never shown: a field that stays empty keeps what is stored. */

/**
 * @typedef {object} TargetField
 * @property {string} name
 * @property {string} label
 * @property {'text' | 'url' | 'password' | 'number'} [type]
 * @property {string} [placeholder]
 * @property {boolean} [isRequired]
 * @property {boolean} [isSecret] not shown by the server
 * @property {readonly string[]} [choices]
 */

/** @type {Record<keyof typeof import('./connection-texts.js').TYPES, readonly TargetField[]>} */
export const TARGET_FIELDS = {
  webhook: [
    {
      name: 'url',
      label: 'Address',
      type: 'url',
      placeholder: 'https://siem.example.com/mimecast',
      isRequired: true,
      isSecret: true,
    },
    { name: 'secret', label: 'Secret (optional: one is made)', type: 'password', isSecret: true },
  ],
  slack: [
    {
      name: 'url',
      label: 'Address of the incoming webhook',
      type: 'url',
      placeholder: 'https://hooks.slack.com/services/…',
      isRequired: true,
      isSecret: true,
    },
  ],
  pagerDuty: [
    { name: 'routingKey', label: 'Integration key', type: 'password', isRequired: true, isSecret: true },
    {
      name: 'url',
      label: 'Address (optional)',
      type: 'url',
      placeholder: 'https://events.eu.pagerduty.com/v2/enqueue in the EU',
      isSecret: true,
    },
  ],
  email: [
    { name: 'host', label: 'SMTP server', placeholder: 'smtp.example.com', isRequired: true },
    { name: 'port', label: 'Port (optional)', type: 'number' },
    { name: 'security', label: 'Security', choices: ['starttls', 'tls'] },
    { name: 'user', label: 'User (optional)' },
    { name: 'password', label: 'Password (optional)', type: 'password', isSecret: true },
    { name: 'from', label: 'From', placeholder: 'mimecast@example.com', isRequired: true },
    { name: 'to', label: 'To (one or more, by commas)', placeholder: 'soc@example.com', isRequired: true },
  ],
};

/**
 * What was entered, as the API takes it. Of a connection that is there already, only what is different from what is shown.
 *
 * @param {readonly TargetField[]} fields
 * @param {FormData} given
 * @param {Record<string, unknown>} shown
 * @returns {Record<string, unknown>}
 */
export function targetOf(fields, given, shown) {
  const entered = fields.map(({ name }) => [name, String(given.get(`target.${name}`) ?? '').trim()]);
  const changed = entered.filter(([name = '', text]) => text !== '' && text !== shownText(shown[name]));
  return Object.fromEntries(changed.map(([name = '', text = '']) => [name, apiValue(name, text)]));
}

/** @param {unknown} value as a field has it */
export function shownText(value) {
  return Array.isArray(value) ? value.join(', ') : value === undefined ? '' : String(value);
}

/** @param {string} name @param {string} text */
function apiValue(name, text) {
  if (name === 'port') return Number(text);
  return name === 'to' ? text.split(/[\s,;]+/).filter((each) => each !== '') : text;
}
