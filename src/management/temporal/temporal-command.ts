/** Ready-made commands for the Temporal CLI: they reach the server and the namespace that the program itself uses. */

import { Client, type ClientOptions } from '@temporalio/client';

/** Where workflows are. */
export interface TemporalPlace {
  /** Host and port; absent when it is not known, and then left out of commands. */
  readonly address?: string;
  readonly namespace: string;
}

/** A client that knows its server's address: a connection does not tell. */
export class PlacedClient extends Client {
  constructor(
    options: ClientOptions,
    readonly address: string,
  ) {
    super(options);
  }
}

export function placeOf(client: Client): TemporalPlace {
  const { namespace } = client.options;
  return client instanceof PlacedClient ? { address: client.address, namespace } : { namespace };
}

/** What the Temporal CLI takes by itself. */
const DEFAULT_ADDRESSES: readonly string[] = ['localhost:7233', '127.0.0.1:7233'];
const DEFAULT_NAMESPACE = 'default';

/** `--address` and `--namespace`, each with a space before it; empty where the CLI's defaults are right. */
export function placeFlags({ address, namespace }: TemporalPlace): string {
  return `${addressFlag(address)}${namespace === DEFAULT_NAMESPACE ? '' : ` --namespace ${word(namespace)}`}`;
}

/**
 * A whole command.
 *
 * @param command its words, such as `workflow terminate`.
 * @param flags the flags of its own, such as `--workflow-id`, with their values.
 */
export function temporalCommand(
  place: TemporalPlace,
  command: string,
  flags: Readonly<Record<string, string>>,
): string {
  const own = Object.entries(flags).map(([flag, value]) => ` ${flag} ${word(value)}`);
  return `temporal ${command}${placeFlags(place)}${own.join('')}`;
}

export function terminateCommand(place: TemporalPlace, workflowId: string): string {
  return temporalCommand(place, 'workflow terminate', { '--workflow-id': workflowId });
}

/** The same for a namespace that is not there yet, which the command names itself. */
export function namespaceCommand({ address, namespace }: TemporalPlace): string {
  return `temporal operator namespace create${addressFlag(address)} --namespace ${word(namespace)}`;
}

function addressFlag(address: string | undefined): string {
  return address === undefined || DEFAULT_ADDRESSES.includes(address) ? '' : ` --address ${word(address)}`;
}

/** As one word of a shell. */
function word(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
