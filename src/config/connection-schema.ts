/** An alert connection as it is given, and what is wrong with it. */

import { isIP } from 'node:net';
import { z } from 'zod';
import {
  CONNECTION_LIMITS,
  CONNECTION_TYPES,
  SEVERITY_LEVELS,
  SMTP_SECURITIES,
  type Target,
} from '../domain/alerts/connection.js';
import { article } from '../domain/json.js';
import { mistakesOf } from './mistakes.js';
import { duration, text } from './schema-parts.js';

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const MAILBOX = /^[^\s<>,;:"()[\]\\@]{1,64}@[A-Za-z0-9.-]{1,253}$/;
const PAGER_DUTY = 'https://events.pagerduty.com/v2/enqueue';
const LONGEST_URL = 2_000;

const mailbox = z.string().regex(MAILBOX, 'must be an address such as soc@example.com');
const isHost = (host: string) => isIP(host) !== 0 || HOST.test(host);
const address = z
  .string()
  .max(LONGEST_URL)
  .refine((url) => URL.canParse(url), { error: 'must be an address such as https://siem.example.com/alerts' });

const TARGETS = {
  webhook: z.strictObject({
    url: address.describe('Where messages are posted; encrypted at rest and never shown'),
    secret: text(256).min(16, 'must have at least 16 characters').describe('Signs each message; never shown'),
  }),
  slack: z.strictObject({ url: address.describe('Of an incoming webhook; encrypted at rest and never shown') }),
  pagerDuty: z.strictObject({
    routingKey: text(256).describe('Integration key of the service; encrypted at rest and never shown'),
    url: address
      .default(PAGER_DUTY)
      .describe(`Default ${PAGER_DUTY}; https://events.eu.pagerduty.com/v2/enqueue in the EU`),
  }),
  email: z
    .strictObject({
      host: z.string().refine(isHost, { error: 'must be a name or an address such as smtp.example.com' }),
      port: z.int().min(1).max(65_535).optional().describe('Default 465 with tls, else 587'),
      security: z.enum(SMTP_SECURITIES).default('starttls').describe('none only on loopback, in tests'),
      user: text(256).optional(),
      password: text(1_024).optional().describe('Encrypted at rest and never shown'),
      from: mailbox,
      to: z.array(mailbox).min(1).max(CONNECTION_LIMITS.recipients),
    })
    .refine(({ user, password }) => (user === undefined) === (password === undefined), {
      error: 'user and password: give both, or none',
    }),
} as const;

const name = text(CONNECTION_LIMITS.name);
const severityLevel = z.enum(SEVERITY_LEVELS).describe('The least that is told: Warning tells errors, too');
const collectorIds = z
  .array(z.int().min(1))
  .min(1)
  .max(CONNECTION_LIMITS.collectors)
  .describe('Collectors whose sources are told of; default all');
const groupingWindow = duration('0s', '15m').describe(
  'What begins within this time is one message, and what ends within it is not told; default 1m',
);
const target = z.record(z.string(), z.unknown());

/** What is given of a new one. */
export const connectionInput = z.strictObject({
  name,
  type: z.enum(CONNECTION_TYPES),
  severityLevel: severityLevel.default('Warning'),
  collectorIds: collectorIds.optional(),
  groupingWindow: groupingWindow.default('1m'),
  isEnabled: z.boolean().default(true),
  target: target.describe(
    'webhook: url, secret (default: one is made, and shown once); slack: url; pagerDuty: routingKey, url; ' +
      'email: host, port, security, user, password, from, to',
  ),
});
export type ConnectionInput = z.output<typeof connectionInput>;

/** What is absent stays as it is. */
export const connectionChange = z.strictObject({
  name: name.optional(),
  severityLevel: severityLevel.optional(),
  collectorIds: collectorIds.nullish().describe('null: all collectors'),
  groupingWindow: groupingWindow.optional(),
  isEnabled: z.boolean().optional(),
  target: target
    .optional()
    .describe('Keys that are to change. Another host, port or user needs the password, key or address again'),
});
export type ConnectionChange = z.output<typeof connectionChange>;

/** The target that is given, or its mistakes, which repeat nothing of it: any of it may be a secret. */
export function readTarget(
  type: Target['type'],
  given: Readonly<Record<string, unknown>>,
): { readonly target: Target } | { readonly mistakes: string[] } {
  const result = TARGETS[type].safeParse(given);
  if (!result.success) return { mistakes: result.error.issues.map(mistakeText) };
  const read = { type, ...result.data };
  if (read.type !== 'email') return { target: read as Target };
  const { security } = result.data as z.output<typeof TARGETS.email>;
  return { target: { port: security === 'tls' ? 465 : 587, ...read } as Target };
}

function mistakeText({ path, message, ...issue }: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `target: has unknown keys: ${issue.keys.join(', ')}`;
  const wanted = issue.code === 'invalid_type' ? `must be ${article(issue.expected)}` : message;
  return `target${path.map((part) => `.${String(part)}`).join('')}: ${wanted}`;
}

/** @returns what is given, as a file of a command holds it, or its mistakes. */
export function readConnection<S extends typeof connectionInput | typeof connectionChange>(
  schema: S,
  json: unknown,
): { readonly value: z.output<S> } | { readonly mistakes: string[] } {
  const result = schema.safeParse(json);
  return result.success ? { value: result.data as z.output<S> } : { mistakes: mistakesOf(result.error, json) };
}
