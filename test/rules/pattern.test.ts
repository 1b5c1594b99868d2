import { describe, expect, test } from 'vitest';
import { applyRules } from '../../src/rules/apply.js';
import { compilePattern } from '../../src/rules/pattern.js';
import { rulesFrom } from './rules-from.js';

function mistakeOf(pattern: string): string | undefined {
  const compiled = compilePattern(pattern);
  return compiled.ok ? undefined : compiled.mistake;
}

test.each([
  ['octal escape', '\\040'],
  ['flags in the middle and at the end', '(?s).*x(?i).*(?s)'],
  ['named groups in both forms', '(?P<a>x)(?<b>y)'],
  ['quotation', '\\Qa.*(\\E('.slice(0, -1)],
  ['classes', '[]a][^]a][[:alpha:]\\d\\pL\\p{Greek}]'],
  ['characters beyond the basic plane', '(😀|[\\x{1F600}-\\x{1F64F}])'],
])('RE2 takes %s', (_, pattern) => {
  expect(mistakeOf(pattern)).toBeUndefined();
});

describe('what RE2 does not take is named, with its position counted from 1', () => {
  test.each([
    ['"a":(?=b)', /^look-ahead "\(\?=" at position 5 is not supported: RE2/],
    ['(?:x)a(?!b)', /^look-ahead "\(\?!" at position 7 is not supported/],
    ['(?<=a)b', /^look-behind "\(\?<=" at position 1 is not supported/],
    ['xx(?<!a)b', /^look-behind "\(\?<!" at position 3 is not supported/],
    ['(?<n>x)(?<!a>)', /^look-behind "\(\?<!" at position 8 is not supported/],
    ['(a)\\1', /^back-reference "\\1" at position 4 is not supported/],
    ['[\\Q1](a)\\9', /^invalid escape sequence "\\Q" at position 2$/],
    ['(a)\\9', /^back-reference "\\9" at position 4/],
    ['(?<n>a)\\k<n>', /^back-reference "\\k" at position 8/],
    ['(?P<n>a)(?P=n)', /^back-reference "\(\?P=n" at position 9/],
    ['b(?>a)', /^atomic group "\(\?>" at position 2/],
    ['ba++', /^possessive quantifier "\+\+" at position 3/],
    ['(a)(?(1)b)', /^conditional group "\(\?\(" at position 4/],
    ['(?#x)', /^comment "\(\?#" at position 1 is not supported in RE2$/],
    ['a\\Z', /^anchor "\\Z" at position 2 .*\\z/],
    ['a\\u0041', /^escape "\\u" at position 2 .*\\x\{/],
    ['(?x)a', /^invalid or unsupported Perl syntax "\(\?x" at position 1$/],
    ['a**', /^invalid nested repetition operator "\*\*" at position 2$/],
    ['a|*b', /^missing argument to repetition operator "\*" at position 3$/],
    ['a{1001}', /^invalid repeat count "\{1001\}" at position 2$/],
    ['a{5,2}', /^invalid repeat count "\{5,2\}" at position 2$/],
    ['x[z-a]', /^invalid character class range "z-a" at position 3$/],
    ['x[[:foo:]]', /^invalid character class range "\[:foo:\]" at position 3$/],
    ['x\\p{Foo}', /^invalid character class range "\\p\{Foo\}" at position 2$/],
    ['(?P<a>x)(?P<a>y)', /^duplicate capture group name "a" at position 13$/],
    ['(?P<a-b>x)', /^invalid named capture "\(\?P<a-b>" at position 1$/],
    ['x(?P<a', /^invalid named capture "\(\?P<a" at position 2$/],
    ['\\d[ab', /^missing closing \] "\[ab" at position 3$/],
    ['ab\\', /^backslash with nothing after it at position 3$/],
    ['a(b)c(d', /^group without its closing \) at position 6$/],
    ['\\((a[(]\\Q(\\E', /^group without its closing \) at position 3$/],
    ['(a)b)c(', /^\) without its opening \( at position 5$/],
    ['\\C', /^invalid escape sequence "\\C" at position 1$/],
    ['(a{1000}){1000}', /^invalid repeat count "\{1000\}" at position 10$/],
    ['é😀(?=b)', /^look-ahead "\(\?=" at position 3/],
  ])('%s', (pattern, mistake) => {
    expect(mistakeOf(pattern)).toMatch(mistake);
  });

  test.each([
    ['much repeated', '\\w{1000}'.repeat(20), 'repeats too much: it is too large'],
    ['much repeated in a short pattern', '(.{0,1000})'.repeat(30), 'repeats too much: it is too large'],
    ['more than RE2 itself takes', '((a{0,100}){0,10}b{0,1000}){1000}', 'expression too large'],
    ['nested', `${'('.repeat(1500)}${')'.repeat(1500)}`, 'expression nests too deeply'],
    ['long', 'x'.repeat(4097), 'has 4097 characters; at most 4096 are allowed'],
  ])('too %s', (_, pattern, mistake) => {
    expect(mistakeOf(pattern)).toBe(mistake);
  });
});

describe('the work grows with the text and no faster', () => {
  /** Looks at characters, which the engine takes with `charCodeAt` alone: the same number in every run. */
  function stepsFor(filterType: string, regexp: string, text: string): number {
    const rules = rulesFrom([{ filterType, regexp }]);
    const { charCodeAt } = String.prototype;
    let steps = 0;
    String.prototype.charCodeAt = function counted(this: string, index: number) {
      steps += 1;
      return charCodeAt.call(this, index);
    };
    try {
      applyRules(rules, text);
    } finally {
      String.prototype.charCodeAt = charCodeAt;
    }
    return steps;
  }

  test.each([
    ['Exclude', '(a+)+$', 'a', '!'],
    ['Exclude', '.*(a|aa)+b.*', 'a', ''],
    ['Exclude', '(a*)*(a*)*(a*)*c', 'a', 'b'],
    ['Mask', '(a+)+$', 'a', '!'],
    ['Mask', '(?:a|aa)+(b)$', 'a', 'b!'],
    ['Mask', '((?:x+x+)+y)', 'x', 'x'],
    ['Hash', '"([^"]*)"', '"ab",', ''],
    ['Mask', '(\\d+)', 'a1', ''],
  ])('%s %s', (filterType, regexp, repeated, end) => {
    // Short texts and long ones are matched by different engines, so each is compared with its like.
    for (const length of [1_000, 2_000, 100_000]) {
      const times = Math.ceil(length / repeated.length);
      const once = stepsFor(filterType, regexp, `${repeated.repeat(times)}${end}`);
      const twice = stepsFor(filterType, regexp, `${repeated.repeat(2 * times)}${end}`);
      expect(once).toBeGreaterThanOrEqual(length);
      expect(twice / once, `at ${length}`).toBeLessThan(2.5);
    }
  });
});
