/** Thrown when a target did not accept a message; the text holds no secret. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';

  /**
   * @param isRefusal the target has answered, and does not take this message: others it may take.
   * @param retryAfterMs what it asked to wait, in milliseconds.
   */
  constructor(
    message: string,
    readonly isRefusal: boolean,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Where alerts may be sent. */
export interface SendAccess {
  readonly allowInsecure: boolean;
  /** Hosts of a private network that are allowed (`MIMECAST_ALERT_HOSTS`). */
  readonly alertHosts: ReadonlySet<string>;
}

/** The time in which a target has to accept a message, in milliseconds. */
export const ANSWER_LIMIT_MS = 30_000;
/** So much of an answer is shown. */
export const MOST_SHOWN = 500;
