/**
 * Processing rules as a source's JSON has them (`config.filters`, `config.hashAlgorithm`): Sumo Logic's form.
 *
 * Facts from Sumo Logic's pages "Processing Rules", "Include and Exclude Rules", "Mask Rules", "Hash Rules" and "Use JSON
 * to Configure Sources".
 */

export const FILTER_TYPES = ['Exclude', 'Include', 'Mask', 'Hash'] as const;
export type FilterType = (typeof FILTER_TYPES)[number];

export const HASH_ALGORITHMS = ['MD5', 'SHA-256'] as const;
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** One processing rule as it is configured. */
export interface Filter {
  readonly filterType: FilterType;
  /** Unique within the source, up to 32 characters. */
  readonly name: string;
  /** In RE2's syntax. Of an Exclude or Include it has to match the whole text, else any part of it. */
  readonly regexp: string;
  /** Only of a Mask: what each captured text is replaced by; without a colon. Default, also when empty: `#`. */
  readonly mask?: string;
}

export const DEFAULT_HASH_ALGORITHM: HashAlgorithm = 'MD5';
export const DEFAULT_MASK = '#';
export const MAX_RULES = 100;
/** In characters. */
export const MAX_RULE_NAME = 32;
