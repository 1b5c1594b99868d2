/** What is said of a key that no configuration has: where it belongs, what replaced it, or which one was meant. */

import { API_ONE_KEYS, apiOneAdvice } from './api-one-keys.js';
import { exportSchema } from './export-schema.js';
import { fileSchema, sourceSchema } from './file-schema.js';
import { nearestName } from './nearest-name.js';
import { ruleSchema } from './rule-schema.js';
import { s3Schema } from './s3-schema.js';
import { configSchema } from './source-schema.js';

interface Level {
  /** How a person calls it. */
  readonly name: string;
  readonly keys: readonly string[];
}

const RULE = 'source.config.filters';
const S3 = 'source.config.s3';
const EXPORT = 'source.config.export';
/** As other programs call a role. */
const ROLE_KEYS: ReadonlySet<string> = new Set(['role', 'assumeRole', 'assume_role', 'role_arn', 'external_id']);

/** The objects of a file by the keys that lead to them, outermost first. */
const LEVELS: Readonly<Record<string, Level>> = {
  '': { name: 'the top level', keys: Object.keys(fileSchema.shape) },
  source: { name: '"source"', keys: Object.keys(sourceSchema.shape) },
  'source.config': { name: '"source.config"', keys: Object.keys(configSchema.shape) },
  [RULE]: { name: 'a rule of "filters"', keys: Object.keys(ruleSchema.shape) },
  [S3]: { name: '"s3"', keys: Object.keys(s3Schema.shape) },
  [EXPORT]: { name: '"export"', keys: Object.keys(exportSchema.shape) },
  'source.schemaRef': { name: '"source.schemaRef"', keys: Object.keys(sourceSchema.shape.schemaRef.shape) },
};

/**
 * @param path of the object that has the key, in a file.
 * @returns a phrase to follow the key's own path.
 */
export function unknownKey(path: readonly PropertyKey[], key: string, value: unknown): string {
  const at = path.filter((step) => typeof step === 'string').join('.');
  const here = LEVELS[at]?.keys ?? [];
  if ((at === S3 || at === EXPORT) && ROLE_KEYS.has(key)) return ROLE_ADVICE;
  // Rules have few keys, and such as stand elsewhere, too: "type" is more likely a rule's than the one of a schemaRef.
  const nearInRule = at === RULE ? nearestName(key, here) : undefined;
  if (nearInRule !== undefined) return meant(nearInRule);
  const advice = apiOneAdvice(key, value);
  if (advice !== undefined) return advice;
  const elsewhere = Object.entries(LEVELS).find(([level, { keys }]) => level !== at && keys.includes(key));
  if (elsewhere !== undefined) return `unknown key here; it belongs in ${elsewhere[1].name}`;
  const near = nearestName(key, [...here, ...API_ONE_KEYS]);
  if (near === undefined) return 'unknown key';
  const nearAdvice = apiOneAdvice(near, value);
  return nearAdvice === undefined ? meant(near) : `unknown key; "${near}" ${nearAdvice}`;
}

const ROLE_ADVICE = 'unknown key; a role is given by "roleArn", and "externalId" where its trust policy asks for one';

function meant(near: string): string {
  return `unknown key; did you mean "${near}"?`;
}
