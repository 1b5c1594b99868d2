import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { RefusedError } from '../management/common/errors.js';

/** The text of a file; `-` reads standard input. @throws RefusedError saying why it cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    // The file /dev/stdin cannot be opened where it is a socket, or a pipe of another user.
    return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RefusedError(code === 'ENOENT' ? `There is no file ${file}` : `${file} cannot be read: ${message}`);
  }
}
