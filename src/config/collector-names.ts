/** What a collector's name and fields may be. */

import { z } from 'zod';
import { FIELD_LIMITS } from '../domain/fields/field-names.js';
import { fieldMistakes } from './further-mistakes.js';
import { tooLong } from './schema-parts.js';

const hasControls = (value: string) => /\p{Cc}/u.test(value);

/** Kept as written, the space around it included: Terraform's provider looks for the very text that it sent. */
export const collectorName = z
  .string()
  .max(128, tooLong(128))
  .refine((name) => name.trim() !== '', { error: 'must not be empty' })
  .refine((name) => !hasControls(name), { error: 'must not contain control characters' });

const fieldValue = z
  .union([z.string(), z.number(), z.boolean()], { error: 'must be a text' })
  .transform(String)
  .pipe(z.string().max(FIELD_LIMITS.value, tooLong(FIELD_LIMITS.value)));

/** Names and values; the names obey what those of a source obey. */
export const collectorFields = z.record(z.string(), fieldValue).superRefine((fields, context) => {
  for (const { path, message } of fieldMistakes(fields)) context.addIssue({ code: 'custom', path: [...path], message });
});
