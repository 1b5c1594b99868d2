/** A bucket named `logs` that lists in pages so short that there are many of them, in the order of bytes or in another. */

import { type LocalServer, type Received, serve } from './local-server.js';

export interface PagedBucketOptions {
  /** Objects of a page. Default 2. */
  readonly pageSize?: number;
  /** Default: by the bytes of the keys. */
  readonly order?: (a: string, b: string) => number;
}

export class PagedBucket {
  private readonly objects = new Map<string, { readonly body: string; readonly time: Date }>();
  private counted = 0;

  private constructor(readonly server: LocalServer) {}

  static async open({ pageSize = 2, order = byBytes }: PagedBucketOptions = {}): Promise<PagedBucket> {
    let bucket: PagedBucket | undefined;
    const server = await serve((request, response) => {
      const { status, etag, body } = bucket?.answer(request, pageSize, order) ?? { status: 503, etag: '', body: '' };
      response.writeHead(status, { etag }).end(body);
    });
    bucket = new PagedBucket(server);
    return bucket;
  }

  put(key: string, body: string, time = new Date()): void {
    this.objects.set(key, { body, time });
  }

  remove(key: string): void {
    this.objects.delete(key);
  }

  /** Prefixes of the listings since it was asked last, one for each page. */
  listed(): string[] {
    const { received } = this.server;
    const fresh = received.slice(this.counted);
    this.counted = received.length;
    return fresh.filter(isListing).map(({ query }) => query.get('prefix') ?? '');
  }

  private answer({ path, query }: Received, pageSize: number, order: (a: string, b: string) => number) {
    const object = this.objects.get(decodeURIComponent(path.replace('/logs/', '')));
    if (object !== undefined) return { status: 200, etag: `"${object.body.length}"`, body: object.body };
    const prefix = query.get('prefix') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort(order);
    const after = query.get('start-after');
    const token = query.get('continuation-token');
    const begin = token === null ? 0 : keys.indexOf(token);
    const rest = keys.slice(begin).filter((key) => after === null || order(key, after) > 0);
    const contents = rest.slice(0, pageSize).map((key) => {
      const { body, time } = this.objects.get(key) ?? { body: '', time: new Date() };
      return `<Contents><Key>${key}</Key><Size>${body.length}</Size><ETag>"${body.length}"</ETag><LastModified>${time.toISOString()}</LastModified></Contents>`;
    });
    const next = rest[pageSize];
    const more = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
    const body = `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`;
    return { status: 200, etag: '', body };
  }
}

function isListing({ path }: Received): boolean {
  return /^\/logs\/?$/.test(path);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
