import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { exitCodeOf, exitText, type ProcessExit, UnexpectedEnd } from '../src/runtime/process-exit.js';
import { identifyProcess, type ProcessIdentity } from '../src/runtime/process-identity.js';
import { GUARD } from './guard-script.js';
import { lastLines, sizeOf } from './log-tail.js';
import { endGroup, signalGroup } from './process-group.js';

export type { ProcessExit } from '../src/runtime/process-exit.js';

/** What the guard needs to kill a process after its grace, before we do it ourselves. */
const GUARD_SLACK_MS = 2_000;

/** Of the log, when a process has ended unexpectedly. */
const SHOWN_LINES = 15;
/** What Node, Go, mongod and `choosePort` say of a port that another program has. */
const TAKEN = /EADDRINUSE|address already in use|in use by another program/i;

export interface GuardedProcessOptions {
  /** What messages call the process, such as `mongod`. */
  name: string;
  /** Receives the process's output (appended). Default: the output goes where ours goes. */
  logFile?: string;
  /** Added to our own environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** Default: our own working directory. */
  cwd?: string;
  /** Seconds between the polite request to end and the kill. Default 10. */
  graceSeconds?: number;
}

export interface GuardedProcess {
  /** Of the process itself, not of its guard. */
  readonly pid: number;
  /** Process group of it and of all that it starts. */
  readonly group: number;
  /** Resolves once it has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /**
   * Asks it to end, kills it after the grace, and resolves once it is gone, even if it or its guard is frozen. May be
   * called more than once.
   */
  stop(): Promise<void>;
  /** Lets it go on if somebody has frozen it (SIGSTOP). */
  wake(): void;
  /** An error that says that the process ended, how, and with which last words in its log. */
  describeExit(exit: ProcessExit): UnexpectedEnd;
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
  const logStart = logFile === undefined ? 0 : sizeOf(logFile);
  const output = logFile === undefined ? ('inherit' as const) : openLog(logFile);
  const guard = spawn('/bin/sh', ['-c', GUARD, `${name}-guard`, String(graceSeconds), command, ...args], {
    detached: true,
    stdio: ['pipe', output, output, 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (typeof output === 'number') closeSync(output);
  const group = guard.pid ?? 0;

  let stopped = false;
  let server: ProcessIdentity | undefined;
  const exited = (async (): Promise<ProcessExit> => {
    const end = await endOfGuard(guard);
    // Its guard was killed and not itself: nobody else would end it.
    if (end.signal !== null && server !== undefined) await endGroup(group, server, graceSeconds * 1_000);
    return { code: exitCodeOf(end.code, end.signal), stopped };
  })();
  const pid = await reportedPid(guard, name);
  server = identifyProcess(pid);
  // Its own end of the pipe closes whenever it ends first; `exited` tells of that.
  guard.stdin?.on('error', () => guard.stdin?.destroy());
  guard.unref();
  unrefStream(guard.stdin);

  return {
    pid,
    group,
    exited,
    async stop() {
      stopped = true;
      guard.ref();
      guard.stdin?.end();
      const overdue = setTimeout(() => signalGroup(group, 'SIGKILL'), graceSeconds * 1_000 + GUARD_SLACK_MS);
      await exited;
      clearTimeout(overdue);
    },
    wake: () => signalGroup(group, 'SIGCONT'),
    describeExit(exit) {
      const end = (count: number) => (logFile === undefined ? '' : lastLines(logFile, count, logStart));
      const detail = end(SHOWN_LINES) === '' ? '' : `; the end of ${logFile}:\n${end(SHOWN_LINES)}`;
      const message = `${name} ended unexpectedly (${exitText(exit)})${detail}`;
      // mongod says it long before its last word.
      return new UnexpectedEnd(message, TAKEN.test(end(Number.POSITIVE_INFINITY)));
    },
  };
}

interface GuardEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function endOfGuard(guard: ChildProcess): Promise<GuardEnd> {
  return new Promise((resolve) => {
    guard.once('exit', (code, signal) => resolve({ code, signal }));
    guard.once('error', () => resolve({ code: 127, signal: null }));
  });
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
