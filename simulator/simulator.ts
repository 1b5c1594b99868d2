/** Starts a simulator in this process: `startSimulator({ historyMs: 3_600_000, rate: 0 })`. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SimulatorOptions } from './options/options.js';
import type { TenantCredentials } from './protocol/applications.js';
import { createSimulatorServer } from './server.js';
import { createSimulation } from './simulation.js';

export interface Simulator {
  /** `http://127.0.0.1:PORT`, the base URL for clients. */
  readonly url: string;
  readonly tenants: readonly TenantCredentials[];
  /** Stops the traffic, ends all connections, keeps the world if it has a folder. May be called again. */
  close(): Promise<void>;
}

/**
 * @throws SimulatorOptionError naming every mistake in the options, the data folder or the given records.
 * @throws the system's error if the port can't be had.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulation = await createSimulation(options);
  const server = createSimulatorServer(simulation);
  const { host, port } = simulation.settings;
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    simulation.world.close();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const ended = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await ended;
    simulation.world.close();
  };
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    tenants: simulation.applications.all.map(({ credentials }) => credentials),
    close: () => (closed ??= close()),
  };
}
