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
export type NetworkCause = 'dns' | 'refused' | 'reset' | 'tls' | 'timeout' | 'unreadable' | 'network';

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
  /** One sentence for an operator. */
  readonly message: string;
  /** Whether trying again by itself can help. */
  readonly retry: boolean;
  /** A warning is shown as such and is no error until patience ends (rate limits). */
  readonly severity: 'error' | 'warning';
  readonly retryAfterMs?: number;
  readonly requestId?: string;
}

interface Rule {
  readonly when: (trouble: Trouble) => boolean;
  readonly type: FailureType;
  readonly retry: boolean;
  readonly severity?: 'warning';
  /** Sentence for people; default the other side's own message with its status. */
  readonly say?: (trouble: Trouble) => string;
}

const from = (origin: TroubleOrigin, ...statuses: readonly number[]) => {
  return (t: Trouble) => t.origin === origin && (statuses.length === 0 || statuses.includes(t.status ?? 0));
};
const OWN_ORIGINS: ReadonlySet<TroubleOrigin> = new Set(['mongodb', 'temporal', 'internal']);
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(['InvalidClientIdentifier', 'invalid_client']);

/** First match wins. Codes and statuses as seen in public collectors and on the vendor's pages. */
const RULES: readonly Rule[] = [
  { when: from('configuration'), type: 'ThirdPartyConfig', retry: false, say: (t) => t.message },
  { when: (t) => OWN_ORIGINS.has(t.origin), type: 'FirstPartyGeneric', retry: true },
  {
    when: (t) => from('mimecast', 400, 401)(t) && CREDENTIAL_CODES.has(t.code ?? ''),
    type: 'ThirdPartyConfig',
    retry: false,
    say: (t) => t.message,
  },
  {
    when: from('mimecast', 403),
    type: 'ThirdPartyConfig',
    retry: false,
    say: (t) =>
      `${t.message}: give the application's role and products permission for ${t.endpoint ?? 'this endpoint'}, then restart the source`,
  },
  {
    when: from('mimecast', 418),
    type: 'ThirdPartyConfig',
    retry: false,
    say: (t) => `${t.message}: the access key has expired; create new API 2.0 keys and update the source`,
  },
  {
    when: (t) => t.status === 429,
    type: 'ThirdPartyGeneric',
    retry: true,
    severity: 'warning',
    say: (t) => `Mimecast's rate limit is reached (${t.endpoint ?? 'API'}); waiting as it asks`,
  },
];

/** The failure that some trouble means. What no rule knows is `ThirdPartyGeneric` and is tried again. */
export function classify(trouble: Trouble): Failure {
  const rule = RULES.find(({ when }) => when(trouble));
  return {
    type: rule?.type ?? 'ThirdPartyGeneric',
    code: codeOf(trouble),
    message: rule?.say?.(trouble) ?? plainMessage(trouble),
    retry: rule?.retry ?? true,
    severity: rule?.severity ?? 'error',
    ...(trouble.retryAfterMs === undefined ? {} : { retryAfterMs: trouble.retryAfterMs }),
    ...(trouble.requestId === undefined ? {} : { requestId: trouble.requestId }),
  };
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
  const { type, code, message, retry, severity } = value as Partial<Failure>;
  return (
    FAILURE_TYPES.some((known) => known === type) &&
    typeof code === 'string' &&
    typeof message === 'string' &&
    typeof retry === 'boolean' &&
    (severity === 'error' || severity === 'warning')
  );
}
