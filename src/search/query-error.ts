/** Thrown when a query cannot be understood. */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  /** @param position of the first character that is wrong, counted from 1. */
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(`${message} (at character ${position})`);
  }
}
