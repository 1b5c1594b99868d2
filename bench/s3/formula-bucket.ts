/** A bucket whose listing and objects are made by a formula, so that any number of them costs nothing. It counts what is asked. */

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The newest object was written so long ago, in milliseconds, and each one a second after the one before. */
const AGE_MS = 7 * 86_400_000;
const STEP_MS = 1_000;
const PAGE = 1_000;

/** A listing, from its first page to its last. */
export interface Listing {
  readonly begunAt: number;
  endedAt?: number;
  pages: number;
  /** Objects read until the next listing began. */
  objects: number;
}

export class FormulaBucket {
  /** Oldest first. */
  readonly listings: Listing[] = [];
  private readonly newest = Date.now() - AGE_MS;
  private readonly server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bucket');
    const key = decodeURIComponent(pathname.replace(/^\/[^/]*\/?/, ''));
    if (key === '') this.list(searchParams, response);
    else this.hand(numberOf(key), response);
  });

  private constructor(private readonly count: number) {}

  static async open(count: number): Promise<FormulaBucket> {
    const bucket = new FormulaBucket(count);
    await new Promise<void>((resolve) => bucket.server.listen(0, '127.0.0.1', resolve));
    return bucket;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private list(query: URLSearchParams, response: ServerResponse): void {
    const token = query.get('continuation-token');
    const after = query.get('start-after');
    if (token === null) this.listings.push({ begunAt: Date.now(), pages: 0, objects: 0 });
    const listing = this.listings.at(-1);
    if (listing !== undefined) listing.pages += 1;
    const from = after !== null && token === null ? numberOf(after) + 1 : Number(token ?? 0);
    const to = Math.min(this.count, from + PAGE);
    const isLast = to === this.count;
    if (isLast && listing !== undefined) listing.endedAt = Date.now();
    const contents: string[] = [];
    for (let at = from; at < to; at += 1) {
      const { key, time } = this.named(at);
      const size = this.bodyOf(at).length;
      contents.push(
        `<Contents><Key>${key}</Key><LastModified>${time.toISOString()}</LastModified><ETag>"${at}"</ETag><Size>${size}</Size></Contents>`,
      );
    }
    const next = isLast ? '' : `<NextContinuationToken>${to}</NextContinuationToken>`;
    response.setHeader('content-type', 'application/xml');
    response.end(
      `<ListBucketResult><IsTruncated>${!isLast}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    );
  }

  private hand(at: number, response: ServerResponse): void {
    const listing = this.listings.at(-1);
    if (listing !== undefined) listing.objects += 1;
    response.writeHead(200, { etag: `"${at}"` }).end(this.bodyOf(at));
  }

  /** In the order of bytes, as the keys of exports are that begin with the date. */
  private named(at: number): { readonly key: string; readonly time: Date } {
    const time = new Date(this.newest - (this.count - at) * STEP_MS);
    const day = time.toISOString().slice(0, 10).replaceAll('-', '/');
    return { key: `receipt/${day}/${String(at).padStart(9, '0')}.json`, time };
  }

  private bodyOf(at: number): string {
    const { time } = this.named(at);
    const record = {
      ...{ aggregateId: `a${at}`, processingId: `p${at}`, timestamp: time.getTime(), eventType: 'receipt' },
      ...{ senderEnvelope: `sender${at % 97}@example.com`, recipients: `recipient${at % 89}@example.org` },
      ...{ subject: 'A message like many others', messageId: `<${at}@example.com>`, senderIp: '192.0.2.7' },
    };
    return `${JSON.stringify(record)}\n`;
  }
}

function numberOf(key: string): number {
  return Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0);
}
