/** The processes of a run: each is started again when it ends, can be killed, and tells when it ended by itself. */

import type { GuardedProcess } from '../../../devstack/guarded-process.js';
import { type Supervised, supervise } from '../../../devstack/supervised.js';
import { until } from '../../support/until.js';

type Server = Pick<GuardedProcess, 'pid' | 'exited' | 'stop' | 'wake'>;

/** A process that ended although nobody killed it. */
export interface SelfEnd {
  readonly name: string;
  readonly code: number;
}

export class Member<T extends Server> {
  private running: T | undefined;
  private readonly killed = new Set<number>();

  private constructor(
    readonly name: string,
    private readonly selfEnds: SelfEnd[],
  ) {}

  /**
   * @param start starts the process; each time the same way, so that its address stays
   * @param selfEnds gets an entry for each end that nobody asked for
   */
  static async start<T extends Server>(
    name: string,
    start: () => Promise<T>,
    selfEnds: SelfEnd[],
    onNotice: (text: string) => void,
  ): Promise<{ readonly member: Member<T>; readonly supervised: Supervised<T> }> {
    const member = new Member<T>(name, selfEnds);
    const supervised = await supervise(name, async () => member.watch(await start()), onNotice);
    return { member, supervised };
  }

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.running?.pid;
  }

  /** Sends the signal to the process, once it runs. @throws Error when it does not within a minute */
  async signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP'): Promise<number> {
    const pid = await until(
      () => this.pid,
      (pid) => pid !== undefined,
      { limitMs: 60_000 },
    );
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    if (signal !== 'SIGSTOP') this.killed.add(pid);
    process.kill(pid, signal);
    return pid;
  }

  private watch(server: T): T {
    this.running = server;
    const watching = server.exited.then(({ code, stopped }) => {
      if (this.running === server) this.running = undefined;
      if (!stopped && !this.killed.has(server.pid)) this.selfEnds.push({ name: this.name, code });
    });
    watching.catch(() => undefined);
    return server;
  }
}
