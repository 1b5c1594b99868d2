/**
 * What can go wrong, and what it means: one table from what came back (`Trouble`) to one of the three error types of
 * Sumo Logic's *Mimecast Source* page (`Failure`).
 */

/** The three error types, in the order of the page. */
export const FAILURE_TYPES = ['ThirdPartyConfig', 'ThirdPartyGeneric', 'FirstPartyGeneric'] as const;
export type FailureType = (typeof FAILURE_TYPES)[number];

/** Health event that each error type raises. */
export const HEALTH_EVENT_OF: Readonly<Record<FailureType, string>> = {
  ThirdPartyConfig: 'ThirdPartyConfigError',
  ThirdPartyGeneric: 'ThirdPartyGenericError',
  FirstPartyGeneric: 'FirstPartyGenericError',
};

/** Which party the trouble came from. `file` is the store of the pre-signed batch files, `internal` our own code. */
export type TroubleOrigin = 'mimecast' | 'file' | 'mongodb' | 'temporal' | 'internal' | 'configuration';

/** Why no usable answer came at all. */
export type NetworkCause = 'unknownHost' | 'dns' | 'refused' | 'reset' | 'tls' | 'timeout' | 'unreadable' | 'network';

/** What came back, freed from every library's own types. */
export interface Trouble {
  readonly origin: TroubleOrigin;
  /** What the other side said, or what our side saw; without secrets. */
  readonly message: string;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** `fail[0].code`, `error.code`, the `<Code>` of an S3 answer, or a driver's code. */
  readonly code?: string;
  readonly cause?: NetworkCause;
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Which endpoint, for people: "batch list", "audit events". */
  readonly endpoint?: string;
  /** `x-request-id` of the answer, which Mimecast's support asks for. */
  readonly requestId?: string;
}

/** Trouble with its meaning. Serialisable: it crosses from activities to the workflow. */
export interface Failure {
  readonly type: FailureType;
  /** Short machine-readable cause: Mimecast's code where there is one, else `http_503`, `timeout`, … */
  readonly code: string;
  /** One sentence for an operator: what happened. */
  readonly message: string;
  /** What the operator can do about it. */
  readonly advice?: string;
  /** Whether trying again by itself can help. */
  readonly retry: boolean;
  /** A warning is shown as such and is no error until patience ends (rate limits). */
  readonly severity: 'error' | 'warning';
  readonly retryAfterMs?: number;
  readonly requestId?: string;
}

export interface FailureRule {
  /** What came back, for the documentation. */
  readonly what: string;
  readonly when: (trouble: Trouble) => boolean;
  readonly type: FailureType;
  readonly retry: boolean;
  readonly severity?: 'warning';
  /** Sentence for people; default the other side's own message with its place and status. */
  readonly say?: (trouble: Trouble) => string;
  readonly advice: string;
}

const of = (origin: TroubleOrigin, ...statuses: readonly number[]) => {
  return (t: Trouble) => t.origin === origin && (statuses.length === 0 || statuses.includes(t.status ?? 0));
};
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(['InvalidClientIdentifier', 'invalid_client']);
const PASSES_BY_ITSELF = 'Nothing, if it passes; else look at the status of Mimecast, then restart the source.';
const STORE_PASSES = 'Nothing, if it passes; otherwise check that this machine may reach the file store.';
const own = ({ message }: Trouble) => message;
const PAGING_CODES: ReadonlySet<string> = new Set(['unknown_paging', 'listing_incomplete']);

/** First match wins. Codes and statuses as seen in public collectors and on the vendor's pages. */
export const FAILURE_RULES: readonly FailureRule[] = [
  {
    what: 'The configuration is invalid, or its host is not Mimecast’s API',
    when: of('configuration'),
    type: 'ThirdPartyConfig',
    retry: false,
    say: own,
    advice: 'Correct the configuration and update the source.',
  },
  {
    what: 'MongoDB is away, refuses or does not answer in time',
    when: of('mongodb'),
    type: 'FirstPartyGeneric',
    retry: true,
    say: own,
    advice: 'Bring MongoDB back; collection then goes on by itself.',
  },
  {
    what: 'Temporal is away, or our own code fails',
    when: (t) => t.origin === 'temporal' || t.origin === 'internal',
    type: 'FirstPartyGeneric',
    retry: true,
    say: own,
    advice: 'Look at the logs of the workers; restart the source when it is mended.',
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
    what: '403 with a code such as `app_forbidden`: a missing permission, of that stream alone',
    when: (t) => of('mimecast', 403)(t) && t.code !== undefined,
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Give the application the product and its role the permission for this stream, then restart the source.',
  },
  {
    what: '418: the access key has expired',
    when: of('mimecast', 418),
    type: 'ThirdPartyConfig',
    retry: false,
    say: (t) => `The access key has expired: ${t.message}`,
    advice: 'Create new API 2.0 keys and update the source.',
  },
  {
    what: 'a code that says that the account lives in another region',
    when: (t) => t.origin === 'mimecast' && /incorrect_region/i.test(t.code ?? ''),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Set baseUrl to the host of the account’s region and update the source.',
  },
  {
    what: 'the file store answers 429: too many downloads',
    when: of('file', 429),
    type: 'ThirdPartyGeneric',
    retry: true,
    severity: 'warning',
    say: () => 'The file store limits the rate of downloads; waiting',
    advice: 'Nothing; if it stays, collect fewer types.',
  },
  {
    what: 'the file store redirects to an address that may not be called, or without end',
    when: (t) => of('file')(t) && (t.code === 'address_refused' || isRedirect(t.status)),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Look at the address: it comes from Mimecast’s list of files, or from the file store.',
  },
  {
    what: 'any other error status of the file store',
    when: (t) => of('file')(t) && t.status !== undefined,
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: STORE_PASSES,
  },
  {
    what: 'a listing that ends before all that it promises has come, or tells of more in an unknown way',
    when: (t) => of('mimecast')(t) && PAGING_CODES.has(t.code ?? ''),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Nothing, if it passes; otherwise give the request ID to Mimecast’s support. What came is stored.',
  },
  {
    what: '429: the rate limit is reached',
    when: (t) => t.status === 429,
    type: 'ThirdPartyGeneric',
    retry: true,
    severity: 'warning',
    say: (t) => `Mimecast's rate limit is reached (${t.endpoint ?? 'API'}); waiting as it asks`,
    advice: 'Nothing; if it stays, poll less often or collect fewer types.',
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
    what: '404 or 405',
    when: of('mimecast', 404, 405),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Look whether baseUrl is the API’s host.',
  },
  {
    what: 'the host is unknown, the connection is refused, reset or hangs, or its certificate is not trusted',
    when: (t) => t.cause !== undefined && t.cause !== 'unreadable',
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Look whether this machine reaches the host: name resolution, proxy, firewall.',
  },
  {
    what: 'an answer or a file that cannot be read: no JSON, corrupt or cut gzip',
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

/** The failure that some trouble means. */
export function classify(trouble: Trouble): Failure {
  const rule = FAILURE_RULES.find(({ when }) => when(trouble));
  return {
    type: rule?.type ?? 'ThirdPartyGeneric',
    code: codeOf(trouble),
    message: rule?.say?.(trouble) ?? plainMessage(trouble),
    retry: rule?.retry ?? true,
    severity: rule?.severity ?? 'error',
    ...(rule === undefined ? {} : { advice: rule.advice }),
    ...(trouble.retryAfterMs === undefined ? {} : { retryAfterMs: trouble.retryAfterMs }),
    ...(trouble.requestId === undefined ? {} : { requestId: trouble.requestId }),
  };
}

/**
 * Whether a token request failed as it does at a host that is not Mimecast's. It can as well be a passing fault of the
 * network, so it counts only for a host that has never given a token.
 */
export function looksLikeWrongHost({ origin, cause, status = 0 }: Trouble): boolean {
  if (origin !== 'mimecast') return false;
  if (cause === 'unknownHost' || cause === 'unreadable' || cause === 'tls') return true;
  return status === 404 || status === 405 || (status >= 300 && status < 400);
}

/** Whether the API refuses a date because it keeps nothing so old. */
export function isOutOfReach({ origin, status, message }: Trouble): boolean {
  return (
    origin === 'mimecast' &&
    (status === 400 || status === 200) &&
    /retention|older than|too old|too far (back|in the past)|look.?back|last \d+ days/i.test(message)
  );
}

function isRedirect(status = 0): boolean {
  return status >= 300 && status < 400;
}

function codeOf({ code, status, cause, origin }: Trouble): string {
  return code ?? cause ?? (status === undefined ? origin : `http_${status}`);
}

function plainMessage({ message, status, endpoint }: Trouble): string {
  const place = endpoint === undefined ? '' : `${endpoint}: `;
  return status === undefined ? `${place}${message}` : `${place}${message} (HTTP ${status})`;
}

/** Carries trouble through code that throws; every error of `mimecast/` is one. */
export class TroubleError extends Error {
  override readonly name: string = 'TroubleError';

  constructor(
    readonly trouble: Trouble,
    options?: ErrorOptions,
  ) {
    super(trouble.message, options);
  }
}

/** Whether a value from outside the type checker's sight is a failure. */
export function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null) return false;
  const { type, code, message, retry, severity, advice, retryAfterMs } = value as Partial<
    Record<keyof Failure, unknown>
  >;
  return (
    (advice === undefined || typeof advice === 'string') &&
    (retryAfterMs === undefined || typeof retryAfterMs === 'number') &&
    FAILURE_TYPES.some((known) => known === type) &&
    typeof code === 'string' &&
    typeof message === 'string' &&
    typeof retry === 'boolean' &&
    (severity === 'error' || severity === 'warning')
  );
}
