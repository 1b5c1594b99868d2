import { readFile } from 'node:fs/promises';
import { RefusedError } from '../management/common/errors.js';

/** The text of a file; `-` reads standard input. @throws RefusedError saying why it cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RefusedError(code === 'ENOENT' ? `There is no file ${file}` : `${file} cannot be read: ${message}`);
  }
}
