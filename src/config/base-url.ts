/** The address of the API in a configuration. */

import { z } from 'zod';
import { isPrivateHost } from '../http-client/private-host.js';

/** Routes each account to its region. */
export const DEFAULT_BASE_URL = 'https://api.services.mimecast.com';

/**
 * A gateway of API 1.0, by the rule of their names: `api` or `<region>-api`, straight below one of Mimecast's domains
 * (`mimecast.com`, `mimecast-offshore.com`, …). Those of API 2.0 are below `services.mimecast.com`.
 */
const API_ONE_HOST = /^([a-z0-9]+-)*api\.mimecast(-[a-z0-9]+)*\.com\.?$/;
/** API 2.0 has gateways of their own for these regions only; all other accounts use the global one. */
const API_TWO_REGION = /^(us|uk)-api\./;

export const baseUrl = z.string().superRefine((value, context) => {
  const message = addressMistake(value);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

function addressMistake(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return `must be an address such as ${DEFAULT_BASE_URL}`;
  if (url.username || url.password || url.search || url.hash) return 'must not contain a user, query or fragment';
  if (!API_ONE_HOST.test(url.hostname)) return undefined;
  return `${url.hostname} serves API 1.0 only; use ${apiTwoAddress(url.hostname)}`;
}

function apiTwoAddress(apiOneHost: string): string {
  const region = API_TWO_REGION.exec(apiOneHost)?.[1];
  return region === undefined
    ? `${DEFAULT_BASE_URL}, which serves every region`
    : `${DEFAULT_BASE_URL}, or https://${region}-api.services.mimecast.com to keep the data in that region`;
}

/** Why an address is only for tests (`MIMECAST_ALLOW_INSECURE`), or `undefined`: that what is no address is told elsewhere. */
export function insecureAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, host, hostname } = new URL(value);
  if (protocol === 'https:' && !isPrivateHost(hostname)) return undefined;
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return `${protocol}//${host} is not a public https: address; set MIMECAST_ALLOW_INSECURE=true to permit it for a test`;
}
