import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

/**
 * Packs the workflows into the one file that a worker loads by `workflowBundle: { codePath }`. It takes seconds, so
 * the build and the tests do it once, not every worker.
 *
 * @param workflowsPath the module that exports the workflows, `.ts` or `.js`
 * @throws Error with the compiler's complaints
 */
export async function writeWorkflowBundle(workflowsPath: string, outFile: string): Promise<void> {
  const complaints: string[] = [];
  const note = (message: string) => void complaints.push(message);
  const ignore = () => undefined;
  const logger = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: note, error: note };
  try {
    const { code } = await bundleWorkflowCode({ workflowsPath, logger });
    mkdirSync(dirname(outFile), { recursive: true });
    writeFileSync(outFile, code);
  } catch (cause) {
    const reasons = [(cause as Error).message, ...complaints].join('\n');
    throw new Error(`the workflows in ${workflowsPath} cannot be bundled: ${reasons}`, { cause });
  }
}
