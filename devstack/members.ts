/** The processes that run together and end together: servers, and the programs that use them. */

import { appendFileSync } from 'node:fs';
import type { GuardedProcess } from './guarded-process.js';
import { type Supervised, supervise } from './supervised.js';

type Running = Pick<GuardedProcess, 'pid' | 'exited' | 'stop' | 'wake'>;

/**
 * Starts a process, keeps it running, and has it stopped with the others. What happens to it is also put into its log
 * when that is named: of a crash it can write nothing there itself.
 */
export type Keep = <T extends Running>(
  name: string,
  start: (signal: AbortSignal) => Promise<T>,
  logFile?: string,
) => Promise<Supervised<T>>;

export interface Members {
  readonly keepServer: Keep;
  readonly keepProgram: Keep;
  /** Stops the programs, then the servers. Takes no longer than the grace of the slowest of each, and two seconds. */
  stop(): Promise<void>;
}

/** @param stopping gives up each start, and starts nothing again that ends from then on. */
export function members(onNotice: (text: string) => void, stopping?: AbortSignal): Members {
  const servers: Supervised<Running>[] = [];
  const programs: Supervised<Running>[] = [];
  const keepIn = (kept: Supervised<Running>[]): Keep => {
    return async (name, start, logFile) => {
      const onNews = (text: string) => {
        onNotice(text);
        if (logFile !== undefined) appendNotice(logFile, text);
      };
      const member = await supervise(name, start, onNews, stopping);
      kept.push(member);
      return member;
    };
  };
  return {
    keepServer: keepIn(servers),
    keepProgram: keepIn(programs),
    async stop() {
      // A server that somebody has frozen would keep those waiting that use it.
      for (const member of [...programs, ...servers]) member.wake();
      await Promise.all(programs.splice(0).map((program) => program.stop()));
      await Promise.all(servers.splice(0).map((server) => server.stop()));
    },
  };
}

const WARN = 40;

/** In the shape of the other lines. */
function appendNotice(logFile: string, msg: string): void {
  appendFileSync(logFile, `${JSON.stringify({ level: WARN, time: Date.now(), name: 'stack', msg })}\n`);
}
