/** The keys of a bucket that records are read from. What they may not be together is judged by `methodMistakes`. */

import { z } from 'zod';
import { parseDuration } from '../domain/duration.js';
import { isObject } from '../domain/json.js';
import type { Present } from '../domain/present.js';
import { OBJECT_KEYS } from './object-keys-schema.js';
import { ROLE_KEYS, serviceAddress } from './role-schema.js';
import { duration, key, optional, text, trueOrFalse } from './schema-parts.js';

const bucketName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/,
    'must be the name of a bucket, without s3:// and without a path',
  );

const endpoint = serviceAddress('an S3-compatible store', 'https://s3.example.com');

const QUEUE_FORM = 'must be the URL of a queue, such as https://sqs.eu-west-1.amazonaws.com/123456789012/mail-logs';

const queueUrl = z.string({ error: QUEUE_FORM }).refine(
  (value) => {
    const url = URL.parse(value);
    const isPlain = url?.username === '' && url.search === '' && url.hash === '';
    return isPlain && /^https?:$/.test(url.protocol) && /^(\/[^/]+)+$/.test(url.pathname);
  },
  { error: QUEUE_FORM },
);

/** How often the whole bucket is compared all the same: notifications get lost. */
const DEFAULT_COMPARE_EVERY = '1h';

const queueSchema = z.strictObject({
  url: queueUrl,
  compareEvery: optional(duration('1m', '1d'), DEFAULT_COMPARE_EVERY),
});

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
      'Whether the bucket is named in the path of a request and not in its host. Without it, it is where there is an `endpoint`; and always, if its name has dots or capitals, as no certificate covers such a host.',
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
  ...ROLE_KEYS,
  requesterPays: key(optional(trueOrFalse, undefined), {
    description: 'Whether to pay for the requests to a bucket whose owner does not.',
    form: 'true or false',
    examples: [true],
  }),
  queue: key(
    optional(z.union([queueUrl, queueSchema], { error: `${QUEUE_FORM}, or an object with "url"` }), undefined),
    {
      description: `URL of an SQS queue that the bucket’s notifications go to, by themselves, through SNS or EventBridge, and to no other reader. With it, a poll reads the objects that were announced; the bucket is compared with what was read only every \`compareEvery\` (\`1m\` to \`1d\`, default \`${DEFAULT_COMPARE_EVERY}\`). Region, credentials and role are those of the bucket.`,
      form: 'URL of a queue, or object with `url` and `compareEvery`',
      examples: [
        'https://sqs.eu-west-1.amazonaws.com/123456789012/mail-logs',
        { url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/mail-logs', compareEvery: '6h' },
      ],
    },
  ),
  ...OBJECT_KEYS,
});

/** Where the records of a source lie. */
export type S3Config = Present<z.output<typeof s3Schema>>;

export interface QueueSettings {
  readonly url: string;
  readonly compareEveryMs: number;
}

/** Both forms of the key as one. */
export function queueSettingsOf({ queue }: S3Config): QueueSettings | undefined {
  if (queue === undefined) return undefined;
  const { url, compareEvery } = typeof queue === 'string' ? { url: queue, compareEvery: DEFAULT_COMPARE_EVERY } : queue;
  return { url, compareEveryMs: parseDuration(compareEvery) ?? 0 };
}

/** The URL, however it is given, in a configuration that may have mistakes. */
export function queueUrlIn(s3: unknown): { readonly path: readonly string[]; readonly url: unknown } | undefined {
  if (!isObject(s3) || s3.queue === undefined) return undefined;
  return isObject(s3.queue) ? { path: ['queue', 'url'], url: s3.queue.url } : { path: ['queue'], url: s3.queue };
}
