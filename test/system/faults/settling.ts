/** Waiting until a source has come to rest after the faults. */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadWorld } from '../../../simulator/world-file.js';
import { openProblems } from '../../../src/domain/lifecycle/snapshot.js';
import type { SourceService } from '../../../src/management/sources/source-service.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { isSettled } from './state-check.js';

export interface Settling {
  readonly service: SourceService;
  readonly id: string;
  /** The run's folder, where the simulator keeps its world. */
  readonly folder: string;
  readonly limitMs: number;
  /** Whether nothing is missing in the store. */
  readonly isComplete: () => Promise<boolean>;
  /** Milliseconds that a source that is at rest may take until it has all. Default 15 s. */
  readonly restMs?: number;
  readonly say: (text: string) => void;
}

export interface Rest {
  readonly status: SourceStatus | undefined;
  /** Why the source did not come to rest in time. */
  readonly stuck?: string;
}

const SAY_EVERY_MS = 10_000;
const REST_MS = 15_000;

/**
 * Waits until the source is at rest, the simulator has no more to show, and `isComplete`; and then until every stream
 * has been looked at once more, which must change nothing.
 */
export async function settled(settling: Settling): Promise<Rest> {
  const { service, id, folder, limitMs, isComplete, restMs = REST_MS, say } = settling;
  let status: SourceStatus | undefined;
  let restSince: number | undefined;
  let why = 'no status';
  let said = Date.now();
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await pause(500)) {
    status = await service.status(id).catch((error: Error) => {
      why = error.message;
      return undefined;
    });
    if (Date.now() - said > SAY_EVERY_MS) {
      said = Date.now();
      say(`not at rest yet: ${why}`);
    }
    if (status === undefined) continue;
    why = described(status);
    if (!isSettled(status) || Date.now() < trafficEnd(folder)) {
      restSince = undefined;
      continue;
    }
    restSince ??= Date.now();
    const since = restSince;
    const lookedAgain = status.snapshot?.streams.every(({ checkedAt }) => Date.parse(checkedAt ?? '') > since);
    if (!lookedAgain) continue;
    // At rest, and still something is missing: no more will come by itself, and the verdict tells what.
    if ((await isComplete()) || Date.now() - since > restMs) return { status };
  }
  return { status, stuck: why };
}

/** Epoch milliseconds; a simulator that was killed has promised some seconds of traffic ahead. */
function trafficEnd(folder: string): number {
  const segments = loadWorld(join(folder, 'simulator'))?.segments ?? [];
  return Math.max(...segments.map(({ to }) => to));
}

function described({ state, health, note, snapshot }: SourceStatus): string {
  const problems = snapshot === undefined ? [] : openProblems(snapshot);
  const behind = snapshot?.streams.filter(({ caughtUp }) => !caughtUp).map(({ stream }) => stream) ?? [];
  return [
    `${state}, ${health}`,
    ...(note === undefined ? [] : [note]),
    ...problems.map(({ subject, message, retryAt }) => `${subject}: ${message}, again at ${retryAt}`),
    ...(behind.length === 0 ? [] : [`not caught up: ${behind.join(', ')}`]),
  ].join('; ');
}
