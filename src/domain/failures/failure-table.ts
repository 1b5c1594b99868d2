/** The table from what came back to what it means; its words are those of the documentation. */

import { BUCKET_FAILURES } from './bucket-failures.js';
import type { ErrorFacts } from './failure.js';
import { type FailureRow, of } from './failure-row.js';
import { ROLE_FAILURES } from './role-failures.js';

const CREDENTIAL_CODES: ReadonlySet<string> = new Set(['InvalidClientIdentifier', 'invalid_client']);
const PASSES_BY_ITSELF = 'Nothing if it passes; otherwise check Mimecast’s status, then restart the source.';
const STORE_PASSES = 'Nothing if it passes; otherwise check that this machine can reach the file store.';
const own = ({ message }: ErrorFacts) => message;
const NEW_APPLICATION = 'Integrations Hub › Mimecast API 2.0 › Configure New in Mimecast’s Administration Console';
const PAGING_CODES: ReadonlySet<string> = new Set(['unknown_paging', 'listing_incomplete']);

/** Code of what a host that is not Mimecast's means. */
export const WRONG_HOST = 'WrongHost';
const WRONG_HOST_AGAIN_MS = 5 * 60_000;

/** First match wins. Codes and statuses as seen in public collectors and on the vendor's pages. */
export const FAILURE_TABLE: readonly FailureRow[] = [
  {
    what: 'The host of `baseUrl` has never issued a token, is not one of Mimecast’s, and repeatedly did not answer like the API',
    when: (t) => of('configuration')(t) && t.code === WRONG_HOST,
    type: 'ThirdPartyConfig',
    retry: false,
    againEveryMs: WRONG_HOST_AGAIN_MS,
    say: own,
    advice: 'Correct baseUrl and update the source. If the host is right, nothing: it is retried automatically.',
  },
  {
    what: 'The configuration is invalid',
    when: of('configuration'),
    type: 'ThirdPartyConfig',
    retry: false,
    say: own,
    advice: 'Correct the configuration and update the source.',
  },
  {
    what: 'MongoDB is unavailable, refuses or does not answer in time',
    when: of('mongodb'),
    type: 'FirstPartyGeneric',
    retry: true,
    say: own,
    advice: 'Restore MongoDB; collection then continues automatically.',
  },
  {
    what: 'Temporal is unavailable, or our own code fails',
    when: (t) => t.origin === 'temporal' || t.origin === 'internal',
    type: 'FirstPartyGeneric',
    retry: true,
    say: own,
    advice: 'Look at the logs of the workers; restart the source once it is fixed.',
  },
  {
    what: '400 or 401 with `InvalidClientIdentifier` or `invalid_client`',
    when: (t) => of('mimecast', 400, 401)(t) && CREDENTIAL_CODES.has(t.code ?? ''),
    type: 'ThirdPartyConfig',
    retry: false,
    say: own,
    advice: 'Update the source with the right client ID and secret.',
  },
  {
    what: '403 with a code such as `app_forbidden`: a permission is missing, for this stream only',
    when: (t) => of('mimecast', 403)(t) && t.code !== undefined,
    type: 'ThirdPartyConfig',
    retry: false,
    advice: `Check the application’s products and the permissions of its role (docs/operations.md names those of each stream). Name and products are fixed once an application is saved: if a product is missing, create a new application (${NEW_APPLICATION}) and update the source with its keys. After a change of the role alone, restart the source.`,
  },
  {
    what: '418: the access key has expired; known from API 1.0, whose keys expire as their Authentication Profile says',
    when: of('mimecast', 418),
    type: 'ThirdPartyConfig',
    retry: false,
    say: (t) => `The access key has expired: ${t.message}`,
    advice: `Create an API 2.0 application (${NEW_APPLICATION}) and update the source with its keys. Keys of API 1.0 expire with the time to live of their user’s Authentication Profile.`,
  },
  {
    what: 'a code that says that the account lives in another region',
    when: (t) => t.origin === 'mimecast' && /incorrect_region/i.test(t.code ?? ''),
    type: 'ThirdPartyConfig',
    retry: false,
    advice:
      'Set baseUrl to https://api.services.mimecast.com, or to the gateway of the account’s region, and update the source.',
  },
  {
    what: 'the file store answers 429: too many downloads',
    when: of('file', 429),
    type: 'ThirdPartyGeneric',
    retry: true,
    severity: 'warning',
    say: () => 'The file store limits the rate of downloads; waiting',
    advice: 'Nothing; if it persists, collect fewer types.',
  },
  {
    what: 'the file store redirects to a forbidden address, or endlessly',
    when: (t) => of('file')(t) && (t.code === 'address_refused' || isRedirect(t.status)),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Check the address: it comes from Mimecast’s list of files, or from the file store.',
  },
  {
    what: 'any other error status of the file store',
    when: (t) => of('file')(t) && t.status !== undefined,
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: STORE_PASSES,
  },
  ...BUCKET_FAILURES,
  ...ROLE_FAILURES,
  {
    what: 'a listing that ends early, or names its next page in an unknown form',
    when: (t) => of('mimecast')(t) && PAGING_CODES.has(t.code ?? ''),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Nothing if it passes; otherwise give the request ID to Mimecast’s support. What was received is stored.',
  },
  {
    what: '429: the rate limit has been reached',
    when: (t) => t.status === 429,
    type: 'ThirdPartyGeneric',
    retry: true,
    severity: 'warning',
    say: (t) => `Mimecast's rate limit is reached (${t.endpoint ?? 'API'}); waiting as it asks`,
    advice: 'Nothing; if it persists, poll less often or collect fewer types.',
  },
  {
    what: '401 with any other code: a temporary fault of the token check',
    when: of('mimecast', 401),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: PASSES_BY_ITSELF,
  },
  {
    what: '200 with `fail[]`: an error of the API’s function',
    when: of('mimecast', 200),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: PASSES_BY_ITSELF,
  },
  {
    what: '404: no such function at this host, or one that the account is not licensed for',
    when: of('mimecast', 404),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice:
      'Check that baseUrl points to the API, and that the account is licensed for these logs: Mimecast also answers 404 for logs that are not licensed.',
  },
  {
    what: '405: the host does not accept this method here',
    when: of('mimecast', 405),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice:
      'Nothing if it passes; otherwise check that baseUrl points to the API, and that nothing in between (proxy, gateway) blocks the method.',
  },
  {
    what: 'the proxy that `HTTPS_PROXY` or `HTTP_PROXY` names cannot be reached, or refuses',
    when: (t) => t.cause === 'proxy',
    type: 'ThirdPartyGeneric',
    retry: true,
    advice:
      'Check that the proxy runs and permits the host, and HTTPS_PROXY and NO_PROXY in the environment of worker and management server; for 407, put user and password into HTTPS_PROXY (http://user:password@proxy:3128). Restart a program after a change of its environment.',
  },
  {
    what: 'the name of the API or of a file store resolves to an address of a private network',
    when: (t) => t.cause === 'privateAddress',
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Check the name resolution of this machine. Only in a test should MIMECAST_ALLOW_INSECURE=true permit it.',
  },
  {
    what: 'the host is unknown, the connection is refused, reset or hangs, or its certificate is not trusted',
    when: (t) => t.cause !== undefined && t.cause !== 'unreadable',
    type: 'ThirdPartyGeneric',
    retry: true,
    advice:
      'Check that this machine can reach the host: name resolution, proxy, firewall; for a certificate, NODE_EXTRA_CA_CERTS.',
  },
  {
    what: 'an answer or a file that cannot be read: not JSON, corrupt or truncated gzip',
    when: (t) => t.cause === 'unreadable',
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: PASSES_BY_ITSELF,
  },
  {
    what: 'any other answer: 400, 403 without a code, 409, 5xx',
    when: () => true,
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: PASSES_BY_ITSELF,
  },
];

function isRedirect(status = 0): boolean {
  return status >= 300 && status < 400;
}
