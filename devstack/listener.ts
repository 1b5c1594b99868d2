/** Who listens on a port: our own process, or a stranger that was quicker and whose server would answer instead. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Of the first pause between two looks, and of the longest: each look reads the kernel's whole table of connections. */
const [LOOK_MS, LONGEST_LOOK_MS] = [50, 250];
/** Recovery after a kill takes its time; longer than this it does not. */
const LISTEN_LIMIT_MS = 120_000;

/**
 * Waits until a process of the group listens on the TCP port.
 *
 * @param limitMs how long at most; default two minutes.
 * @throws the reason of the signal when that is aborted, and Error when nobody listens in time.
 */
export async function untilListening(
  group: number,
  port: number,
  signal: AbortSignal,
  limitMs = LISTEN_LIMIT_MS,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (let pauseMs = LOOK_MS; !(await isListening(group, port)); pauseMs = Math.min(LONGEST_LOOK_MS, 1.5 * pauseMs)) {
    if (Date.now() > deadline) throw new Error(`it is running, but does not listen on port ${port}`);
    await pause(pauseMs, undefined, { signal });
  }
}

/** Whether a process of the group listens on the TCP port; true where the system does not tell. */
export function isListening(group: number, port: number): Promise<boolean> {
  return process.platform === 'linux' ? Promise.resolve(isListeningOnLinux(group, port)) : askLsof(group, port);
}

function isListeningOnLinux(group: number, port: number): boolean {
  const wanted = new Set(listeningSockets(port));
  if (wanted.size === 0) return false;
  return membersOf(group).some((pid) => socketsOf(pid).some((socket) => wanted.has(socket)));
}

/** Inodes of the sockets that listen on the port, of whichever process; see proc(5), `/proc/net/tcp`. */
function listeningSockets(port: number): string[] {
  const address = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const LISTEN = '0A';
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readOr(() => readFileSync(file, 'utf8'), '').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(address) && state === LISTEN)
    .flatMap((fields) => fields[9] ?? []);
}

function membersOf(group: number): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    const stat = readOr(() => readFileSync(`/proc/${name}/stat`, 'utf8'), '');
    // Field 5, counted after the command's name, which may contain anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] === String(group);
  });
}

function socketsOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return readOr(() => readdirSync(folder), [])
    .map((descriptor) => readOr(() => readlinkSync(`${folder}/${descriptor}`), ''))
    .flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** A process, and what it has open, may be gone between two looks. */
function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** Part of macOS. */
function askLsof(group: number, port: number): Promise<boolean> {
  const query = ['-nP', '-a', '-t', '-g', String(group), `-iTCP:${port}`, '-sTCP:LISTEN'];
  return new Promise((resolve) => {
    execFile('lsof', query, (error, stdout) => resolve(error?.code === 'ENOENT' || stdout.trim() !== ''));
  });
}
