/** The environment of the management server, beside what all programs read. */

import { z } from 'zod';
import { mistakesOf } from './mistakes.js';

const whole = (least: number, most: number) =>
  z
    .string()
    .refine((text) => /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);

const environment = z.object({
  PORT: whole(0, 65_535).optional(),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,255}$/, 'must be an address such as 127.0.0.1')
    .default('127.0.0.1'),
  MIMECAST_API_RATE: whole(1, 10_000).optional(),
  TEMPORAL_UI_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://temporal.example.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
});

export interface ServerEnvironment {
  /** Default: 8080, or a free one when that is busy. */
  readonly port: number | undefined;
  /** Default 127.0.0.1: put TLS before it to let others in. */
  readonly host: string;
  /** Requests per second and access key. Default 20. */
  readonly ratePerSecond: number | undefined;
  /** Base address of Temporal's Web UI, without a slash behind it. Default: pages do not link to it. */
  readonly temporalUiUrl: string | undefined;
}

/** @throws Error naming every variable that is wrong, one line each. */
export function readServerEnvironment(env: NodeJS.ProcessEnv = process.env): ServerEnvironment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  if (!result.success)
    throw new Error(`Invalid environment variables:\n  ${mistakesOf(result.error, given).join('\n  ')}`);
  const { PORT, HOST, MIMECAST_API_RATE, TEMPORAL_UI_URL } = result.data;
  return { port: PORT, host: HOST, ratePerSecond: MIMECAST_API_RATE, temporalUiUrl: TEMPORAL_UI_URL };
}
