import { DB, type Store } from './driver.js';

/** Whether MongoDB answers within a time. */
export async function isAnswering({ [DB]: db }: Store, timeoutMS: number): Promise<boolean> {
  try {
    await db.command({ ping: 1 }, { timeoutMS });
    return true;
  } catch {
    return false;
  }
}
