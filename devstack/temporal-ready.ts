import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

/** Attribute name to type. */
export type SearchAttributeTypes = Readonly<Record<string, 'Keyword' | 'Bool' | 'Datetime'>>;

/** `temporal.api.enums.v1.IndexedValueType`. */
const INDEXED_VALUE_TYPE = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

export interface TemporalTarget {
  address: string;
  namespace: string;
  searchAttributes: SearchAttributeTypes;
  /** Milliseconds since the epoch. */
  deadline: number;
}

/**
 * Waits until the server answers for the namespace and knows the search attributes, adding those that are missing.
 *
 * @throws the last error of the server when that did not happen before the deadline
 */
export async function awaitTemporal(target: TemporalTarget, signal?: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await checkTemporal(target);
      return;
    } catch (error) {
      if (Date.now() > target.deadline || signal?.aborted) throw error;
      await sleep(50);
    }
  }
}

async function checkTemporal({ address, namespace, searchAttributes }: TemporalTarget): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    await connection.withDeadline(Date.now() + 5_000, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      await addMissingSearchAttributes(connection, namespace, searchAttributes);
    });
  } finally {
    await connection.close();
  }
}

/**
 * Registers search attributes, none of which the namespace may have yet. Always needed on the time-skipping test
 * server, where a workflow that sets an unknown one never gets on, and which cannot list those that it has.
 */
export async function addSearchAttributes(
  connection: Pick<Connection, 'operatorService'>,
  namespace: string,
  types: SearchAttributeTypes,
): Promise<void> {
  const searchAttributes = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]] as const),
  );
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** The database of a development server may be older than an attribute. */
async function addMissingSearchAttributes(
  connection: Connection,
  namespace: string,
  types: SearchAttributeTypes,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(types).filter(([name]) => !(name in customAttributes));
  if (missing.length > 0) await addSearchAttributes(connection, namespace, Object.fromEntries(missing));
}
