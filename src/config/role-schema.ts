/** The keys of a role that is assumed for a bucket. What they may not be together is judged by `keyMistakes`. */

import { z } from 'zod';
import { key, optional } from './schema-parts.js';

const roleArn = z
  .string()
  .trim()
  .regex(
    /^arn:[a-z0-9-]+:iam::(\d{12})?:role\/[\w+=,.@/-]{1,512}$/,
    'must be the ARN of a role, such as arn:aws:iam::123456789012:role/mail-logs',
  );

const externalId = z
  .string()
  .trim()
  .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must have 2 to 1224 letters, digits or characters of _+=,.@:/-');

const sessionName = z
  .string()
  .trim()
  .regex(/^[\w+=,.@-]{2,64}$/, 'must have 2 to 64 letters, digits or characters of _+=,.@-');

/** The root of a host. */
export const serviceAddress = (what: string, example: string) =>
  z.string().refine(
    (value) => {
      const url = URL.parse(value);
      return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.search === '' && url.pathname === '/';
    },
    { error: `must be the address of ${what}, such as ${example}` },
  );

export const ROLE_KEYS = {
  roleArn: key(optional(roleArn, undefined), {
    description:
      'ARN of a role to assume, with the key, or else with the workers’ own credentials. Its temporary credentials are renewed before they expire.',
    form: 'ARN of a role',
    examples: ['arn:aws:iam::123456789012:role/mail-logs'],
  }),
  externalId: key(optional(externalId, undefined), {
    description:
      'External ID that the role’s trust policy asks for. AWS does not treat it as a secret, and neither is it masked here.',
    form: 'text, 2 to 1,224 letters, digits or characters of `_+=,.@:/-`',
    examples: ['c0ffee00-mimecast-source'],
  }),
  roleSessionName: key(optional(sessionName, undefined), {
    description: 'Name of the role’s sessions, by which the role’s owner finds them in CloudTrail.',
    form: 'text, 2 to 64 letters, digits or characters of `_+=,.@-`',
    examples: ['mail-logs-collector'],
    default: 'mimecast-source',
  }),
  stsEndpoint: key(optional(serviceAddress('a Security Token Service', 'https://sts.example.com'), undefined), {
    description:
      'Address of the service (STS) where the role is assumed. Without it: at `endpoint`, if that is not AWS’s; else AWS’s in the region, or where the workers’ `AWS_ENDPOINT_URL_STS` says.',
    form: '`https:` address of a public host',
    examples: ['https://sts.example.com'],
  }),
};
