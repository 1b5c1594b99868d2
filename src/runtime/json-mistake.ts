/** Where a text stops being JSON. The messages of `JSON.parse` quote the text, which may be a secret. */

import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** Line and column of the first thing that cannot stand there, and what is wrong with it; or that the text ends too early. */
export function jsonMistake(text: string): string {
  const mistakes: ParseError[] = [];
  try {
    parse(text, mistakes, { disallowComments: true });
  } catch {
    return 'it is nested too deeply';
  }
  const [first] = mistakes;
  if (first === undefined) return 'it holds what JSON does not know';
  const { offset, error } = first;
  if (offset >= text.trimEnd().length) return 'it ends too early';
  const lines = text.slice(0, offset).split(/\r?\n/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}: ${words(printParseErrorCode(error))}`;
}

/** Such as `CommaExpected`, in words. */
function words(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase();
}
