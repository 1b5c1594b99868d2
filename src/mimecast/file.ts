import { RawError } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';
import { allowedUrl } from '../http-client/allowed-url.js';
import { bodyChunks } from '../http-client/body.js';
import { Deadline } from '../http-client/deadline.js';
import { DamagedFileError, damageOf } from '../http-client/file-damage.js';
import { type GunzipOptions, gunzipIfGzip } from '../http-client/gunzip.js';
import type { HttpRequest } from '../http-client/http.js';
import { MIN_PACE, Pace, totalWaitMs } from '../http-client/pace.js';
import { FILE_ENDPOINT } from '../metrics/worker-metrics.js';
import { explainErrorBody } from './error-body.js';
import { requestFile } from './file-request.js';
import type { HttpTimes } from './json-call.js';
import { observed } from './observed.js';

export interface FileContent {
  /**
   * The content, unzipped, as it arrives; nothing is read ahead of the loop but what a gzip holds back and a few small
   * buffers. To be iterated once and at once; leaving the loop early closes the connection.
   */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** After the last of `bytes`: whether a checksum proves that they are whole. Plain content has none. */
  isProven(): boolean;
}

export interface FileOptions extends HttpTimes, GunzipOptions {
  /** Permits `http:` and hosts of private networks. */
  readonly allowInsecure: boolean;
  /** How long the address lives, in milliseconds; see `totalWaitMs`. */
  readonly totalWaitMs?: number;
}

const ENDPOINT = FILE_ENDPOINT;
const IDLE_MS = 30_000;
/** A proxy's compression on top would take away the proof that the file came whole. */
const HEADERS = { 'accept-encoding': 'identity' };

/**
 * Begins the download of a batch file. It is not sent the bearer token or anything else of ours: the file is in a
 * store of a third party, which may redirect to one of its regions. Instead of one deadline, which a large file would break, it may not be silent for too long, nor
 * drip, see `Pace`.
 *
 * @throws {RawError} with the origin `file`, here or from `bytes`: no answer, an error status, a lost connection, a
 * silence, a drip.
 * @throws {DamagedFileError} when something came that is no file, or a damaged one.
 * @throws the reason of `signal`, untouched, once that is aborted.
 */
export async function openFile(url: string, options: FileOptions, signal?: AbortSignal): Promise<FileContent> {
  const target = allowedUrl(url, { allowInsecure: options.allowInsecure, origin: 'file', endpoint: ENDPOINT });
  const idleMs = options.idleMs ?? IDLE_MS;
  const deadline = new Deadline(idleMs, signal, {
    origin: 'file',
    endpoint: ENDPOINT,
    message: `${target.host} sent no data for ${idleMs / 1_000} s${options.connections?.via(target) ?? ''}`,
  });
  const { blipWaitsMs, connections } = options;
  const http: HttpRequest = {
    method: 'GET',
    url: target,
    headers: HEADERS,
    conceal: (text) => text,
    endpoint: ENDPOINT,
    origin: 'file',
    explain: explainErrorBody,
    deadline,
    ...present({ blipWaitsMs, connections }),
  };
  try {
    const { response, sent } = await observed(ENDPOINT, options.observer, () =>
      requestFile(http, options.allowInsecure),
    );
    refuseHtml(response, sent);
    let isProven = false;
    const onEnd = (proven: boolean) => {
      isProven = proven;
    };
    return { bytes: readFile(response, sent, options, onEnd), isProven: () => isProven };
  } catch (error) {
    deadline.close();
    throw error;
  }
}

async function* readFile(
  response: Response,
  http: HttpRequest,
  options: FileOptions,
  onEnd: (isProven: boolean) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    onEnd(yield* gunzipIfGzip(whileKeepingPace(response, http, options), options));
  } catch (error) {
    http.deadline.signal.throwIfAborted();
    if (error instanceof RawError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    const message = `a file of ${http.url.host} is damaged: ${what}`;
    throw new DamagedFileError(damageOf(error) ?? 'corrupt', message, { cause: error });
  } finally {
    http.deadline.close();
  }
}

/** The clocks run only while we wait for the other side, not while the records of the last chunk are being stored. */
async function* whileKeepingPace(
  response: Response,
  http: HttpRequest,
  { pace: limits, idleMs = IDLE_MS, observer, ...options }: FileOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { deadline, url } = http;
  const totalMs = options.totalWaitMs ?? totalWaitMs(undefined, 0);
  const pace = new Pace({ ...MIN_PACE, totalMs, ...limits });
  deadline.restart();
  let waitingSince = performance.now();
  for await (const chunk of bodyChunks(response, http)) {
    deadline.pause();
    observer?.count('mimecast_bytes_read_total', { endpoint: ENDPOINT }, chunk.length);
    // A longer wait is not the other side's silence but a pause of this process.
    const waitedMs = Math.min(performance.now() - waitingSince, idleMs);
    const tooSlow = pace.add(waitedMs, chunk.length);
    if (tooSlow !== undefined) {
      throw new RawError({
        origin: 'file',
        endpoint: ENDPOINT,
        cause: 'timeout',
        message: `${url.host} sent ${tooSlow}`,
      });
    }
    yield chunk;
    deadline.restart();
    waitingSince = performance.now();
  }
  deadline.pause();
}

/** Refused before its content is read: a page may be of any length. */
function refuseHtml(response: Response, { url }: HttpRequest): void {
  if (!/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) return;
  throw new DamagedFileError('foreign', `${url.host} answered with an HTML page instead of a file`);
}
