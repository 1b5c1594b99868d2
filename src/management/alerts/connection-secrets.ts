/** Targets of alert connections, encrypted again with the first key after the keys were replaced. */

import { type Keyring, SecretError } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import { sealConnection, staleConnections } from '../../store/connections.js';

/** Harmless beside others that do the same. @param onError hears of a secret that cannot be had; the others go on. */
export async function sealConnections(
  collections: Collections,
  keyring: Keyring,
  onError: (error: unknown) => void,
): Promise<void> {
  for await (const { _id, name, target } of staleConnections(collections, keyring.currentPrefix)) {
    try {
      await sealConnection(collections, _id, target, await keyring.renewed(target));
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      onError(new SecretError(`Alert connection ${name}: ${error.message}`));
    }
  }
}
