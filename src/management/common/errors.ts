/** Thrown when a request is refused for a reason that the person who made it can mend; the message says how. */
export class RefusedError extends Error {
  override readonly name: string = 'RefusedError';

  /** @param mistakes each mistake of an invalid configuration, if that is the reason. */
  constructor(
    message: string,
    readonly mistakes: readonly string[] = [],
  ) {
    super([message, ...mistakes].join('\n  '));
  }
}

/** A refusal with the status and the code that the management API answers it with. */
export class CodedRefusal extends RefusedError {
  override readonly name = 'CodedRefusal';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    mistakes: readonly string[] = [],
  ) {
    super(message, mistakes);
  }
}
