/** What commands write that go on for long. */

import { once } from 'node:events';

/** A line of the result, as fast as it is read. */
export async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

/** A line for people, beside the result. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
