/** A source for each tenant of a stack's simulator, and what can be told of all of them together. */

import { heldLines } from '../../devstack/held-lines.js';
import type { Stack } from '../../devstack/stack.js';
import { STREAMS } from '../../src/domain/streams/streams.js';
import type { SourceService } from '../../src/management/sources/source-service.js';
import type { Collections } from '../../src/store/collections.js';
import { raw } from './raw-collections.js';
import { openStackServices, tenantFile } from './stack-services.js';
import { until } from './until.js';

export class Tenants {
  private constructor(
    private readonly simulatorUrl: string,
    private readonly service: SourceService,
    private readonly collections: Collections,
    /** By client id. */
    private readonly sourceIds: ReadonlyMap<string, number>,
    readonly close: () => Promise<void>,
  ) {}

  /** Creates the sources, polled each second, and waits until all are healthy. */
  static async start(stack: Stack, count: number): Promise<Tenants> {
    const { service, collections, close } = await openStackServices(stack);
    const sourceIds = new Map<string, number>();
    for (let n = 1; n <= count; n += 1) {
      const { sourceId } = await service.start(tenantFile(n, stack.simulatorUrl, '1s'), 'tenants');
      sourceIds.set(`sim-client-${n}`, sourceId);
    }
    const tenants = new Tenants(stack.simulatorUrl, service, collections, sourceIds, close);
    await until(
      () => tenants.states(),
      (states) => states.every((state) => state === 'Collecting Healthy'),
    );
    return tenants;
  }

  /** State and health of each. */
  async states(): Promise<string[]> {
    return (await this.service.list()).map(({ state, health }) => `${state} ${health}`);
  }

  /** How many have asked the simulator for something since a time, in epoch milliseconds. */
  async polledSince(time: number): Promise<number> {
    const { tenants } = await this.ask<{ tenants: { lastCallAt?: string }[] }>('tenants');
    return tenants.filter(({ lastCallAt }) => Date.parse(lastCallAt ?? '') >= time).length;
  }

  /** Waits for a moment, in the running traffic, at which each stream holds exactly what the simulator does. */
  async expectTruth(): Promise<void> {
    const open = new Set(
      [...this.sourceIds].flatMap(([client, id]) => STREAMS.map((stream) => ({ client, id, stream }))),
    );
    await until(
      async () => {
        const held = new Map((await heldLines(this.simulatorUrl)).map(({ clientId, streams }) => [clientId, streams]));
        for (const one of open) {
          const stored = await raw(this.collections).records(one.stream).countDocuments({ _sourceId: one.id });
          if (stored === held.get(one.client)?.[one.stream]?.held.lines) open.delete(one);
        }
        return [...open].map(({ client, stream }) => `${client} ${stream}`);
      },
      (left) => left.length === 0,
    );
  }

  private async ask<T>(path: string): Promise<T> {
    return (await fetch(`${this.simulatorUrl}/_simulator/${path}`)).json() as Promise<T>;
  }
}
