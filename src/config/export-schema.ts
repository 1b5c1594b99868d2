/** The keys of a bucket that records are exported to. What they may not be together is judged by `exportMistakes`. */

import { z } from 'zod';
import type { Present } from '../domain/present.js';
import { writtenPrefix } from './object-keys-schema.js';
import { ROLE_KEYS } from './role-schema.js';
import { s3Schema } from './s3-schema.js';
import { duration, key, optional, quoted, text } from './schema-parts.js';

/** `received`: the record as Mimecast sent it, after the source's rules. The others: detections alone, as a search exports them. */
export const EXPORT_FORMS = ['received', 'ecs', 'ocsf'] as const;
export type ExportForm = (typeof EXPORT_FORMS)[number];

const { bucket, region, endpoint, pathStyle, secretAccessKey, sessionToken } = s3Schema.shape;

export const exportSchema = z.strictObject({
  bucket,
  region,
  endpoint,
  pathStyle,
  accessKeyId: key(optional(text(128), undefined), {
    description:
      'ID of a key that may write objects to the bucket and read them (`s3:PutObject`, `s3:GetObject`). Without it, the workers’ own credentials are used, as for `s3`.',
    form: 'text, at most 128 characters',
    examples: ['YOUR-ACCESS-KEY-ID'],
  }),
  secretAccessKey,
  sessionToken,
  ...ROLE_KEYS,
  prefix: key(optional(writtenPrefix, undefined), {
    description:
      'Put before all keys of objects. Each stream has its own name below it, with `_` for each space: `receipt/`, `url_protect/`.',
    form: 'beginning of the keys of objects',
    examples: ['mimecast/'],
  }),
  form: key(
    optional(z.enum(EXPORT_FORMS, { error: `must be one of: ${EXPORT_FORMS.join(', ')}` }), 'received' as const),
    {
      description:
        'What is written: each record as received and after the rules, or only the detections among them, in the Elastic Common Schema or as OCSF.',
      form: quoted(EXPORT_FORMS),
      examples: ['ecs'],
      default: 'received',
    },
  ),
  interval: key(optional(duration('1s', '1h'), '1m'), {
    description:
      'How often objects are written. Shorter means more and smaller objects; with many new records, they are written sooner.',
    form: 'duration, `1s` to `1h`',
    examples: ['5m'],
    default: '1m',
  }),
});

/** Where the records of a source go. */
export type ExportConfig = Present<z.output<typeof exportSchema>>;
