/** The source workflow with other steps than it had: what a deployment without versions does to a running source. */

import { sleep } from '@temporalio/workflow';

export async function mimecastSource(): Promise<void> {
  await sleep('1 day');
}
