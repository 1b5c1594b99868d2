import { TroubleError } from '../source/failure.js';
import { allowedUrl } from './allowed-url.js';
import { bodyChunks } from './body.js';
import { concealing } from './conceal.js';
import { Deadline } from './deadline.js';
import { refuseErrorContent } from './error-content.js';
import { Damage, DamagedFileError, damageOf } from './file-damage.js';
import { type GunzipOptions, gunzipIfGzip } from './gunzip.js';
import { type HttpRequest, request } from './http.js';
import type { HttpTimes } from './json-call.js';

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
}

const ENDPOINT = 'batch file';
const IDLE_MS = 30_000;
/** Shorter values of an address's query are names and times, which an error may well repeat. */
const SHORTEST_SIGNATURE = 24;
/** A proxy's compression on top would take away the proof that the file came whole. */
const HEADERS = { 'accept-encoding': 'identity' };

/**
 * Begins the download of a batch file. It is not sent the bearer token or anything else of ours: the file is in a
 * store of a third party. Instead of one deadline, which a large file would break, it may not be silent for too long.
 *
 * @throws {TroubleError} with the origin `file`, here or from `bytes`: no answer, an error status, a lost connection, a
 * silence.
 * @throws {DamagedFileError} when something came that is no file, or a damaged one.
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
    headers: HEADERS,
    // The signature that opens the file for whoever has it.
    conceal: concealing([...target.searchParams.values()].filter(({ length }) => length >= SHORTEST_SIGNATURE)),
    endpoint: ENDPOINT,
    origin: 'file',
    deadline,
    ...(blipWaitsMs ? { blipWaitsMs } : {}),
  };
  try {
    const response = await request(http);
    refuseHtml(response, http);
    let isProven = false;
    const onEnd = (proven: boolean) => {
      isProven = proven;
    };
    return { bytes: readFile(response, http, options, onEnd), isProven: () => isProven };
  } catch (error) {
    deadline.close();
    throw error;
  }
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
  if (isEmpty) throw new Damage('foreign', 'it is empty');
}

async function* readFile(
  response: Response,
  http: HttpRequest,
  options: GunzipOptions,
  onEnd: (isProven: boolean) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const content = gunzipIfGzip(notEmpty(whileNotSilent(response, http)), options);
    onEnd(yield* refuseErrorContent(content));
  } catch (error) {
    http.deadline.signal.throwIfAborted();
    if (error instanceof TroubleError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    const message = `a file of ${http.url.host} is damaged: ${what}`;
    throw new DamagedFileError(damageOf(error) ?? 'corrupt', message, { cause: error });
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
  throw new DamagedFileError('foreign', `${url.host} answered with an HTML page instead of a file`);
}
