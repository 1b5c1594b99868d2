/** Starts a simulator in this process: `startSimulator({ historyMs: 3_600_000, rate: 0 })`. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WritableBucket } from './bucket/bucket.js';
import { Delivery } from './bucket/delivery.js';
import type { SimulatorOptions } from './options/options.js';
import type { TenantCredentials } from './protocol/applications.js';
import { createSimulatorServer } from './server.js';
import { createSimulation, type Simulation } from './simulation.js';
import { prepareFiles } from './world/prepare.js';

export interface Simulator {
  /** `http://127.0.0.1:PORT`, the base URL for clients. */
  readonly url: string;
  readonly tenants: readonly TenantCredentials[];
  /** Of `bucket`. */
  readonly delivery: Delivery | undefined;
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
  const delivery = deliveryOf(simulation);
  delivery?.start();
  const closing = new AbortController();
  const prepared = prepare(simulation, closing.signal);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    const ended = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await Promise.all([ended, delivery?.close(), prepared]);
    simulation.world.close();
  };
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    tenants: simulation.applications.all.map(({ credentials }) => credentials),
    delivery,
    close: () => (closed ??= close()),
  };
}

/** What fails here fails again for whoever asks for the file, and is answered there. */
async function prepare({ settings, world: { tenants }, files }: Simulation, signal: AbortSignal): Promise<void> {
  if (settings.prepare)
    await prepareFiles(tenants, files, settings.clock(), signal).catch((error: unknown) =>
      console.error('simulator: log files cannot be prepared:', error),
    );
}

function deliveryOf({ settings: { bucket, clock }, world: { tenants }, files }: Simulation): Delivery | undefined {
  if (bucket === undefined) return undefined;
  let told = '';
  const onError = (error: unknown) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (text !== told) console.error(`simulator: bucket ${bucket.bucket}: ${text}; it is tried again every second`);
    told = text;
  };
  return new Delivery({ bucket: new WritableBucket(bucket), tenants, files, clock, onError });
}
