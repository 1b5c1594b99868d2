import { isSiemStream, type RecordStream, type StreamName } from '../domain/streams/streams.js';
import { allowedUrl } from '../http-client/allowed-url.js';
import { type Connections, processConnections } from '../http-client/connections.js';
import type { GunzipOptions } from '../http-client/gunzip.js';
import { totalWaitMs } from '../http-client/pace.js';
import { Api } from './api.js';
import { ApiClock } from './api-clock.js';
import { type FileContent, openFile } from './file.js';
import type { HttpTimes } from './json-call.js';
import { checkRecordPage, type RecordPage, type RecordQuery, readRecordPage, recordsCall } from './paged-records.js';
import { type BatchFile, type BatchPage, type BatchQuery, batchListCall, readBatchPage } from './siem.js';
import { type ClientSecret, TokenSource } from './token.js';

export interface MimecastClientOptions extends Omit<HttpTimes, 'clock'> {
  /** `https://api.services.mimecast.com`, or the host of a region. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: ClientSecret;
  /** Permits `http:` and hosts of private networks, as base URL and as file URL. Default false. */
  readonly allowInsecure?: boolean;
}

/** How one file is read; the pace defaults to that of the client. */
export type DownloadOptions = GunzipOptions & Pick<HttpTimes, 'pace'>;

const PROBE_WINDOW_MS = 60_000;

/**
 * Mimecast's API 2.0 for one application. It has no state but the token and the time of the API's clock, so one client
 * serves all streams of a source.
 *
 * Every error is a `RawError`; only the reason of an aborted `signal` is thrown as it is.
 */
export class MimecastClient {
  readonly #tokens: TokenSource;
  readonly #api: Api;
  readonly #clock = new ApiClock();
  readonly #allowInsecure: boolean;
  readonly #connections: Connections;

  /** @throws {RawError} with the origin `configuration` when the base URL may not be called. */
  constructor(private readonly options: MimecastClientOptions) {
    this.#allowInsecure = options.allowInsecure ?? false;
    const origin = 'configuration';
    const baseUrl = allowedUrl(options.baseUrl, { allowInsecure: this.#allowInsecure, origin, endpoint: 'base URL' });
    if (!baseUrl.pathname.endsWith('/')) baseUrl.pathname += '/';
    this.#connections = options.connections ?? processConnections(this.#allowInsecure);
    const times = { ...options, connections: this.#connections, clock: this.#clock };
    this.#tokens = new TokenSource({ ...times, baseUrl });
    this.#api = new Api(baseUrl, this.#tokens, times);
  }

  /**
   * Obtains a new token now, whatever the age of the one at hand: proves that the credentials are good. Rate limits that
   * were met before are tried again.
   */
  async authenticate(signal?: AbortSignal): Promise<void> {
    this.#tokens.invalidate();
    this.#api.forgetLimits();
    await this.#tokens.get(signal);
  }

  /** Whether the host answers a call without a token as the API does. */
  refusesStrangers(signal?: AbortSignal): Promise<boolean> {
    return this.#api.refusesStrangers(signal);
  }

  /**
   * The present by the API's own clock, epoch milliseconds. A token is obtained for it when nothing was asked yet; by our
   * clock, when the API's answers have no `Date` header.
   */
  async present(signal?: AbortSignal): Promise<number> {
    if (!this.#clock.isKnown) await this.#tokens.get(signal);
    return this.#clock.now();
  }

  /** The same without asking for anything: by our own clock before the first answer. */
  now(): number {
    return this.#clock.now();
  }

  /** One page of the batch files of a SIEM type. */
  async listBatchFiles(query: BatchQuery, signal?: AbortSignal): Promise<BatchPage> {
    return readBatchPage(await this.#api.call(batchListCall(query), signal), query.pageSize);
  }

  /** Begins the download of a batch file; see `isExpiredFile` for the errors that a fresh listing cures. */
  async openFile(
    file: Pick<BatchFile, 'url' | 'expiresAt'>,
    signal?: AbortSignal,
    reading: DownloadOptions = {},
  ): Promise<FileContent> {
    const options = {
      ...this.options,
      connections: this.#connections,
      ...reading,
      totalWaitMs: totalWaitMs(file.expiresAt, this.now()),
    };
    return openFile(file.url, { ...options, allowInsecure: this.#allowInsecure }, signal);
  }

  /** One page of audit events, DLP logs or held messages of a window of time. */
  async listRecords(stream: RecordStream, query: RecordQuery, signal?: AbortSignal): Promise<RecordPage> {
    return readRecordPage(stream, await this.#api.call(recordsCall(stream, query), signal));
  }

  /** The cheapest call that proves the permission for a stream: each endpoint is granted separately. */
  async probe(stream: StreamName, signal?: AbortSignal): Promise<void> {
    const to = new Date(await this.present(signal));
    if (isSiemStream(stream)) await this.listBatchFiles({ type: stream, from: to, to, pageSize: 1 }, signal);
    else {
      const from = new Date(to.getTime() - PROBE_WINDOW_MS);
      checkRecordPage(await this.#api.call(recordsCall(stream, { from, to, pageSize: 1 }), signal));
    }
  }
}
