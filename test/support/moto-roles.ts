/** Users and roles at a moto server, and whether it asks for them: without that, it takes any keys. */

import type { StaticKeys } from '../../src/s3/client-access.js';
import { S3_REGION } from './s3-server.js';

const ACCOUNT = '123456789012';
/** More actions than a test has: none of them is checked. */
const UNCHECKED = 1_000_000;

type Statement = Readonly<Record<string, unknown>>;

export function userArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:user/${name}`;
}

export class MotoRoles {
  constructor(private readonly endpoint: () => string) {}

  /** @param may assume every role. */
  async newUser(name: string, may: 'assume' | 'nothing'): Promise<StaticKeys> {
    await this.call({ Action: 'CreateUser', UserName: name });
    if (may === 'assume') {
      const policy = policyOf({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
      await this.call({ Action: 'PutUserPolicy', UserName: name, PolicyName: 'assume', PolicyDocument: policy });
    }
    const answer = await this.call({ Action: 'CreateAccessKey', UserName: name });
    const part = (tag: string) => new RegExp(`<${tag}>([^<]+)<`).exec(answer)?.[1] ?? '';
    return { accessKeyId: part('AccessKeyId'), secretAccessKey: part('SecretAccessKey') };
  }

  /** A role that may do everything in S3 and SQS. @param trust which its trust policy has beside `Effect` and `Action`. */
  async newRole(name: string, trust: Statement): Promise<string> {
    const trusting = policyOf({ Effect: 'Allow', Action: 'sts:AssumeRole', ...trust });
    await this.call({ Action: 'CreateRole', RoleName: name, AssumeRolePolicyDocument: trusting });
    const policy = policyOf({ Effect: 'Allow', Action: ['s3:*', 'sqs:*'], Resource: '*' });
    await this.call({ Action: 'PutRolePolicy', RoleName: name, PolicyName: 'read', PolicyDocument: policy });
    return `arn:aws:iam::${ACCOUNT}:role/${name}`;
  }

  /** Lets the server refuse what no policy permits, and signatures that are wrong, while a piece of work is done. */
  async enforced<T>(work: () => Promise<T>): Promise<T> {
    const checkAfter = (actions: number) =>
      this.post('/moto-api/reset-auth', String(actions), { 'content-type': 'text/plain' });
    await checkAfter(0);
    try {
      return await work();
    } finally {
      await checkAfter(UNCHECKED);
    }
  }

  private call(parameters: Readonly<Record<string, string>>): Promise<string> {
    const scope = `x/20260101/${S3_REGION}/iam/aws4_request`;
    return this.post('/', new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=x`,
    });
  }

  private async post(path: string, body: string, headers: Record<string, string>): Promise<string> {
    const answer = await fetch(new URL(path, this.endpoint()), { method: 'POST', body, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`moto answered ${answer.status}: ${text}`);
    return text;
  }
}

function policyOf(statement: Statement): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
