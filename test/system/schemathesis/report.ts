/** Schemathesis' report of events (NDJSON): how many calls were answered, and what failed, with request and answer. */

/** A call counts when the server has answered it; one that was only generated does not. */
export interface RoundReport {
  readonly calls: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  /** How many failures Schemathesis itself counts: also those that are none here. */
  readonly reported: number;
  /** Whether it went through to its end. */
  readonly complete: boolean;
}

export interface Failure {
  /** Such as `not_a_server_error`. */
  readonly check: string;
  /** Such as `GET /api/v1/collectors`. */
  readonly operation: string;
  readonly message: string;
  readonly request: { readonly method: string; readonly uri: string; readonly body?: string };
  /** Absent when none came. */
  readonly answer?: { readonly status: number; readonly body: string };
}

interface Bytes {
  readonly $base64?: string;
}
interface Interaction {
  readonly request: { readonly method: string; readonly uri: string; readonly body?: Bytes };
  readonly response?: { readonly status_code: number; readonly content?: Bytes };
}
interface Check {
  readonly name: string;
  readonly status: string;
  readonly failure_info?: { readonly failure?: { readonly operation?: string; readonly message?: string } };
}
interface Recorder {
  readonly label?: string;
  readonly interactions?: Readonly<Record<string, Interaction>>;
  readonly checks?: Readonly<Record<string, readonly Check[]>>;
}
interface Event {
  readonly ScenarioFinished?: { readonly recorder?: Recorder };
  readonly NonFatalError?: { readonly label?: string; readonly value?: { readonly message?: string } };
  readonly FatalError?: { readonly exception?: { readonly message?: string } };
  readonly EngineFinished?: { readonly stop_reason?: string };
}

/** @param lines of the report; one that was cut off by the end of its writer is left out. */
export async function readReport(lines: Iterable<string> | AsyncIterable<string>): Promise<RoundReport> {
  const statuses: Record<string, number> = {};
  const failures: Failure[] = [];
  let calls = 0;
  let complete = false;
  for await (const line of lines) {
    const event = eventOf(line);
    const { recorder } = event.ScenarioFinished ?? {};
    for (const { response } of Object.values(recorder?.interactions ?? {})) {
      if (response === undefined) continue;
      calls += 1;
      statuses[response.status_code] = (statuses[response.status_code] ?? 0) + 1;
    }
    if (recorder !== undefined) failures.push(...failuresOf(recorder));
    const error = event.NonFatalError?.value ?? event.FatalError?.exception;
    if (error !== undefined) failures.push(errorOf(event.NonFatalError?.label, error.message));
    if (event.EngineFinished !== undefined) complete = event.EngineFinished.stop_reason === 'completed';
  }
  const wrong = failures.filter((failure) => !isGuessSlowedDown(failure));
  return { calls, statuses, failures: wrong, reported: failures.length, complete };
}

/** One of each check and operation: the shortest request says it best. */
export function distinct(failures: readonly Failure[]): Failure[] {
  const found = new Map<string, Failure>();
  for (const failure of failures) {
    const key = `${failure.operation} ${failure.check}`;
    const before = found.get(key);
    if (before === undefined || sizeOf(failure) < sizeOf(before)) found.set(key, failure);
  }
  return [...found.values()];
}

function failuresOf({ label = '', interactions = {}, checks = {} }: Recorder): Failure[] {
  return Object.entries(checks).flatMap(([id, all]) =>
    all
      .filter(({ status }) => status === 'failure')
      .map(({ name, failure_info: { failure } = {} }): Failure => {
        const { request, response } = interactions[id] ?? {};
        const body = textOf(request?.body);
        return {
          check: name,
          operation: failure?.operation ?? label,
          message: failure?.message ?? '',
          request: { method: request?.method ?? '', uri: request?.uri ?? '', ...(body === '' ? {} : { body }) },
          ...(response === undefined
            ? {}
            : { answer: { status: response.status_code, body: textOf(response.content) } }),
        };
      }),
  );
}

/** The check for ignored credentials sends wrong ones and expects 401 or 403; of too many, the server answers 429. */
function isGuessSlowedDown({ check, answer }: Failure): boolean {
  return check === 'ignored_auth' && answer?.status === 429;
}

function errorOf(label = '', message = ''): Failure {
  return { check: 'error', operation: label, message, request: { method: '', uri: '' } };
}

function eventOf(line: string): Event {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

function textOf(bytes: Bytes | undefined): string {
  return Buffer.from(bytes?.$base64 ?? '', 'base64').toString();
}

function sizeOf({ request: { uri, body = '' } }: Failure): number {
  return uri.length + body.length;
}
