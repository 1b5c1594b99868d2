/** Everything one running simulator consists of. There is no state outside of it: several can run in one process. */

import { FileDesk } from './api/file-desk.js';
import { RateLimiter } from './api/rate-limiter.js';
import { CallCounts } from './control/call-counts.js';
import { Faults } from './control/faults.js';
import { Ledger } from './control/ledger.js';
import {
  mistakesOf,
  SimulatorOptionError,
  type SimulatorOptions,
  type SimulatorSettings,
  withDefaults,
} from './options/options.js';
import { Applications } from './protocol/applications.js';
import { Seal } from './protocol/seal.js';
import { FileCache } from './world/file-bytes.js';
import { World } from './world.js';

const CACHE_BYTES = 48 << 20;

export interface Simulation {
  readonly settings: SimulatorSettings;
  readonly world: World;
  readonly applications: Applications;
  readonly seal: Seal;
  readonly ledger: Ledger;
  readonly files: FileCache;
  readonly desk: FileDesk;
  readonly faults: Faults;
  readonly limiter: RateLimiter | undefined;
  readonly calls: CallCounts;
}

/** @throws SimulatorOptionError naming every mistake. */
export async function createSimulation(options: SimulatorOptions): Promise<Simulation> {
  const settings = withDefaults(options);
  const mistakes = mistakesOf(settings);
  if (mistakes.length > 0) throw new SimulatorOptionError(mistakes);
  const world = await World.open(settings);
  const seal = new Seal(settings.seed);
  const files = new FileCache(CACHE_BYTES);
  const ledger = new Ledger(settings.data, world.tenants, settings.clock());
  return {
    settings,
    world,
    applications: new Applications(world.tenants),
    seal,
    ledger,
    files,
    desk: new FileDesk(files, seal, ledger, settings.urlTtlMs),
    faults: new Faults(settings.seed),
    limiter: settings.rateLimit && new RateLimiter(settings.rateLimit),
    calls: new CallCounts(),
  };
}
