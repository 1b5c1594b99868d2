/** The configurations of this worker's sources, read and compiled once for each version. */

import { LRUCache } from 'lru-cache';
import { parseSourceConfig, type SourceConfig } from '../../config/source-config.js';
import { RawError } from '../../domain/failures/failure.js';
import { compileChecked, type Rules } from '../../rules/compile.js';
import { MatchCounts } from '../../rules/match-counts.js';
import type { SourceDocument } from '../../store/sources.js';

export interface ParsedConfig {
  readonly config: SourceConfig;
  /** What becomes of its records before they are stored. */
  readonly rules: Rules;
  /** Which of them match; undefined when there are none. */
  readonly matches: MatchCounts | undefined;
}

/** A hundred large patterns take a second to compile, and some megabytes; so many sources are kept at once. */
const MAX_CACHED = 100;

export class ParsedConfigs {
  private readonly kept = new LRUCache<number, ParsedConfig & { readonly key: string }>({ max: MAX_CACHED });

  constructor(private readonly allowInsecure: boolean) {}

  /** @throws RawError with origin `configuration` naming every mistake. */
  of({
    _id,
    version,
    config,
    secret,
    exportSecret,
  }: Pick<SourceDocument, '_id' | 'version' | 'config' | 'secret' | 'exportSecret'>): ParsedConfig {
    const keepSecret = secret !== undefined || exportSecret !== undefined;
    const key = JSON.stringify([version, keepSecret, config]);
    const known = this.kept.get(_id);
    const parsed = known?.key === key ? known : { ...this.parsed(config, keepSecret), key };
    this.kept.set(_id, parsed);
    return parsed;
  }

  forget(sourceId: number): void {
    this.kept.delete(sourceId);
  }

  private parsed(stored: SourceDocument['config'], keepSecret: boolean): ParsedConfig {
    const parsed = parseSourceConfig(stored, { allowInsecure: this.allowInsecure, keepSecret });
    if (!parsed.ok) throw configurationError(`The stored configuration is invalid: ${parsed.mistakes.join('; ')}`);
    const { filters, hashAlgorithm } = parsed.value;
    const rules = compileChecked(filters, hashAlgorithm);
    return { config: parsed.value, rules, matches: rules.isEmpty ? undefined : new MatchCounts() };
  }
}

export function configurationError(message: string): RawError {
  return new RawError({ origin: 'configuration', code: 'InvalidConfiguration', message });
}
