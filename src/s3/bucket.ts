/** A bucket: its listing page by page, its objects, and new objects written to it. It knows nothing of MongoDB or of records. */

import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { RawError } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';
import { type AccessOptions, ClientAccess } from './client-access.js';
import { type ObjectContent, type ReadLimits, rawContent, readContent } from './object-content.js';
import { refuseInsecure } from './refuse-insecure.js';
import { type S3Call, s3ErrorOf } from './s3-error.js';

export interface BucketOptions extends AccessOptions {
  readonly bucket: string;
  /** Of a store that is not AWS's. */
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  readonly requesterPays?: boolean;
}

export interface OpenOptions extends ReadLimits {
  /** Default: the newest. */
  readonly versionId?: string | undefined;
}

/** An object as a listing names it, or as it tells of itself. */
export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: Date;
}

export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** Of the next page; absent on the last. */
  readonly next?: string;
}

export interface ListQuery {
  readonly prefix: string;
  readonly token?: string | undefined;
  /** Key after which the first page begins. */
  readonly after?: string | undefined;
  /** Default 1,000, S3's own limit. */
  readonly limit?: number;
}

/** An object to write. */
export interface NewObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Name of the file for people who download it: a plain one, without quotes. */
  readonly fileName: string;
  /** Stored with the object, by lower-case names. */
  readonly metadata: Readonly<Record<string, string>>;
}

export class Bucket {
  readonly name: string;
  private client: S3Client;
  private readonly access: ClientAccess;

  /** @throws {RawError} with the origin `configuration` when the endpoint may not be called. */
  constructor(private readonly options: BucketOptions) {
    this.name = options.bucket;
    const { allowInsecure = false } = options;
    if (options.endpoint !== undefined && !allowInsecure) refuseInsecure(options.endpoint, 'the endpoint');
    this.access = new ClientAccess(options, 's3');
    this.client = this.newClient();
  }

  /** One page of the objects whose keys begin with a prefix, in the order of the store, which need not be that of bytes. */
  async list({ prefix, token, after, limit }: ListQuery, signal?: AbortSignal): Promise<ObjectPage> {
    const command = new ListObjectsV2Command({
      Bucket: this.name,
      Prefix: prefix,
      ...this.payer,
      ...present({ ContinuationToken: token, StartAfter: after, MaxKeys: limit }),
    });
    const what = `list ${this.name}/${prefix}`;
    const page = await this.calling(what, signal, () => this.client.send(command, this.sending(signal)));
    // Whatever XML, or HTML, somebody else answers in place of the store would be an empty listing otherwise, and the end of it.
    if ((page.IsTruncated ?? page.KeyCount ?? page.Name) === undefined) {
      throw unreadable(what, `${this.host} answered with something that is not a listing of ${this.name}`);
    }
    const objects = (page.Contents ?? []).map(({ Key = '', ETag = '', Size = 0, LastModified = new Date(0) }) => ({
      key: Key,
      etag: ETag,
      size: Size,
      lastModified: LastModified,
    }));
    if (page.IsTruncated !== true) return { objects };
    const next = page.NextContinuationToken;
    if (next !== undefined && next !== token) return { objects, next };
    throw unreadable(what, `${this.host} does not tell the next page of the listing of ${this.name}`);
  }

  /**
   * Begins to read an object.
   *
   * @throws {RawError} also from its bytes; `NoSuchKey` for one that is gone, `InvalidObjectState` for one in an archive.
   */
  async open(key: string, limits: OpenOptions = {}, signal?: AbortSignal): Promise<ObjectContent> {
    const object = { Bucket: this.name, Key: key, ...this.payer };
    const what = `read ${this.name}/${key}`;
    const get = (which: Partial<GetObjectCommandInput>) =>
      this.calling(what, signal, () =>
        this.client.send(new GetObjectCommand({ ...object, ...which }), this.sending(signal)),
      );
    const answer = await get(present({ VersionId: limits.versionId }));
    const { ETag, VersionId } = answer;
    const same = present({ IfMatch: ETag, VersionId: VersionId === 'null' ? undefined : VersionId });
    const rest = (offset: number) => get({ ...same, Range: `bytes=${offset}-` });
    const explain = (error: unknown) => s3ErrorOf(error, this.call(what));
    const { observer } = this.options;
    const reading = { ...limits, what, host: this.host, rest, explain, ...present({ observer }) };
    return readContent(answer, reading, signal);
  }

  /** How an object, or one version of it, would be listed; `undefined` when it is not there. */
  async look(key: string, versionId?: string, signal?: AbortSignal): Promise<ListedObject | undefined> {
    const version = present({ VersionId: versionId });
    const command = new HeadObjectCommand({ Bucket: this.name, Key: key, ...version, ...this.payer });
    const what = `look at ${this.name}/${key}`;
    try {
      const found = await this.calling(what, signal, () => this.client.send(command, this.sending(signal)));
      const { ETag: etag = '', ContentLength: size = 0, LastModified: lastModified = new Date(0) } = found;
      return { key, etag, size, lastModified };
    } catch (error) {
      // Of a delete marker it is 405 when asked for by its version. A bucket that is missing is told by its listing.
      if (isAnswer(error, 404, 405)) return undefined;
      throw error;
    }
  }

  /**
   * Writes an object unless there is one under its key, in one request: either the whole object is there afterwards, or
   * nothing of it.
   *
   * @returns `exists` if the key is taken, by whatever object.
   */
  async put(
    { key, body, contentType, fileName, metadata }: NewObject,
    signal?: AbortSignal,
  ): Promise<'written' | 'exists'> {
    const command = new PutObjectCommand({
      Bucket: this.name,
      Key: key,
      Body: body,
      ContentLength: body.byteLength,
      ContentType: contentType,
      ContentDisposition: `attachment; filename="${fileName}"`,
      IfNoneMatch: '*',
      Metadata: { ...metadata },
    });
    try {
      await this.calling(`write ${this.name}/${key}`, signal, () => this.client.send(command, this.sending(signal)));
      return 'written';
    } catch (error) {
      if (isAnswer(error, 412)) return 'exists';
      throw error;
    }
  }

  /**
   * Tries whether an object may be written under a key, and writes none: begins an upload in parts, and aborts it. S3 asks
   * for the same permissions as for writing the object, `kms:GenerateDataKey` included, and its answer says what is missing.
   * A HEAD proves nothing about writing, and its answer has no code. A PUT that must fail (`If-Match`, a wrong checksum) writes
   * its object into a store that ignores the condition, and a PUT that succeeds needs `s3:DeleteObject` to be undone. An
   * upload without parts is in no listing of objects, cannot be read, sends no notification, and costs nothing if it stays.
   */
  async tryToWrite(key: string, signal?: AbortSignal): Promise<void> {
    // Some stores make a bucket that is missing. An export does not need the permission to list it.
    await this.list({ prefix: key, limit: 1 }, signal).catch(unlessDenied);
    const object = { Bucket: this.name, Key: key };
    const begin = new CreateMultipartUploadCommand(object);
    const what = `write ${this.name}/${key}`;
    const { UploadId } = await this.calling(what, signal, () => this.client.send(begin, this.sending(signal)));
    const abort = new AbortMultipartUploadCommand({ ...object, UploadId });
    // Nor the permission to abort.
    await this.calling(what, signal, () => this.client.send(abort, this.sending(signal))).catch(unlessDenied);
  }

  /** The metadata of an object; `undefined` if there is none under the key. */
  async metadataOf(key: string, signal?: AbortSignal): Promise<Readonly<Record<string, string>> | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.name, Key: key, ...this.payer });
    const what = `look at ${this.name}/${key}`;
    try {
      const { Metadata = {} } = await this.calling(what, signal, () => this.client.send(command, this.sending(signal)));
      return Metadata;
    } catch (error) {
      if (isAnswer(error, 404)) return undefined;
      throw error;
    }
  }

  /**
   * An object as it lies there, byte for byte. To be iterated at once.
   *
   * @throws {RawError} also from its bytes; `PreconditionFailed` for another version.
   */
  async *bytesOf({ key, etag }: ListedObject, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const what = `read ${this.name}/${key}`;
    const command = new GetObjectCommand({ Bucket: this.name, Key: key, IfMatch: etag, ...this.payer });
    const { Body } = await this.calling(what, signal, () => this.client.send(command, this.sending(signal)));
    yield* rawContent(Body, (error) => s3ErrorOf(error, this.call(what)), signal);
  }

  private async calling<T>(what: string, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (this.access.isOutdated(error)) this.client = this.newClient();
      throw s3ErrorOf(error, this.call(what));
    }
  }

  private newClient(): S3Client {
    return new S3Client({ ...this.access.settings(), ...this.dialect() });
  }

  private sending(signal: AbortSignal | undefined) {
    return present({ abortSignal: signal });
  }

  private get payer() {
    return this.options.requesterPays === true ? { RequestPayer: 'requester' as const } : {};
  }

  /** Stores of others refuse, or do not send, the checksums that AWS's own has. */
  private dialect(): S3ClientConfig {
    const { endpoint, pathStyle = false } = this.options;
    // Bodies are small enough to be sent at once.
    const common = { forcePathStyle: pathStyle, expectContinueHeader: false } as const;
    if (endpoint === undefined) return common;
    const lenient = 'WHEN_REQUIRED' as const;
    return { ...common, endpoint, requestChecksumCalculation: lenient, responseChecksumValidation: lenient };
  }

  private get host(): string {
    return this.url.host;
  }

  private get url(): URL {
    const { endpoint, region } = this.options;
    return new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  }

  private call(what: string): S3Call {
    const { bucket, region } = this.options;
    return { bucket, region, ...this.access.call(what, this.url) };
  }
}

function unlessDenied(error: unknown): void {
  if (!(isAnswer(error, 403) && error.facts.code === 'AccessDenied')) throw error;
}

/** Of the bucket itself, and not of the service where its role is assumed. */
function isAnswer(error: unknown, ...statuses: readonly number[]): error is RawError {
  return error instanceof RawError && error.facts.origin === 's3' && statuses.includes(error.facts.status ?? 0);
}

function unreadable(endpoint: string, message: string): RawError {
  return new RawError({ origin: 's3', endpoint, cause: 'unreadable', message });
}
