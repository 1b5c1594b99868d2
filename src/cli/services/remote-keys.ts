/** The access keys of a management server, asked of itself. */

import { present } from '../../domain/present.js';
import type { KeyWish, NewKey, ShownKey } from '../../management/keys/api-key-service.js';
import type { ApiRole } from '../../store/api-keys.js';
import type { ApiClient } from './api-client.js';
import type { KeyCommands } from './command-services.js';

interface Told {
  readonly id: string;
  readonly role: ApiRole;
  readonly label: string;
  readonly createdAt: string;
  readonly createdBy?: string;
  readonly expiresAt?: string;
  readonly lastUsedAt?: string;
}

export class RemoteKeys implements KeyCommands {
  constructor(private readonly api: ApiClient) {}

  async create(wish: KeyWish): Promise<NewKey> {
    const { key: accessKey, ...made } = await this.api.call<Told & { readonly key: string }>(
      'POST',
      'accessKeys',
      wish,
    );
    return { ...keyOf(made), accessKey };
  }

  async list(): Promise<ShownKey[]> {
    return (await this.api.call<{ readonly data: readonly Told[] }>('GET', 'accessKeys')).data.map(keyOf);
  }

  async remove(accessId: string): Promise<Pick<ShownKey, 'accessId'>> {
    await this.api.call('DELETE', `accessKeys/${encodeURIComponent(accessId)}`);
    return { accessId };
  }
}

function keyOf({ id, role, label, createdAt, createdBy, expiresAt, lastUsedAt }: Told): ShownKey {
  const at = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  return {
    ...{ accessId: id, role, label, createdAt: new Date(createdAt) },
    ...present({ createdBy, expiresAt: at(expiresAt), lastUsedAt: at(lastUsedAt) }),
  };
}
