import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { RefusedError } from '../management/common/errors.js';
import { readText } from './read-text.js';

/** The JSON of a source file; `-` reads standard input. @throws RefusedError saying what is wrong with the file. */
export async function readSourceFile(file: string): Promise<unknown> {
  const text = (await readText(file)).replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedError(`${file} is not JSON: ${jsonMistake(text)}`);
  }
}

/**
 * Line and column of the first thing that cannot stand there, and what is wrong with it; or that the text ends too early.
 * The messages of `JSON.parse` quote the text, which may be a secret.
 */
function jsonMistake(text: string): string {
  const mistakes: ParseError[] = [];
  try {
    parse(text, mistakes, { disallowComments: true });
  } catch {
    return 'it is nested too deeply';
  }
  const [first] = mistakes;
  if (first === undefined) return 'it contains something that is not JSON';
  const { offset, error } = first;
  if (offset >= text.trimEnd().length) return 'it ends too early';
  const lines = text.slice(0, offset).split(/\r?\n/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}: ${words(printParseErrorCode(error))}`;
}

/** Such as `CommaExpected`, in words. */
function words(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase();
}
