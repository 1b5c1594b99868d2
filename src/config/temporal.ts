/** Where Temporal is, as its own tools are told: `TEMPORAL_*` and the configuration file of the `temporal` CLI. */

import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';

/**
 * Address, TLS, API key and namespace. Defaults: `localhost:7233`, namespace `default`.
 *
 * @throws Error naming what is wrong in the environment or the file.
 */
export function readTemporalConfig(
  env: NodeJS.ProcessEnv = process.env,
): ClientConnectConfig & { readonly address: string } {
  try {
    const config = loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(
        Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
      ),
    });
    const address = config.connectionOptions.address ?? 'localhost:7233';
    return { ...config, connectionOptions: { ...config.connectionOptions, address }, address };
  } catch (error) {
    throw new Error(`Temporal's configuration is wrong: ${error instanceof Error ? error.message : String(error)}`);
  }
}
