/** Whether an error says that Temporal is away, or refuses something, and the words for it. */

import { NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { namespaceCommand, type TemporalPlace } from './temporal-command.js';

/** gRPC's codes. */
const [NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED] = [5, 7, 16];
/** gRPC's DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE. */
const AWAY_CODES: ReadonlySet<unknown> = new Set([4, 8, 14]);

export function isTemporalAway(error: unknown): boolean {
  return AWAY_CODES.has(statusOf(error).code);
}

/** Whether Temporal refuses a call because of who makes it. */
export function isTemporalDenied(error: unknown): boolean {
  const { code } = statusOf(error);
  return code === PERMISSION_DENIED || code === UNAUTHENTICATED;
}

/** @returns `undefined` when Temporal refuses the call because of who makes it. @throws what else the call throws. */
export async function unlessTemporalDenies<T>(
  call: () => Promise<T>,
  onDenied?: (error: unknown) => void,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (!isTemporalDenied(error)) throw error;
    onDenied?.(error);
    return undefined;
  }
}

interface Status {
  readonly code?: unknown;
  /** Begins with the name of the call, see `call-names.ts`. */
  readonly details?: string;
}

function statusOf(error: unknown): Status {
  return ((error instanceof ServiceError ? error.cause : error) ?? {}) as Status;
}

/**
 * What Temporal refuses, and the commands by which an administrator permits it, for Temporal's own CLI and for Temporal
 * Cloud's; `undefined` for every other error.
 */
export function temporalRefusalText(error: unknown, place: TemporalPlace): string | undefined {
  const { namespace } = place;
  const { code, details: serverDetails = '' } = statusOf(error);
  // A connection of the SDK's core does not name its calls.
  const details =
    error instanceof ServiceError && !/^\w+: /.test(serverDetails)
      ? `${error.message}: ${serverDetails}`
      : serverDetails;
  const isNamespaceMissing =
    error instanceof NamespaceNotFoundError || (code === NOT_FOUND && /namespace .*not found/i.test(details));
  if (isNamespaceMissing)
    return (
      `Temporal has no namespace "${namespace}". Set TEMPORAL_NAMESPACE (on Temporal Cloud: NAME.ACCOUNT), or create it: ` +
      `"${namespaceCommand(place)}", on Temporal Cloud "tcld namespace create ` +
      `--namespace ${namespace} --region REGION"`
    );
  if (code === UNAUTHENTICATED)
    return (
      `Temporal does not accept the credentials (${details}): check TEMPORAL_API_KEY, or the client certificate in ` +
      'TEMPORAL_TLS_CLIENT_CERT_PATH'
    );
  if (code !== PERMISSION_DENIED) return undefined;
  return (
    `Temporal refuses a call in the namespace "${namespace}" (${details}). Its credentials (TEMPORAL_API_KEY, or the client ` +
    `certificate) need the right to write there: on a server of your own, "${namespace}:write" among the permissions of the ` +
    'token; on Temporal Cloud, "tcld service-account set-namespace-permissions --service-account-id ID ' +
    `--namespace-permission ${namespace}=Write"`
  );
}

/** One line for people; `undefined` for every other error. */
export function temporalAwayText(error: unknown): string | undefined {
  if (!isTemporalAway(error)) return undefined;
  const { cause } = error as Error;
  const { message } = cause instanceof Error ? cause : (error as Error);
  return `Temporal does not answer in time (${message.split('\n')[0]})`;
}

/**
 * A step that a crash may skip as well, since the reconciler makes up for it: while Temporal is away it is skipped.
 *
 * @returns whether it was made.
 */
export async function unlessTemporalIsAway(step: () => Promise<unknown>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    if (!isTemporalAway(error)) throw error;
    return false;
  }
}
