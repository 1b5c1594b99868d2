/** Where Temporal is, as its own tools are told: `TEMPORAL_*` and the configuration file of the `temporal` CLI. */

import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';

/**
 * Address, TLS, API key and namespace. Defaults: `localhost:7233`, namespace `default`.
 *
 * @throws Error naming what is wrong in the environment or the file, without quoting what may be a key.
 */
export function readTemporalConfig(
  env: NodeJS.ProcessEnv = process.env,
): ClientConnectConfig & { readonly address: string } {
  try {
    const config = loadClientConnectConfig({ overrideEnvVars: settingsOf(env) });
    refuseUnsendable(config.connectionOptions);
    const address = config.connectionOptions.address ?? 'localhost:7233';
    return { ...config, connectionOptions: { ...config.connectionOptions, address }, address };
  } catch (error) {
    throw new Error(`Invalid Temporal configuration: ${reasonOf(error)}`);
  }
}

/** What is set, and not empty. A mounted secret often ends with a line end that is no part of it. */
function settingsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const settings = Object.entries(env).map(([name, value = '']) => [name, IS_SENT.test(name) ? value.trim() : value]);
  return Object.fromEntries(settings.filter(([, value]) => value !== ''));
}

const IS_SENT = /^TEMPORAL_(API_KEY$|GRPC_META_)/;
/** What gRPC takes as the value of a header; of any other its own error quotes the value. */
const SENDABLE = /^[ -~]*$/;

function refuseUnsendable({ apiKey, metadata }: ClientConnectConfig['connectionOptions']): void {
  const sent = { ...metadata, 'the API key': apiKey };
  const wrong = Object.entries(sent).find(([, value]) => typeof value === 'string' && !SENDABLE.test(value));
  if (wrong !== undefined) throw new Error(`${wrong[0]} contains a character that is not allowed in a header`);
}

/** A file that is no TOML is quoted below the first line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [reason = ''] = error.message.split('\n');
  return 'line' in error && 'column' in error ? `${reason} (line ${error.line}, column ${error.column})` : reason;
}
