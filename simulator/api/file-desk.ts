/**
 * The object store that holds the log files: signs their URLs and serves them. A file's path is its identity; the
 * query differs in every listing, as that of a pre-signed URL does.
 */
import { randomBytes } from 'node:crypto';
import type { Ledger } from '../control/ledger.js';
import { hash32 } from '../mail/random.js';
import { type Answer, xml } from '../protocol/answer.js';
import type { Applications } from '../protocol/applications.js';
import { type Call, REGION_PATH } from '../protocol/call.js';
import { ERRORS } from '../protocol/errors.js';
import type { Seal } from '../protocol/seal.js';
import { type FileCache, fileBytes, fileKey } from '../world/file-bytes.js';
import { filePath, fileStem, type LogFile, parseFilePath } from '../world/position.js';
import type { TenantWorld } from '../world/tenant-world.js';

const SECOND = 1000;
const CONTENT_TYPES = ['application/gzip', 'application/octet-stream', 'application/x-gzip'] as const;

/** `20250901T120000Z` */
function amazonTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

function readAmazonTime(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

export interface FileListing {
  readonly url: string;
  /** Bytes of the download. */
  readonly size: number;
  readonly expiry: string;
}

export class FileDesk {
  readonly #cache: FileCache;
  readonly #seal: Seal;
  readonly #ledger: Ledger;
  readonly #urlTtlSeconds: number;

  constructor(cache: FileCache, seal: Seal, ledger: Ledger, urlTtlMs: number) {
    this.#cache = cache;
    this.#seal = seal;
    this.#ledger = ledger;
    this.#urlTtlSeconds = Math.max(1, Math.round(urlTtlMs / SECOND));
  }

  async listing(call: Call, tenant: TenantWorld, file: LogFile): Promise<FileListing> {
    const path = filePath(tenant.accountId, file);
    const lifeMs = this.#urlTtlSeconds * SECOND;
    const signedAt = Math.floor((call.action?.expiredUrl ? call.now - lifeMs - SECOND : call.now) / SECOND) * SECOND;
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Date': amazonTime(signedAt),
      'X-Amz-Expires': String(this.#urlTtlSeconds),
      'X-Amz-Security-Token': randomBytes(12).toString('base64url'),
    });
    query.set('X-Amz-Signature', this.#seal.sign(`${path}?${query}`));
    return {
      url: `${call.baseUrl}${path}?${query}`,
      size: await this.#cache.size(tenant, file),
      expiry: new Date(signedAt + lifeMs).toISOString(),
    };
  }

  async download(call: Call, applications: Applications): Promise<Answer> {
    if (call.headers.authorization !== undefined) {
      const message = 'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter should be specified';
      return xml(400, 'InvalidArgument', message, { ArgumentName: 'Authorization' });
    }
    const refusal = this.#checkSignature(call);
    if (refusal) return refusal;
    if (call.action?.redirect) return redirected(call);
    const named = parseFilePath(call.path);
    const tenant = named && applications.byAccount(named.accountId)?.world;
    const file = named && tenant?.fileAt(named.position, call.now);
    if (!tenant || !file || file.publishedAt < tenant.retainedFrom(call.now)) return ERRORS.s3_not_found();
    if (filePath(tenant.accountId, file) !== call.path) return ERRORS.s3_not_found();

    const stem = fileStem(file);
    const broken = call.action?.malformedLine;
    return {
      status: 200,
      headers: {
        'content-type': CONTENT_TYPES[hash32(stem) % CONTENT_TYPES.length] ?? CONTENT_TYPES[0],
        'content-disposition': `attachment; filename="${stem}.json.gz"`,
      },
      body: broken === undefined ? await this.#cache.bytes(tenant, file) : await withBrokenLine(tenant, file, broken),
      onServed: () => this.#ledger.file(tenant, file),
    };
  }

  #checkSignature(call: Call): Answer | undefined {
    const signature = call.query.get('X-Amz-Signature');
    if (signature === null) return ERRORS.s3_denied();
    const query = new URLSearchParams(call.query);
    query.delete('X-Amz-Signature');
    if (!this.#seal.verify(`${call.path}?${query}`, signature)) {
      return xml(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the one provided.');
    }
    const end = readAmazonTime(query.get('X-Amz-Date') ?? '') + Number(query.get('X-Amz-Expires')) * SECOND;
    return call.now >= end || call.action?.expiredUrl ? ERRORS.s3_expired() : undefined;
  }
}

function redirected({ baseUrl, path, query }: Call): Answer {
  const location = `${baseUrl}${REGION_PATH}${path}?${query}`;
  const answer = xml(307, 'TemporaryRedirect', 'Please re-send this request to the specified temporary endpoint.');
  return { ...answer, headers: { ...answer.headers, location } };
}

/** The same lines with one more that is not JSON, before line `at` (from 0). */
async function withBrokenLine(tenant: TenantWorld, file: LogFile, at: number): Promise<Buffer> {
  const lines = await tenant.lines(file, 'batch');
  const broken = Buffer.from('{"type":"receipt","subject":"cut off in the mid');
  return fileBytes(lines.toSpliced(at, 0, broken), fileKey(tenant, file));
}
