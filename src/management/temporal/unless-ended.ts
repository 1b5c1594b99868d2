import { WorkflowNotFoundError } from '@temporalio/client';

/** @returns `undefined` when the workflow that something is asked of has ended meanwhile, or its run has. */
export async function unlessEnded<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
