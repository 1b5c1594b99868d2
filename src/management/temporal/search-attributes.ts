/** The search attributes that a namespace must know before a source can run in it. */

import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../domain/contract/contract.js';
import { RefusedError } from '../common/errors.js';
import { type TemporalPlace, temporalCommand } from './temporal-command.js';
import { isTemporalDenied } from './temporal-errors.js';

/** Numbers of Temporal's `IndexedValueType`. */
const INDEXED_VALUE_TYPE = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

/**
 * Adds those that are missing. Where even the question is denied, they are taken to be there.
 *
 * @throws RefusedError with the commands for an administrator when adding is not allowed.
 */
export async function ensureSearchAttributes(
  connection: Connection,
  place: TemporalPlace & { readonly address: string },
): Promise<void> {
  const { namespace } = place;
  const missing = await missingIn(connection, namespace);
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]])),
    });
  } catch (error) {
    const commands = missing.map(([name, type]) =>
      temporalCommand(place, 'operator search-attribute create', { '--name': name, '--type': type }),
    );
    const given = missing.map(([name, type]) => `--search-attribute "${name}=${type}"`).join(' ');
    throw new RefusedError(`Search attributes are missing and could not be added (${reasonOf(error)}). Run:`, [
      ...commands,
      `or, on Temporal Cloud: tcld namespace search-attributes add --namespace ${namespace} ${given}`,
    ]);
  }
}

/** gRPC's code for a query that names an unknown attribute. */
const INVALID_ARGUMENT = 3;

type Attribute = readonly [string, keyof typeof INDEXED_VALUE_TYPE];

async function missingIn(connection: Connection, namespace: string): Promise<Attribute[]> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => customAttributes?.[name] === undefined);
  } catch (error) {
    if (!isTemporalDenied(error)) throw error;
    return missingForSearch(connection, namespace);
  }
}

/** Without the right to ask which there are: what a search by them says. Those of which it says nothing are taken to be there. */
async function missingForSearch(connection: Connection, namespace: string): Promise<Attribute[]> {
  const missing: Attribute[] = [];
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) {
    const query = `${name} IS NULL`;
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query });
    } catch (error) {
      if (isGrpcServiceError(error) && error.code === INVALID_ARGUMENT) missing.push([name, type]);
      else if (!isTemporalDenied(error)) throw error;
    }
  }
  return missing;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
