/** Secrets of webhooks, encrypted again with the first key after the keys were replaced. */

import { type Keyring, SecretError } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import { sealWebhook, staleWebhooks } from '../../store/watchlists.js';

/** Harmless beside others that do the same. @param onError hears of a secret that cannot be had; the others go on. */
export async function sealWebhooks(
  collections: Collections,
  keyring: Keyring,
  onError: (error: unknown) => void,
): Promise<void> {
  for await (const { _id, webhook } of staleWebhooks(collections, keyring.currentPrefix)) {
    if (webhook === undefined) continue;
    try {
      await sealWebhook(collections, _id, webhook.secret, await keyring.renewed(webhook.secret));
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      onError(new SecretError(`Watchlist ${_id}: ${error.message}`));
    }
  }
}
