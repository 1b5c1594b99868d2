import { RawError } from '../domain/failures/failure.js';

/**
 * What is wrong with a file that did come: it breaks off, its content is not what its
 * checksum stands for, something else came in its place (a proxy's page, an error, nothing), or it unpacks to more than
 * a file may.
 */
export type FileDamage = 'cut' | 'corrupt' | 'foreign' | 'oversized';

/** Thrown within the reading of a file, by those who do not know where it came from. */
export class Damage extends Error {
  override readonly name = 'Damage';

  constructor(
    readonly damage: FileDamage,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Thrown when a file came that cannot be read, or not to its end. */
export class DamagedFileError extends RawError {
  override readonly name = 'DamagedFileError';

  constructor(
    readonly damage: FileDamage,
    /** Where from, and what it is: "files.example.com: it is empty". */
    message: string,
    options?: ErrorOptions,
    /** Of what came in its place, as much as may be kept. */
    readonly text = '',
  ) {
    super({ origin: 'file', endpoint: 'file store', cause: 'unreadable', message }, options);
  }
}

/** What an error of unzipping, or of looking at the content, says of the file; `undefined` for all other errors. */
export function damageOf(error: unknown): FileDamage | undefined {
  if (error instanceof Damage) return error.damage;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^Z_/.test(code)) return undefined;
  return code === 'Z_BUF_ERROR' ? 'cut' : 'corrupt';
}
