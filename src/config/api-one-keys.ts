/**
 * The keys of Mimecast's API 1.0, which published examples of a Mimecast Source still show, and what stands in their
 * place in API 2.0.
 */

import type { DataCollection } from '../domain/streams/streams.js';

/** Values of `supported_apis`, and what `dataCollection` calls them. */
const API_ONE_COLLECTIONS: Readonly<Record<string, DataCollection>> = {
  SIEM: 'siem',
  DLP: 'dlp',
  'Audit Events': 'auditEvent',
  'Hold Message List': 'holdMessageList',
};

const CLIENT_ID = 'write "clientID", the client ID of an API 2.0 application';
const CLIENT_SECRET = 'write "clientSecret", the client secret of an API 2.0 application';

const REPLACEMENT: Readonly<Record<string, (value: unknown) => string>> = {
  domain: replacedDomain,
  application_id: () => CLIENT_ID,
  application_key: () => CLIENT_SECRET,
  access_key: () => CLIENT_ID,
  secret_key: () => CLIENT_SECRET,
  supported_apis: replacedApis,
};

export const API_ONE_KEYS: readonly string[] = Object.keys(REPLACEMENT);

/** What to write instead of a key of API 1.0, or `undefined` when it is none. No value of a key or secret is in it. */
export function apiOneAdvice(key: string, value: unknown): string | undefined {
  const replacement = Object.hasOwn(REPLACEMENT, key) ? REPLACEMENT[key]?.(value) : undefined;
  return replacement && `belongs to Mimecast's API 1.0, which is switched off; ${replacement}`;
}

function replacedDomain(value: unknown): string {
  const region = /^(us|uk)-api\.mimecast\.com$/i.exec(typeof value === 'string' ? value.trim() : '')?.[1];
  const wish =
    region === undefined ? '' : `, or write "baseUrl": "https://${region.toLowerCase()}-api.services.mimecast.com"`;
  return `leave it out, since https://api.services.mimecast.com serves all accounts${wish}`;
}

function replacedApis(value: unknown): string {
  const names = [value].flat().filter((name): name is string => typeof name === 'string');
  const collections = Object.entries(API_ONE_COLLECTIONS).flatMap(([old, name]) => (names.includes(old) ? name : []));
  const all = Object.values(API_ONE_COLLECTIONS);
  return `write "dataCollection": ${JSON.stringify(collections.length > 0 ? collections : all)}`;
}
