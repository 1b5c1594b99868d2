import { RawError } from '../domain/failures/failure.js';

/**
 * `partial`: the answer reports an error beside its rows. `paging`: how to go on after it is told in a shape that nobody
 * knows. `short`: the listing ended before all that it promises had come. `full`: it ended with a full page, and tells no
 * total. `circle`: its pages begin again. `endless`: its pages bring nothing new and do not end.
 */
export type Incompleteness = 'partial' | 'paging' | 'short' | 'full' | 'circle' | 'endless';

const CODES: Readonly<Record<Exclude<Incompleteness, 'partial'>, string>> = {
  paging: 'unknown_paging',
  short: 'listing_incomplete',
  full: 'listing_incomplete',
  circle: 'listing_incomplete',
  endless: 'endless_pages',
};

/** An answer that is good as far as it goes: what it holds is stored, but it is not all that was asked for. */
export class IncompleteAnswerError extends RawError {
  override readonly name = 'IncompleteAnswerError';

  constructor(
    readonly incompleteness: Incompleteness,
    facts: RawError['facts'],
  ) {
    super(facts);
  }

  /** An answer whose paging does not add up. */
  static of(
    incompleteness: Exclude<Incompleteness, 'partial'>,
    { endpoint, requestId }: { readonly endpoint: string; readonly requestId?: string | undefined },
    message: string,
  ): IncompleteAnswerError {
    const id = requestId === undefined ? {} : { requestId };
    const code = CODES[incompleteness];
    return new IncompleteAnswerError(incompleteness, { origin: 'mimecast', endpoint, code, message, ...id });
  }
}
