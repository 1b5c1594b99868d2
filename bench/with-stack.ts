/** A stack of whole processes, as in `npm start`, in a folder of its own that is removed in the end. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataFolder, openDataFolder } from '../devstack/data-folder.js';
import { type Stack, startStack } from '../devstack/stack.js';

export interface BenchStack {
  readonly stack: Stack;
  readonly data: DataFolder;
  readonly say: (line: string) => void;
}

export async function withStack<T>(
  name: string,
  simulatorArguments: readonly string[],
  work: (bench: BenchStack) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `mimecast-${name}-`));
  const data = openDataFolder(join(folder, 'data'));
  const say = (line: string) => console.error(line);
  try {
    const stack = await startStack({ data, simulatorArguments, onProgress: say });
    try {
      return await work({ stack, data, say });
    } finally {
      await stack.stop();
    }
  } finally {
    data.release();
    rmSync(folder, { recursive: true, force: true });
  }
}
