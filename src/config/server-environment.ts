/** The environment of the management server, beside what all programs read. */

import { z } from 'zod';
import { mistakesOf } from './mistakes.js';
import { hostAddress, port, wholeNumber } from './variables.js';

const environment = z.object({
  PORT: port.optional(),
  HOST: hostAddress.default('127.0.0.1'),
  MIMECAST_API_RATE: wholeNumber(1, 10_000).optional(),
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
