/** The keys of a bucket that records are read from. What they may not be together is judged by `methodMistakes`. */

import { z } from 'zod';
import type { Present } from '../domain/present.js';
import { STREAMS } from '../domain/streams/streams.js';
import { key, optional, quoted, text, trueOrFalse, unlessEmpty } from './schema-parts.js';

/** Means the whole bucket, in place of a prefix that may not be empty. */
export const WHOLE_BUCKET = '/';

const bucketName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/,
    'must be the name of a bucket, without s3:// and without a path',
  );

/** The beginning of keys; `WHOLE_BUCKET` for none. */
export const bucketPrefix = z
  .string()
  .max(1024, 'must have at most 1024 characters')
  .regex(/\S/, 'must not be empty')
  .refine((value) => value === WHOLE_BUCKET || !value.startsWith('/'), {
    error: 'must not begin with "/", as the keys of objects do not',
  });

const endpoint = z.string().refine(
  (value) => {
    const url = URL.parse(value);
    return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.search === '' && url.pathname === '/';
  },
  { error: 'must be the address of an S3-compatible store, such as https://s3.example.com' },
);

export const s3Schema = z.strictObject({
  bucket: key(bucketName, {
    description: 'Name of the bucket.',
    form: 'name of a bucket',
    examples: ['mail-logs'],
  }),
  region: key(z.string().regex(/^[a-z0-9-]{2,32}$/, 'must be the name of a region, such as "eu-west-1"'), {
    description: 'Region of the bucket. Stores other than AWS’s mostly take `us-east-1`.',
    form: 'name of a region',
    examples: ['eu-west-1'],
  }),
  endpoint: key(optional(endpoint, undefined), {
    description: 'Address of an S3-compatible store; without it, AWS.',
    form: '`https:` address of a public host',
    examples: ['https://s3.example.com'],
  }),
  pathStyle: key(optional(trueOrFalse, undefined), {
    description:
      'Whether the bucket is named in the path of a request and not in its host. Without it, it is where there is an `endpoint`.',
    form: 'true or false',
    examples: [false],
  }),
  accessKeyId: key(optional(text(128), undefined), {
    description:
      'ID of a key that may list and read the bucket. Without it, the workers’ own credentials are taken, in all the usual ways of AWS: environment, profile, role of the machine or pod.',
    form: 'text, at most 128 characters',
    examples: ['YOUR-ACCESS-KEY-ID'],
  }),
  secretAccessKey: key(optional(text(1024), undefined), {
    description: 'Secret of that key. It is stored and shown like `clientSecret`.',
    form: 'text, at most 1,024 characters',
    examples: ['YOUR-SECRET-ACCESS-KEY'],
    writeOnly: true,
  }),
  sessionToken: key(optional(text(4096), undefined), {
    description:
      'Session token of a temporary key. It is stored and shown like `clientSecret`, and has to be replaced before it expires.',
    form: 'text, at most 4,096 characters',
    examples: ['YOUR-SESSION-TOKEN'],
    writeOnly: true,
  }),
  requesterPays: key(optional(trueOrFalse, undefined), {
    description: 'Whether to pay for the requests to a bucket whose owner does not.',
    form: 'true or false',
    examples: [true],
  }),
  prefix: key(optional(bucketPrefix, undefined), {
    description: `One prefix for all records, which are told apart by \`type\`, \`eventType\` or \`Logtype\`, or by their keys; \`${WHOLE_BUCKET}\` stands for the whole bucket. Each object is read once for each stream of the source.`,
    form: 'beginning of the keys of objects',
    examples: ['mimecast/'],
  }),
  prefixes: key(optional(z.partialRecord(z.enum(STREAMS), bucketPrefix), undefined).transform(unlessEmpty), {
    description: `The prefix of each stream. One that is not named has its own name with \`_\` for each space: \`receipt/\`, \`url_protect/\`. Streams: ${quoted(STREAMS)}.`,
    form: 'object of streams with the beginning of the keys of their objects',
    examples: [{ receipt: 'logs/receipt/', av: 'logs/av/' }],
  }),
});

/** Where the records of a source lie. */
export type S3Config = Present<z.output<typeof s3Schema>>;
