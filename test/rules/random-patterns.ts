import { RE2JS } from 're2js';
import type { SeededRandom } from '../support/random.js';

const PIECES = [
  ...[
    'a',
    'b',
    'ab',
    'ba',
    'A',
    'é',
    '😀',
    '"',
    ' ',
    '\\.',
    '\\040',
    '\\x{e9}',
    '\\x41',
    '\\pL',
    '\\Qa.*\\E',
    '.',
    '..',
  ],
  ...[
    '.*',
    '.*?',
    '.+',
    'a*',
    'b+?',
    '(?:ab)*',
    '[^"]*',
    '[a-b]',
    '[]a]',
    '[^]a]',
    '[[:alpha:]]',
    '\\w+',
    '\\s',
    '\\n',
  ],
  ...[
    '^',
    '$',
    '\\A',
    '\\z',
    '\\b',
    '\\B',
    '|',
    '(?s)',
    '(?i)',
    '(?m)',
    '(?-s)',
    '(?U)',
    'a{2}',
    '.{1,3}',
    'a?',
    '{,5}',
  ],
] as const;
const ENDS = ['', '', '.*', '.*', '(?s).*', '^.*', '.*?', '(?is).*', '\\A.*', '.*.*'] as const;
const TAILS = ['', '', '.*', '.*', '.*(?s)', '.*$', '.*?', '.*\\z', '(?s).*(?s)', '.*.*'] as const;
const CHARACTERS = ['a', 'b', 'A', 'B', 'é', '😀', '"', ' ', '.', '\n', 'a', 'b', '1'] as const;

/** A right pattern, often with `.*` at its ends, sometimes with alternatives, anchors and flags anywhere. */
export function randomPattern(random: SeededRandom): string {
  for (;;) {
    const pattern = `${random.pick(ENDS)}${randomParts(random, 2)}${random.pick(TAILS)}`;
    if (isRight(pattern)) return pattern;
  }
}

function randomParts(random: SeededRandom, depth: number): string {
  const parts = Array.from({ length: random.between(0, 4) }, () => {
    if (depth === 0 || random.next() < 0.8) return random.pick(PIECES);
    return `${random.pick(['(', '(?:', '(?P<g>', '(?i:'])}${randomParts(random, depth - 1)})${random.pick(['', '', '*', '?'])}`;
  });
  return parts.join('');
}

function isRight(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

export function randomText(random: SeededRandom, most = 12): string {
  return Array.from({ length: random.between(0, most) }, () => random.pick(CHARACTERS)).join('');
}
