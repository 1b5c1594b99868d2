/** The polls that are asked for before their time: of all streams, or of some. Requests that come together share a poll. */

import type { StreamName } from '../domain/streams/streams.js';

export type Wanted = 'all' | readonly StreamName[];

export class PollRequests {
  /** How many there were: all, those that the poll of the moment is for, and those whose poll has been made. */
  private asked = 0;
  private serving = 0;
  private served = 0;
  /** What those ask for that no poll has begun for, and those that the poll of the moment is for. */
  private next: Wanted = [];
  private underWay: Wanted = [];

  /** @returns the number of the request. */
  ask(wanted: Wanted): number {
    this.next = union(this.next, wanted);
    this.asked += 1;
    return this.asked;
  }

  /** A poll begins, for all that was asked for until now. @returns what that is. */
  begin(): Wanted {
    this.serving = this.asked;
    this.underWay = union(this.underWay, this.next);
    this.next = [];
    return this.underWay;
  }

  /** The poll has been made. */
  end(): void {
    this.served = this.serving;
    this.underWay = [];
  }

  /** Whether the poll for the request of that number has been made, or a later one. */
  hasServed(request: number): boolean {
    return this.served >= request;
  }

  /** What was asked for and has not been polled; `undefined` when nothing is. */
  get open(): Wanted | undefined {
    return this.asked > this.served ? union(this.underWay, this.next) : undefined;
  }
}

function union(one: Wanted, other: Wanted): Wanted {
  return one === 'all' || other === 'all' ? 'all' : [...new Set([...one, ...other])];
}
