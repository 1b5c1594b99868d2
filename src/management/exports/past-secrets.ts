/** Secrets of exports of the past that run, encrypted again with the first key after the keys were replaced. */

import { type Keyring, SecretError } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import { sealPastExport, unsealedPastExports } from '../../store/past-exports.js';

/** Harmless beside others that do the same. @param onError hears of a secret that cannot be had; the others go on. */
export async function sealPastExports(
  collections: Collections,
  keyring: Keyring,
  onError: (error: unknown) => void,
): Promise<void> {
  for await (const { _id, sourceId, secret } of unsealedPastExports(collections, keyring.currentPrefix)) {
    if (secret === undefined) continue;
    try {
      await sealPastExport(collections, _id, secret, await keyring.renewed(secret));
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      onError(new SecretError(`Export ${_id} of source ${sourceId}: ${error.message}`));
    }
  }
}
