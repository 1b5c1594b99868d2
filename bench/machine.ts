import { cpus, totalmem } from 'node:os';

/** What a benchmark ran on, for people. */
export function machine(): string {
  return `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}
