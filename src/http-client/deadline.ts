import { RawError } from '../domain/failures/failure.js';

/** What to say when the time is over. */
export interface DeadlineFacts {
  readonly origin: 'mimecast' | 'file';
  readonly endpoint: string;
  readonly message: string;
}

/**
 * A caller's abort signal and a timer, as one signal.
 *
 * The signal's reason is always what should be thrown: the caller's own reason, untouched, so that Temporal recognises a
 * cancellation; or an error with the cause `timeout`. It is wired by hand because Node 20 may collect a signal made by
 * `AbortSignal.any` before it fires.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #onCallerAbort = () => this.#controller.abort(this.caller?.reason);
  #timer: NodeJS.Timeout | undefined;
  #endsAt = Number.POSITIVE_INFINITY;

  /** @param ms whole time of the call, or, with `restart`, the longest silence, in milliseconds. */
  constructor(
    private readonly ms: number,
    private readonly caller: AbortSignal | undefined,
    private readonly facts: DeadlineFacts,
  ) {
    if (caller?.aborted) this.#controller.abort(caller.reason);
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds left; infinite while paused. */
  remainingMs(): number {
    return this.#endsAt - performance.now();
  }

  /** Gives the full time again, from now. */
  restart(): void {
    this.pause();
    if (this.signal.aborted) return;
    this.#endsAt = performance.now() + this.ms;
    this.#timer = setTimeout(() => {
      this.#controller.abort(new RawError({ ...this.facts, cause: 'timeout' }));
    }, this.ms);
  }

  /** Stops the clock, for the time in which it is us who are slow. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#endsAt = Number.POSITIVE_INFINITY;
  }

  /** Ends the watch; a connection that is still open under the signal is closed. */
  close(): void {
    this.pause();
    this.caller?.removeEventListener('abort', this.#onCallerAbort);
    this.#controller.abort();
  }
}
