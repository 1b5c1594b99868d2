/** The bucket that a simulator fills: what is written is never written again. */

import { PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';

export interface BucketTarget {
  readonly bucket: string;
  /** Before all keys, such as `mimecast/`. Default: nothing. */
  readonly prefix?: string;
  /** Default: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, or else AWS. */
  readonly endpoint?: string;
  /** Default: `AWS_REGION`, or else `us-east-1`. */
  readonly region?: string;
  /** Default: the usual ways of AWS: environment, profile, role. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export class WritableBucket {
  readonly #client: S3Client;

  constructor(private readonly target: BucketTarget) {
    const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION = 'us-east-1' } = process.env;
    const { endpoint = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL, region = AWS_REGION, credentials } = target;
    this.#client = new S3Client({
      region,
      // A copy: the SDK notes something in it.
      ...(credentials && { credentials: { ...credentials } }),
      // Stores of others do not know AWS's checksums, and have the bucket in the path.
      ...(endpoint && { endpoint, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    });
  }

  /** @returns false when there is an object of that name. */
  async add(key: string, body: Buffer): Promise<boolean> {
    const { bucket, prefix = '' } = this.target;
    const name = key.slice(key.lastIndexOf('/') + 1);
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: `${prefix}${key}`,
      Body: body,
      IfNoneMatch: '*',
      ContentType: 'application/gzip',
      ContentDisposition: `attachment; filename="${name}"`,
    });
    try {
      await this.#client.send(command);
      return true;
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'PreconditionFailed') return false;
      throw error;
    }
  }

  close(): void {
    this.#client.destroy();
  }
}
