/** All readers of outside bytes that are fuzzed. */

import type { FuzzTarget } from '../target.js';
import { ANSWER_TARGETS } from './answers.js';
import { NETWORK_TARGETS } from './network.js';
import { RECORD_TARGETS } from './records.js';
import { REQUEST_TARGETS } from './requests.js';
import { SETTINGS_TARGETS } from './settings.js';
import { TEXT_TARGETS } from './texts.js';

/** Where a thread finds them. */
export const MODULE = import.meta.url;

export const TARGETS: readonly FuzzTarget[] = [
  ...RECORD_TARGETS,
  ...ANSWER_TARGETS,
  ...TEXT_TARGETS,
  ...SETTINGS_TARGETS,
  ...REQUEST_TARGETS,
  ...NETWORK_TARGETS,
];
