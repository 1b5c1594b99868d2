/** Batch files that cannot be read. */

/**
 * `damaged`: it came, broken. `foreign`: something else came in its place. `missing`: the store, or our own rules about
 * addresses, refuse it. `oversized`: it unpacks to more than a file may.
 */
export type FileFault = 'damaged' | 'foreign' | 'missing' | 'oversized';

/** A batch file that cannot be read so far, as the checkpoint keeps it. */
export interface BadFile {
  /** Host and path; the path alone in notes of earlier versions. */
  readonly path: string;
  readonly fault: FileFault;
  /** Failures with this fault, one after the other. */
  readonly attempts: number;
  /** When the first of them was. */
  readonly since: Date;
  /** What the last one said. */
  readonly reason: string;
}
