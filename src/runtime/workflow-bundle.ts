import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { type BundleOptions, bundleWorkflowCode } from '@temporalio/worker';

/**
 * Packs the workflows, with the payload converter, the interceptors and the list of shared modules beside them, into the code that
 * a worker loads.
 *
 * @param workflowsPath the module that exports the workflows, `.ts` or `.js`
 * @param more further options of the bundler
 * @throws Error with the compiler's complaints
 */
export async function bundleWorkflows(workflowsPath: string, more: Partial<BundleOptions> = {}): Promise<string> {
  const complaints: string[] = [];
  const addComplaint = (message: string) => void complaints.push(message);
  const ignore = () => undefined;
  const logger = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: addComplaint, error: addComplaint };
  const beside = (name: string) => join(dirname(workflowsPath), `${name}${extname(workflowsPath)}`);
  const parts = {
    payloadConverterPath: beside('payload-converter'),
    workflowInterceptorModules: ['details', 'own-installation', 'activity-ids', 'priority'].map(beside),
    preloadModules: [beside('preloaded')],
  };
  try {
    return (await bundleWorkflowCode({ workflowsPath, ...parts, logger, ...more })).code;
  } catch (cause) {
    const reasons = [(cause as Error).message, ...complaints].join('\n');
    throw new Error(`the workflows in ${workflowsPath} cannot be bundled: ${reasons}`, { cause });
  }
}

/** Writes the bundle into a file, for `workflowBundle: { codePath }`: the build and the tests make it once. */
export async function writeWorkflowBundle(
  outFile: string,
  workflowsPath: string,
  more?: Partial<BundleOptions>,
): Promise<void> {
  const code = await bundleWorkflows(workflowsPath, more);
  mkdirSync(dirname(outFile), { recursive: true });
  writeFileSync(outFile, code);
}
