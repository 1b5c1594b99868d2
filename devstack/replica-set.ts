import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, MongoClient, MongoServerError } from 'mongodb';

export const REPLICA_SET = 'rs0';

/** Error codes of `replSetGetStatus`, from MongoDB's error_codes.yml. */
const NOT_YET_INITIALIZED = 94;
const INVALID_CONFIG = 93;

/**
 * Makes a lone mongod the primary of its own replica set, whatever it was before: new, restarted, or restarted on
 * another port than the one its stored configuration names.
 *
 * @param deadline milliseconds since the epoch
 * @throws Error when it is no primary by then
 */
export async function becomePrimary(port: number, deadline: number, signal?: AbortSignal): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: Math.max(1_000, deadline - Date.now()),
  });
  signal?.addEventListener('abort', () => void client.close());
  try {
    const admin = client.db('admin');
    const run = (command: Document) => admin.command(command);
    const status = await replicaStatus(run);
    if (status === NOT_YET_INITIALIZED) {
      await run({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host: `127.0.0.1:${port}` }] } });
    } else {
      await renameMember(run, port);
    }
    while (!(await run({ hello: 1 })).isWritablePrimary) {
      if (Date.now() > deadline) throw new Error('mongod runs but did not become the primary of its replica set');
      await sleep(20);
    }
  } finally {
    await client.close();
  }
}

type Run = (command: Document) => Promise<Document>;

/** 0 when the replica set works, else the code of the error that says why not. */
async function replicaStatus(run: Run): Promise<number> {
  try {
    await run({ replSetGetStatus: 1 });
    return 0;
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    if (error.code === NOT_YET_INITIALIZED || error.code === INVALID_CONFIG) return error.code;
    throw error;
  }
}

/** The stored configuration keeps the address of the last run; a member that does not find itself in it is nobody. */
async function renameMember(run: Run, port: number): Promise<void> {
  const host = `127.0.0.1:${port}`;
  const { config } = await run({ replSetGetConfig: 1 });
  const members: Document[] = config.members;
  if (members.length === 1 && members[0]?.host === host) return;
  await run({ replSetReconfig: { ...config, members: [{ ...members[0], host }] }, force: true });
}
