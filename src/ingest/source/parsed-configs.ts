/** The configurations of this worker's sources, read and compiled once for each version. */

import { LRUCache } from 'lru-cache';
import { parseSourceConfig, type SourceConfig } from '../../config/source-config.js';
import { TroubleError } from '../../domain/failures/failure.js';
import { compileChecked, type Rules } from '../../rules/compile.js';
import { RuleMatches } from '../../rules/rule-matches.js';
import type { SourceDocument } from '../../store/sources.js';

export interface ParsedConfig {
  readonly config: SourceConfig;
  /** What becomes of its records before they are stored. */
  readonly rules: Rules;
  /** Which of them match; undefined when there are none. */
  readonly matches: RuleMatches | undefined;
}

/** A hundred large patterns take a second to compile, and some megabytes; so many sources are kept at once. */
const MOST_KEPT = 100;

export class ParsedConfigs {
  private readonly kept = new LRUCache<number, ParsedConfig & { readonly key: string }>({ max: MOST_KEPT });

  constructor(private readonly allowInsecure: boolean) {}

  /** @throws TroubleError with origin `configuration` naming every mistake. */
  of({ _id, version, config, secret }: Pick<SourceDocument, '_id' | 'version' | 'config' | 'secret'>): ParsedConfig {
    const keepSecret = secret !== undefined;
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
    if (!parsed.ok) throw configurationTrouble(`The stored configuration is invalid: ${parsed.mistakes.join('; ')}`);
    const { filters, hashAlgorithm } = parsed.value;
    const rules = compileChecked(filters, hashAlgorithm);
    return { config: parsed.value, rules, matches: rules.isEmpty ? undefined : new RuleMatches() };
  }
}

export function configurationTrouble(message: string): TroubleError {
  return new TroubleError({ origin: 'configuration', code: 'InvalidConfiguration', message });
}
