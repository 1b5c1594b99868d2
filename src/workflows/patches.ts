/**
 * What runs that were started by earlier code do otherwise than those of today. A run is replayed by whatever version of the
 * code is there, and has to make the commands that stand in its history; a patch marker in it says which ones.
 */

import { patched } from '@temporalio/workflow';

/**
 * Asked once, at the beginning of a run that does not unite outages. Without it, each search attribute is written by itself, and a run that continues
 * another one polls at once instead of keeping to its plan. A worker of earlier code cannot take up a run that has the
 * marker, so that both kinds may run side by side while one replaces the other.
 */
export function keepsPlan(): boolean {
  return patched('keeps-plan');
}

/**
 * Asked once, at the beginning of a run. Without it, streams that all fail for the same cause are tried again each by itself,
 * activities have numbers for IDs, and there are neither a memo nor attributes for the collector and for what needs attention.
 */
export function unitesOutages(): boolean {
  return patched('one-outage');
}

/** Asked when a run is adopted: a worker of earlier code may have taken the signal, and done nothing about it. */
export function adopts(): boolean {
  return patched('adopts');
}

/** Asked when a run of earlier code has grown long: it is then continued as new, however long that code let it grow. */
export function hasShortHistory(): boolean {
  return patched('short-histories');
}

/** Asked when records were altered: a worker of earlier code may have taken the same outcome, and told nobody. */
export function tellsAltered(): boolean {
  return patched('tells-altered');
}

/**
 * Asked when only some streams are to be polled, or a payload of `collectNow` is none: a worker of earlier code may have
 * taken the same signal, and polled all streams.
 */
export function collectsSome(): boolean {
  return patched('collects-some');
}
