/** `npm run bench -- NAME`: the benchmarks. */

import { Command } from 'commander';
import { runProgram } from '../src/runtime/program.js';
import { fairness } from './fairness.js';
import { idle } from './idle.js';
import { indicators } from './indicators.js';
import { ingest } from './ingest.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import { profile } from './profile.js';
import { recovery } from './recovery.js';
import { replay } from './replay.js';
import { rules } from './rules.js';
import { s3 } from './s3.js';
import { search } from './search.js';
import { workers } from './workers.js';

await runProgram(
  new Command('bench')
    .description('Benchmarks. Speeds are ratios of what was measured in one run, because machines differ.')
    .addCommand(fairness)
    .addCommand(idle)
    .addCommand(indicators)
    .addCommand(ingest)
    .addCommand(latency)
    .addCommand(memory)
    .addCommand(profile)
    .addCommand(recovery)
    .addCommand(replay)
    .addCommand(rules)
    .addCommand(s3)
    .addCommand(search)
    .addCommand(workers),
);
