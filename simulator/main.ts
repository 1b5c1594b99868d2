/** `npm run simulator`: a simulated Mimecast API until it is interrupted. */
import { CommanderError } from 'commander';
import { untilAborted } from '../src/runtime/aborted.js';
import { exitCodeFor, stopOnSignals } from '../src/runtime/stop-signals.js';
import { readCommandLine, simulatorCommand } from './options/command-line.js';
import { SimulatorOptionError } from './options/options.js';
import { type Simulator, startSimulator } from './simulator.js';

const WRONG_USAGE = 2;

function refuse(mistakes: readonly string[]): never {
  for (const mistake of mistakes) console.error(`simulator: ${mistake}`);
  console.error('simulator: --help shows the usage');
  process.exit(WRONG_USAGE);
}

function announce({ url, tenants }: Simulator, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ url, tenants }));
    return;
  }
  console.log(`Simulated Mimecast API at ${url}`);
  for (const { accountId, clientId, clientSecret } of tenants) {
    // For eyes, and not for a log: that is what the programs around it do with secrets, too.
    const secret = process.stdout.isTTY ? `, client secret ${clientSecret}` : '';
    console.log(`  account ${accountId}: client id ${clientId}${secret}`);
  }
  if (options.bucket !== undefined) console.log(`  exports all records to the bucket ${options.bucket.bucket}`);
  console.log(`What it served: ${url}/_simulator/truth?totals=true. Ctrl-C stops it.`);
}

const command = simulatorCommand().exitOverride();
try {
  command.parse();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exit(error.exitCode === 0 ? 0 : WRONG_USAGE);
}
const { options, json, mistakes } = readCommandLine(command);
if (mistakes.length > 0) refuse(mistakes);

let simulator: Simulator | undefined;
// Before it says that Ctrl-C stops it. A start that takes long has nothing to finish.
const stopping = stopOnSignals((signal) => {
  if (simulator === undefined) process.exit(exitCodeFor(signal));
});
try {
  simulator = await startSimulator(options);
} catch (error) {
  if (error instanceof SimulatorOptionError) refuse(error.mistakes);
  console.error(`simulator: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
announce(simulator, json);
await untilAborted(stopping.signal);
try {
  await simulator.close();
  process.exit(0);
} catch (error) {
  console.error('simulator:', error);
  process.exit(1);
}
