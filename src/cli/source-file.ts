import { readFile } from 'node:fs/promises';
import { RefusedError } from '../management/common/errors.js';
import { jsonMistake } from '../runtime/json-mistake.js';

/** The JSON of a source file; `-` reads standard input. @throws RefusedError saying what is wrong with the file. */
export async function readSourceFile(file: string): Promise<unknown> {
  const text = (await readText(file)).replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedError(`${file} is not JSON: ${jsonMistake(text)}`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RefusedError(code === 'ENOENT' ? `There is no file ${file}` : `${file} cannot be read: ${message}`);
  }
}
