import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { lastLines } from './log-tail.js';

/**
 * Holds the read end of a pipe whose other end is ours, and nothing else holds that other end. However we end
 * (a clean exit, a crash, SIGKILL), the kernel closes it, `read` returns, and the server is told to stop.
 *
 * `$1` is the grace in seconds, the rest is the command. File descriptor 3 reports the server's pid.
 * A background job of a shell without job control gets /dev/null as standard input, hence the copy on 4.
 * `wait` returns early when a trapped signal arrives, hence the loop.
 */
const GUARD = `
grace=$1; shift
exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
server=$!
trap 'kill -TERM "$server" 2>/dev/null' TERM INT HUP
echo "$server" >&3
exec 3>&-
(
  trap - TERM INT HUP
  while read -r _ <&4; do :; done
  kill -TERM "$server" 2>/dev/null
  while [ "$grace" -gt 0 ] && kill -0 "$server" 2>/dev/null; do sleep 1; grace=$((grace - 1)); done
  kill -KILL "$server" 2>/dev/null
) >/dev/null 2>&1 &
watcher=$!
exec 4<&-
while :; do
  wait "$server"; code=$?
  kill -0 "$server" 2>/dev/null || break
done
kill -TERM "$watcher" 2>/dev/null
exit "$code"
`;

export interface GuardedProcessOptions {
  /** What messages call the process, such as `mongod`. */
  name: string;
  /** Receives the process's output (appended). Default: the output goes where ours goes. */
  logFile?: string;
  /** Added to our own environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** Default: our own working directory. */
  cwd?: string;
  /** Seconds between the polite request to end and the kill, whoever asks. Default 10. */
  graceSeconds?: number;
}

export interface ProcessExit {
  /** Exit code; 128 + signal number when a signal ended it, as a shell reports it. */
  code: number;
  /** Whether it ended because of `stop()`. */
  stopped: boolean;
}

export interface GuardedProcess {
  /** Of the process itself, not of its guard. */
  readonly pid: number;
  /** Resolves once it has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Asks it to end, kills it after the grace, and resolves once it is gone. May be called more than once. */
  stop(): Promise<void>;
  /** An error that says that the process ended, how, and with which last words in its log. */
  describeExit(exit: ProcessExit): Error;
}

/**
 * Starts a process that cannot outlive this one, however this one ends. It runs in a session of its own, so that a
 * Ctrl-C in the terminal reaches only us and we decide the order in which things stop. It does not keep our event
 * loop alive by itself.
 *
 * @throws Error when the program cannot be started
 */
export async function spawnGuarded(
  command: string,
  args: readonly string[],
  options: GuardedProcessOptions,
): Promise<GuardedProcess> {
  const { name, logFile, graceSeconds = 10 } = options;
  if (process.platform === 'win32') throw new Error(`${name} can only be started on Linux or macOS`);
  const output = logFile === undefined ? ('inherit' as const) : openLog(logFile);
  const guard = spawn('/bin/sh', ['-c', GUARD, `${name}-guard`, String(graceSeconds), command, ...args], {
    detached: true,
    stdio: ['pipe', output, output, 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (typeof output === 'number') closeSync(output);

  let stopped = false;
  const exited = new Promise<ProcessExit>((resolve) => {
    guard.once('exit', (code) => resolve({ code: code ?? 1, stopped }));
    guard.once('error', () => resolve({ code: 127, stopped }));
  });
  const pid = await reportedPid(guard, name);
  // Its own end of the pipe closes whenever it ends first; `exited` tells of that.
  guard.stdin?.on('error', () => guard.stdin?.destroy());
  guard.unref();
  unrefStream(guard.stdin);

  return {
    pid,
    exited,
    async stop() {
      stopped = true;
      guard.ref();
      guard.stdin?.end();
      await exited;
    },
    describeExit({ code }) {
      const lines = logFile === undefined ? '' : lastLines(logFile, 15);
      const detail = lines === '' ? '' : `; the end of ${logFile}:\n${lines}`;
      return new Error(`${name} ended unexpectedly (exit code ${code})${detail}`);
    },
  };
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, 'a');
}

async function reportedPid(guard: ChildProcess, name: string): Promise<number> {
  const report = guard.stdio[3] as Readable;
  return new Promise<number>((resolve, reject) => {
    let text = '';
    guard.once('error', (cause) => reject(new Error(`${name} could not be started: ${cause.message}`, { cause })));
    report.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    report.once('close', () => {
      const pid = Number.parseInt(text, 10);
      if (Number.isInteger(pid)) resolve(pid);
      else reject(new Error(`${name} could not be started: its guard ended before it reported a process`));
    });
  });
}

/** The typings of a child's pipe leave out `unref`, which the sockets behind it have. */
function unrefStream(stream: unknown): void {
  if (typeof stream === 'object' && stream !== null && 'unref' in stream && typeof stream.unref === 'function') {
    stream.unref();
  }
}
