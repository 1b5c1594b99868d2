import { gzipSync } from 'node:zlib';
import type { Collections } from '../../src/store/collections.js';
import { type Handler, type LocalServer, sendJson, serve } from './local-server.js';
import { type SimulatedSource, type SourceOptions, simulatedSource } from './simulated-source.js';

/** What is served under a file's name: its bytes, an error status, or whatever a handler does. */
export type ServedFile = Uint8Array | number | Handler;

export interface ListedPage {
  /** Names; a value that is none is listed as it is. */
  readonly files: readonly unknown[];
  readonly next?: string;
  readonly isCaughtUp?: boolean;
  /** Put into the answer as it is, over what is made of the rest; `undefined` takes a key out. */
  readonly raw?: Readonly<Record<string, unknown>>;
}

export const gzipOf = (...lines: readonly string[]) => gzipSync(lines.map((line) => `${line}\n`).join(''));
/** What makes a line a record of `av`, besides its time; a time that says nothing. */
export const AV = '"type":"av","aggregateId":"a"';
const TIMELESS = '"timestamp":"redacted"';
export const linesOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => `{${AV},${TIMELESS},"file":"${name}","n":${n}}`);

/** A batch API and its file store, for what the simulator has no fault for. Every listing signs its URLs again. */
export class FileApi {
  /** Pages by the token that they are asked with; the first one has none. */
  readonly pages = new Map<string | undefined, ListedPage>();
  /** A page that `pages` does not have; default an empty one that is caught up. */
  otherPage: ((token: string | undefined) => ListedPage) | undefined;
  readonly files = new Map<string, ServedFile>();
  /** Tokens of all listings, and names of all downloads, in order. */
  readonly listed: (string | undefined)[] = [];
  readonly downloaded: string[] = [];
  /** Signatures below this are refused. */
  validFrom = 0;
  private signature = 0;
  server: LocalServer | undefined;

  static async open(): Promise<FileApi> {
    const api = new FileApi();
    api.server = await serve((received, response) => api.answer(received, response));
    return api;
  }

  /** A source that collects the ten SIEM types from here. */
  async source(collections: Collections, options: SourceOptions = {}): Promise<SimulatedSource> {
    const config = { ...options.config, baseUrl: this.server?.url };
    return simulatedSource(collections, { ...options, config });
  }

  /** What a file of its store is known by. */
  nameOf(file: string): string {
    return `${new URL(this.server?.url ?? '').host}/files/${file}`;
  }

  private answer: Handler = (received, response) => {
    const { path, query } = received;
    if (path.endsWith('/token')) return sendJson(response, 200, { access_token: 't', expires_in: 1_800 });
    if (path.startsWith('/files/')) return this.download(path.slice('/files/'.length), received, response);
    const token = query.get('nextPage') ?? undefined;
    this.listed.push(token);
    const page = this.pages.get(token) ?? this.otherPage?.(token);
    if (page === undefined) return sendJson(response, 200, { value: [], isCaughtUp: true });
    this.signature += 1;
    const value = page.files.map((file) =>
      typeof file === 'string' ? { url: `${this.server?.url}/files/${file}?sig=${this.signature}`, size: 7 } : file,
    );
    const next = page.next === undefined ? {} : { '@nextPage': page.next };
    sendJson(response, 200, { value, ...next, isCaughtUp: page.isCaughtUp ?? false, ...page.raw });
  };

  private download(name: string, ...[received, response]: Parameters<Handler>): void | Promise<void> {
    this.downloaded.push(name);
    const file = this.files.get(name) ?? 404;
    if (Number(received.query.get('sig')) < this.validFrom) return void response.writeHead(403).end();
    if (typeof file === 'function') return file(received, response);
    if (typeof file === 'number') response.writeHead(file).end();
    else response.writeHead(200, { 'content-length': file.length }).end(file);
  }
}
