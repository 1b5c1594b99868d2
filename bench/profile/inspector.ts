/** The CPU profile of another Node process, over its inspector. */

import { setTimeout as pause } from 'node:timers/promises';
import { type MessageEvent, WebSocket } from 'undici';

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

export interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** Node of each sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface Evaluated {
  readonly result: { readonly value: unknown };
}

/** Where Node opens an inspector when it gets SIGUSR1. */
const ADDRESS = 'http://127.0.0.1:9229/json/list';
const LIMIT_MS = 10_000;
const INTERVAL_MICROS = 500;

export class Inspector {
  private calls = 0;
  private readonly waiting = new Map<number, (result: unknown) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }: MessageEvent) => {
      const { id, result } = JSON.parse(String(data));
      this.waiting.get(id)?.(result);
      this.waiting.delete(id);
    });
  }

  /** @throws when the process opens none, as another one has its port. */
  static async open(pid: number): Promise<Inspector> {
    process.kill(pid, 'SIGUSR1');
    const socket = new WebSocket(await address());
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error('the inspector closed the connection')));
    });
    const inspector = new Inspector(socket);
    const { result } = (await inspector.call('Runtime.evaluate', { expression: 'process.pid' })) as Evaluated;
    if (result.value === pid) return inspector;
    socket.close();
    throw new Error(`port 9229 is the inspector of process ${result.value}: end its debugging, and try again`);
  }

  async begin(): Promise<void> {
    await this.call('Profiler.enable');
    await this.call('Profiler.setSamplingInterval', { interval: INTERVAL_MICROS });
    await this.call('Profiler.start');
  }

  async end(): Promise<Profile> {
    const { profile } = (await this.call('Profiler.stop')) as { profile: Profile };
    this.socket.close();
    return profile;
  }

  private call(method: string, params: object = {}): Promise<unknown> {
    this.calls += 1;
    const id = this.calls;
    const answered = new Promise<unknown>((resolve) => this.waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    return answered;
  }
}

async function address(): Promise<string> {
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await pause(100)) {
    const targets = await fetch(ADDRESS).then(
      (answer) => answer.json(),
      () => [],
    );
    const [own] = targets as { webSocketDebuggerUrl: string }[];
    if (own !== undefined) return own.webSocketDebuggerUrl;
  }
  throw new Error('the process opened no inspector on port 9229');
}
