/**
 * Tells people of health events: again and again stores what is to be told, and sends what is due. Each connection is sent
 * to by itself, so that a target that is away or slow holds up no other.
 */

import type { Collections } from '../store/collections.js';
import { listConnections } from '../store/connections.js';
import { connectionsWithDue, deleteNotifications } from '../store/notifications.js';
import { type Delivery, deliverDue } from './deliver.js';
import { storeNotifications } from './told.js';

export class AlertRounds {
  private readonly closing = new AbortController();
  /** What is being sent, by connection. */
  private readonly lanes = new Map<string, Promise<void>>();
  private hasIndexes = false;

  constructor(private readonly delivery: Delivery) {}

  /** @param onError hears of what goes wrong while messages are being sent. @throws what the store throws */
  async round(onError: (error: unknown) => void): Promise<void> {
    const { collections, now } = this.delivery;
    // A program with the name of another installation is not to act for this one.
    await collections.installation();
    await this.ensureIndexes(collections);
    const connections = await listConnections(collections);
    await storeNotifications(collections, connections, new Date(now()));
    const known = new Set(connections.map(({ _id }) => _id));
    for (const connectionId of await connectionsWithDue(collections, new Date(now()))) {
      if (!known.has(connectionId)) await deleteNotifications(collections, connectionId);
      else this.deliver(connectionId, onError);
    }
  }

  /** Settles once nothing is being sent. */
  async idle(): Promise<void> {
    while (this.lanes.size > 0) await Promise.all(this.lanes.values());
  }

  /** What is being sent is broken off, and is sent again by the next one. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.idle();
  }

  private deliver(connectionId: string, onError: (error: unknown) => void): void {
    const { signal } = this.closing;
    if (this.lanes.has(connectionId) || signal.aborted) return;
    const lane = deliverDue(this.delivery, connectionId, signal)
      .catch(onError)
      .finally(() => this.lanes.delete(connectionId));
    this.lanes.set(connectionId, lane);
  }

  private async ensureIndexes(collections: Collections): Promise<void> {
    if (this.hasIndexes) return;
    await collections.ensureIndexes();
    this.hasIndexes = true;
  }
}
