/** `world.json`: the few numbers that the whole world follows from. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from './world/segments.js';

export interface StoredWorld {
  readonly version: 1;
  readonly seed: number;
  readonly tenants: number;
  /** Epoch ms of the first start. */
  readonly anchor: number;
  /** Which given records belong to it, if any. */
  readonly records: string | null;
  readonly segments: readonly Segment[];
}

function pathOf(folder: string): string {
  return join(folder, 'world.json');
}

function isSegment(value: unknown): value is Segment {
  if (typeof value !== 'object' || value === null) return false;
  const { from, to, recordsPerMinute, bucketMs, publishDelayMs } = value as Record<string, unknown>;
  return [from, to, recordsPerMinute, bucketMs, publishDelayMs].every((number) => Number.isFinite(number));
}

function isWorld(value: unknown): value is StoredWorld {
  if (typeof value !== 'object' || value === null) return false;
  const { version, seed, tenants, anchor, segments, records } = value as Record<string, unknown>;
  const numbers = [seed, tenants, anchor].every((number) => Number.isFinite(number));
  const named = records === null || typeof records === 'string';
  return version === 1 && numbers && named && Array.isArray(segments) && segments.every(isSegment);
}

/** Nothing, if the folder keeps no world yet. @throws if it keeps something else. */
export function loadWorld(folder: string): StoredWorld | undefined {
  let text: string;
  try {
    text = readFileSync(pathOf(folder), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isWorld(value)) throw new Error(`${pathOf(folder)} does not hold a simulator's world; choose another folder`);
  return value;
}

/** Replaces the file in one step: a crash leaves the old world or the new one. */
export function saveWorld(folder: string, world: StoredWorld): void {
  mkdirSync(folder, { recursive: true });
  const path = pathOf(folder);
  // Each process has a draft of its own: another simulator may start in the same folder at the same moment.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(world, null, 2)}\n`);
  renameSync(draft, path);
}
