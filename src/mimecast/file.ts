import { TroubleError } from '../source/failure.js';
import { allowedUrl } from './allowed-url.js';
import { bodyChunks } from './body.js';
import { fileNameOf } from './content-disposition.js';
import { Deadline } from './deadline.js';
import { gunzipIfGzip } from './gunzip.js';
import { type HttpRequest, request } from './http.js';
import type { HttpTimes } from './json-call.js';

export interface FileContent {
  /** From `Content-Disposition`, without folders. */
  readonly name?: string;
  /**
   * The content, unzipped, as it arrives; nothing is read ahead of the loop but a few small buffers. To be iterated
   * once and at once; leaving the loop early closes the connection.
   */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface FileOptions extends HttpTimes {
  /** Permits `http:` and hosts of private networks. */
  readonly allowInsecure: boolean;
}

const ENDPOINT = 'batch file';
const IDLE_MS = 30_000;
/** What S3 says, with status 400, when the credentials that a URL was signed with are no longer valid. */
const EXPIRED_CODES: ReadonlySet<string> = new Set(['ExpiredToken', 'RequestExpired']);

/**
 * Begins the download of a batch file. It is not sent the bearer token or anything else of ours: the file is in a
 * store of a third party. Instead of one deadline, which a large file would break, it may not be silent for too long.
 *
 * @throws {TroubleError} with the origin `file`, here or from `bytes`: no answer, an error status, a lost connection, a
 * silence, a damaged or incomplete gzip.
 * @throws the reason of `signal`, untouched, once that is aborted.
 */
export async function openFile(url: string, options: FileOptions, signal?: AbortSignal): Promise<FileContent> {
  const target = allowedUrl(url, { allowInsecure: options.allowInsecure, origin: 'file', endpoint: ENDPOINT });
  const idleMs = options.idleMs ?? IDLE_MS;
  const deadline = new Deadline(idleMs, signal, {
    origin: 'file',
    endpoint: ENDPOINT,
    message: `${target.host} sent no data for ${idleMs / 1_000} s`,
  });
  const { blipWaitsMs } = options;
  const http: HttpRequest = {
    method: 'GET',
    url: target,
    endpoint: ENDPOINT,
    origin: 'file',
    deadline,
    ...(blipWaitsMs ? { blipWaitsMs } : {}),
  };
  try {
    const response = await request(http);
    refuseHtml(response, http);
    const name = fileNameOf(response.headers.get('content-disposition'));
    return { ...(name === undefined ? {} : { name }), bytes: readFile(response, http) };
  } catch (error) {
    deadline.close();
    throw error;
  }
}

/** Whether the file's URL has expired, so that its page has to be listed again for a fresh one. */
export function isExpiredFile(error: unknown): boolean {
  if (!(error instanceof TroubleError) || error.trouble.origin !== 'file') return false;
  const { status, code } = error.trouble;
  return status === 403 || status === 404 || EXPIRED_CODES.has(code ?? '');
}

/**
 * A proxy or a store in trouble can answer 200 with nothing at all. Even a gzip of nothing has some bytes, so an empty
 * file is damaged: taken for a good one, it would stand for records that were never read.
 */
async function* notEmpty(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let isEmpty = true;
  for await (const chunk of content) {
    if (chunk.length > 0) isEmpty = false;
    yield chunk;
  }
  if (isEmpty) throw new Error('it is empty');
}

async function* readFile(response: Response, http: HttpRequest): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* gunzipIfGzip(notEmpty(whileNotSilent(response, http)));
  } catch (error) {
    http.deadline.signal.throwIfAborted();
    if (error instanceof TroubleError) throw error;
    const message = `a file of ${http.url.host} is damaged: ${error instanceof Error ? error.message : error}`;
    throw new TroubleError({ origin: 'file', endpoint: ENDPOINT, cause: 'unreadable', message }, { cause: error });
  } finally {
    http.deadline.close();
  }
}

/** The clock runs only while we wait for the other side, not while the records of the last chunk are being stored. */
async function* whileNotSilent(response: Response, http: HttpRequest): AsyncGenerator<Uint8Array, void, undefined> {
  http.deadline.restart();
  for await (const chunk of bodyChunks(response, http)) {
    http.deadline.pause();
    yield chunk;
    http.deadline.restart();
  }
  http.deadline.pause();
}

/** A proxy's page with status 200 would otherwise pass as a file of broken records. */
function refuseHtml(response: Response, { url }: HttpRequest): void {
  if (!/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) return;
  const message = `${url.host} answered with an HTML page instead of a file`;
  throw new TroubleError({ origin: 'file', endpoint: ENDPOINT, cause: 'unreadable', message });
}
