/** The address of the API in a configuration. */

import { z } from 'zod';
import { isPrivateHost } from '../source/private-host.js';

/** Routes each account to its region. */
export const DEFAULT_BASE_URL = 'https://api.services.mimecast.com';

const API_ONE_HOST = /^(us|eu|de|au|za|ca|je|usb)-api\.mimecast\.com$/;

export const baseUrl = z.string().superRefine((value, context) => {
  const message = addressMistake(value);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

function addressMistake(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return `must be an address such as ${DEFAULT_BASE_URL}`;
  if (url.username || url.password || url.search || url.hash) return 'must hold no user, query or fragment';
  if (!API_ONE_HOST.test(url.hostname)) return undefined;
  return `${url.hostname} serves API 1.0 only; use ${DEFAULT_BASE_URL} or its us-, uk- or de- gateway`;
}

/** Why an address is only for tests (`MIMECAST_ALLOW_INSECURE`), or `undefined`: that what is no address is told elsewhere. */
export function insecureAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, host, hostname } = new URL(value);
  if (protocol === 'https:' && !isPrivateHost(hostname)) return undefined;
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return `${protocol}//${host} is not a public https: address; set MIMECAST_ALLOW_INSECURE=true to permit it for a test`;
}
