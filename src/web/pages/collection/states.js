/** What states and health mean, in the words of the documentation. */

/** @typedef {import('../../components/icon.js').IconName} IconName */

/** @type {Readonly<Record<string, readonly [icon: IconName, meaning: string]>>} */
const MEANINGS = {
  Pending: ['wait', 'The source was submitted, validated and stored.'],
  Started: ['wait', 'A collection task was created on the collector.'],
  Initialized: ['wait', 'The configuration of the task is complete.'],
  Authenticated: ['wait', 'The source successfully authenticated with Mimecast.'],
  Collecting: ['check', 'The source is actively collecting data from Mimecast.'],
  Error: ['error', 'The source has a problem.'],
  Stopping: ['wait', 'The source is stopping after it finishes storing current records.'],
  Stopped: ['stop', 'The source is stopped until it is started again.'],
};

/** @type {readonly [icon: IconName, meaning: string]} */
const UNKNOWN = ['unknown', 'The source did not report its state in time.'];

/** @param {string} state */
export function meaningOf(state) {
  const [icon, meaning] = MEANINGS[state] ?? UNKNOWN;
  return { icon, meaning };
}

/** @param {string} health @returns {IconName} */
export function healthIcon(health) {
  switch (health) {
    case 'Healthy':
      return 'check';
    case 'Warning':
      return 'warning';
    case 'Error':
      return 'error';
    default:
      return 'unknown';
  }
}
