/**
 * Patterns of the keys of objects, as shells write them. They are matched by RE2, in linear time: the libraries for such patterns
 * make regular expressions that backtrack, and `*a*a*a*a*b` takes them half a minute for a key of 200 letters.
 */

import { RE2JS, RE2JSException } from 're2js';

/** What a source says of the keys of its objects. */
export interface KeyPatternLists {
  /** Default: every key. */
  readonly include?: readonly string[];
  /** Default: none. These win over `include`. */
  readonly exclude?: readonly string[];
}

export class KeyPatterns {
  private readonly included: RE2JS | undefined;
  private readonly excluded: RE2JS | undefined;

  /** @throws Error for a pattern with a mistake. */
  constructor({ include, exclude }: KeyPatternLists) {
    this.included = include && oneOf(include);
    this.excluded = exclude && oneOf(exclude);
  }

  wants(key: string): boolean {
    return this.included?.testExact(key) !== false && this.excluded?.testExact(key) !== true;
  }
}

/** @returns what is wrong with a pattern; `undefined` for nothing. */
export function keyPatternMistake(pattern: string): string | undefined {
  if (pattern.startsWith('/')) return 'must not begin with "/", as the keys of objects do not';
  try {
    RE2JS.compile(sourceOf(pattern), RE2JS.DOTALL);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    if (error instanceof RE2JSException)
      return 'must be a pattern such as "logs/**/*.gz"; a range in [ ] is out of order';
    throw error;
  }
}

/** What all keys begin with that match a pattern; nothing where it is for names in every folder. */
export function literalHead(pattern: string): string {
  return pattern.includes('/') ? (/^[^*?[\]{}\\]*/.exec(pattern)?.[0] ?? '') : '';
}

function oneOf(patterns: readonly string[]): RE2JS {
  return RE2JS.compile(patterns.map(sourceOf).join('|'), RE2JS.DOTALL);
}

class PatternError extends Error {}

/** As a regular expression for the whole key. Without a slash, a pattern is one for the name of a file in whatever folder. */
function sourceOf(pattern: string): string {
  const source = new Glob(pattern).source();
  return pattern.includes('/') ? `(?:${source})` : `(?:(?:.*/)?${source})`;
}

class Glob {
  private at = 0;
  private open = 0;

  constructor(private readonly text: string) {}

  /** @throws PatternError for one that is not closed. */
  source(): string {
    let source = '';
    while (this.at < this.text.length) source += this.next();
    if (this.open > 0) throw new PatternError('must have a } for each {');
    return source;
  }

  private next(): string {
    const sign = this.text[this.at] ?? '';
    this.at += 1;
    switch (sign) {
      case '*':
        return this.stars();
      case '?':
        return '[^/]';
      case '[':
        return this.class();
      case '{':
        this.open += 1;
        return '(?:';
      case '}':
        if (this.open === 0) throw new PatternError('must have a { for each }');
        this.open -= 1;
        return ')';
      case ',':
        return this.open > 0 ? '|' : ',';
      case '\\':
        if (this.at >= this.text.length) throw new PatternError('must not end with \\');
        return RE2JS.quote(this.text[this.at++] ?? '');
      default:
        return RE2JS.quote(sign);
    }
  }

  /** Two of them reach over folders; between slashes, also over none. */
  private stars(): string {
    const begun = this.at - 1;
    while (this.text[this.at] === '*') this.at += 1;
    if (this.at - begun === 1) return '[^/]*';
    const isFolders = (begun === 0 || this.text[begun - 1] === '/') && this.text[this.at] === '/';
    if (!isFolders) return '.*';
    this.at += 1;
    return '(?:.*/)?';
  }

  /** A `]` that stands first is one of the signs. */
  private class(): string {
    const isNot = this.text[this.at] === '!' || this.text[this.at] === '^';
    if (isNot) this.at += 1;
    const end = this.text.indexOf(']', this.at + 1);
    if (end === -1) throw new PatternError('must have a ] for each [');
    const signs = this.text.slice(this.at, end).replace(/[\\[\]^&~]/g, '\\$&');
    this.at = end + 1;
    return isNot ? `[^/${signs}]` : `[${signs}]`;
  }
}
