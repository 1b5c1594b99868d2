/** All streams, in the order in which they are shown. To add one, add its definition here. */

import { audit } from './audit.js';
import { dlp } from './dlp.js';
import { heldMessages } from './hold.js';
import { SIEM_TYPES } from './siem-types.js';
import { ttpUrl } from './ttp-url.js';

export const DEFINITIONS = [...SIEM_TYPES, audit, dlp, heldMessages, ttpUrl] as const;
