/** The environment variables of the programs, as the files that read them name them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/runtime/project-root.js';

const SCHEMAS = ['src/config/environment.ts', 'src/config/server-environment.ts'] as const;
/** Read elsewhere: by Temporal's own configuration, and with the keys. */
const OTHERS = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'MIMECAST_SECRET_KEYS'] as const;

export function programVariables(): ReadonlySet<string> {
  const texts = SCHEMAS.map((file) => readFileSync(join(projectRoot(), file), 'utf8'));
  const named = texts.flatMap((text) => [...text.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name));
  return new Set([...OTHERS, ...named]);
}
