/** The search attributes that a namespace must know before a source can run in it. */

import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../source/contract.js';
import { RefusedError } from './errors.js';

/** Numbers of Temporal's `IndexedValueType`. */
const INDEXED_VALUE_TYPE = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

/** Adds those that are missing. @throws RefusedError with the commands for an administrator when that is not allowed. */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]])),
    });
  } catch (error) {
    const commands = missing.map(
      ([name, type]) =>
        `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${type}`,
    );
    throw new RefusedError(`Search attributes are missing and could not be added (${String(error)}). Run:`, commands);
  }
}
