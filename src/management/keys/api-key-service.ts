/** The access keys of the management API. Only their hashes are stored. */

import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { present } from '../../domain/present.js';
import { type ApiKeyDocument, type ApiRole, addKey, allKeys, removeKey, storedKey } from '../../store/api-keys.js';
import type { Collections } from '../../store/collections.js';
import { deleteSessionsOf } from '../../store/sessions.js';
import { audited, CLI_ACTOR, DONE_BY_ANOTHER } from '../audited.js';
import { alreadyExpired, unknownKey } from '../refusals.js';

export interface ShownKey {
  readonly accessId: string;
  readonly role: ApiRole;
  readonly label: string;
  readonly createdAt: Date;
  /** Who made it: an access ID, or `cli`. Absent in keys of earlier versions. */
  readonly createdBy?: string;
  /** It works until then. Absent: until it is deleted. */
  readonly expiresAt?: Date;
  /** To within five minutes. Absent: never. */
  readonly lastUsedAt?: Date;
}

export interface KeyWish {
  readonly role: ApiRole;
  readonly label?: string;
  /** Default: it works until it is deleted. */
  readonly expiresAt?: Date | undefined;
}

export interface NewKey extends ShownKey {
  /** Told once, and nowhere stored. */
  readonly accessKey: string;
}

const HASH_BYTES = 32;
const deriveKey = promisify<string, Buffer, number, Buffer>(scrypt);

/** scrypt with Node's defaults (N 16384, r 8, p 1): about 50 ms and 16 MiB. */
export function hashOf(accessKey: string, salt: string): Promise<Buffer> {
  return deriveKey(accessKey, Buffer.from(salt, 'hex'), HASH_BYTES);
}

export class ApiKeyService {
  constructor(private readonly collections: Collections) {}

  /** @returns the only time that the access key is told. @throws CodedRefusal 400 when it would not work any more */
  async create({ role, label = '', expiresAt }: KeyWish, actor = CLI_ACTOR): Promise<NewKey> {
    const createdAt = new Date();
    if (expiresAt !== undefined && expiresAt <= createdAt) throw alreadyExpired(expiresAt);
    const accessId = `mc${randomBytes(7).toString('hex')}`;
    const accessKey = randomBytes(32).toString('base64url');
    const salt = randomBytes(16).toString('hex');
    const hash = (await hashOf(accessKey, salt)).toString('hex');
    const key: ApiKeyDocument = {
      ...{ _id: accessId, hash, salt, role, label, createdAt, createdBy: actor },
      ...present({ expiresAt }),
    };
    const to = shown(key);
    await audited(this.collections, { actor, action: 'key.create', name: accessId, to }, async () => ({
      result: await addKey(this.collections, key),
    }));
    return { ...to, accessKey };
  }

  async list(): Promise<ShownKey[]> {
    return (await allKeys(this.collections)).map(shown);
  }

  /** Servers forget it within a minute. @throws CodedRefusal 404 when there is none. */
  async remove(accessId: string, actor = CLI_ACTOR): Promise<ShownKey> {
    const key = await storedKey(this.collections, accessId);
    if (key === null) throw unknownKey(accessId);
    const from = shown(key);
    await audited(this.collections, { actor, action: 'key.delete', name: accessId, from }, async () => {
      const isMine = await removeKey(this.collections, accessId);
      await deleteSessionsOf(this.collections, accessId);
      return { result: undefined, ...(isMine ? {} : { mark: DONE_BY_ANOTHER }) };
    });
    return from;
  }

  /** Makes an administrator's key when there is no key at all. */
  async ensureFirst(): Promise<NewKey | undefined> {
    if ((await this.list()).length > 0) return undefined;
    return this.create({ role: 'administrator', label: 'made by npm start' });
  }
}

function shown({ _id, hash: _, salt: __, ...key }: ApiKeyDocument): ShownKey {
  return { accessId: _id, ...key };
}
