/** So many searches at a time, of the server and of each access key: they share MongoDB with everything else. */

import type { FastifyInstance } from 'fastify';
import { onceClosed } from './once-closed.js';
import { TooManyError } from './request-limit.js';
import { clientAddress } from './transport.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `search`: its answer takes seconds. `stream`: as long as its reader likes. */
    readonly searches?: 'search' | 'stream';
  }
}

export interface SearchLimits {
  readonly most: number;
  readonly mostOfOneKey: number;
  /** Beyond those, so many wait for their turn. */
  readonly waiting: number;
  readonly waitingOfOneKey: number;
}

/** A search asks MongoDB 4 things at a time, and a stream one: together fewer than the connections that there are. */
export const SEARCH_LIMITS: Readonly<Record<'search' | 'stream', SearchLimits>> = {
  search: { most: 8, mostOfOneKey: 4, waiting: 50, waitingOfOneKey: 20 },
  stream: { most: 30, mostOfOneKey: 10, waiting: 0, waitingOfOneKey: 0 },
};
const RETRY_AFTER_S = 2;

/** To be registered after the authentication. */
export function limitSearches(app: FastifyInstance, limits = SEARCH_LIMITS): void {
  const turns = { search: new SearchTurns(limits.search), stream: new SearchTurns(limits.stream) };
  app.addHook('preHandler', async (request, { raw }) => {
    const { searches } = request.routeOptions.config;
    if (searches === undefined) return;
    const turn = turns[searches].ask(request.identity?.accessId ?? clientAddress(request));
    onceClosed(raw, turn.end);
    await turn.begun;
  });
}

interface Turn {
  readonly key: string;
  readonly begin: () => void;
}

export class SearchTurns {
  private readonly running: Turn[] = [];
  private readonly queue: Turn[] = [];

  constructor(private readonly limits: SearchLimits) {}

  /** @throws TooManyError when too many wait. */
  ask(key: string): { readonly begun: Promise<void>; readonly end: () => void } {
    const { waiting, waitingOfOneKey } = this.limits;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const turn = { key, begin };
    const isFree = this.isFreeFor(key);
    if (!isFree && (this.queue.length >= waiting || countOf(this.queue, key) >= waitingOfOneKey))
      throw new TooManyError(RETRY_AFTER_S);
    this.queue.push(turn);
    this.next();
    return { begun, end: () => this.end(turn) };
  }

  private end(turn: Turn): void {
    for (const turns of [this.running, this.queue]) {
      const at = turns.indexOf(turn);
      if (at >= 0) turns.splice(at, 1);
    }
    turn.begin();
    this.next();
  }

  private next(): void {
    for (const turn of [...this.queue]) {
      if (!this.isFreeFor(turn.key)) continue;
      this.queue.splice(this.queue.indexOf(turn), 1);
      this.running.push(turn);
      turn.begin();
    }
  }

  private isFreeFor(key: string): boolean {
    const { most, mostOfOneKey } = this.limits;
    return this.running.length < most && countOf(this.running, key) < mostOfOneKey;
  }
}

function countOf(turns: readonly Turn[], key: string): number {
  return turns.filter((turn) => turn.key === key).length;
}
