import type { Collections } from '../store/collections.js';

/** What the worker gives its activities. */
export interface ActivityDependencies {
  readonly collections: Collections;
  /** `MIMECAST_ALLOW_INSECURE`: permits `http:` and private hosts. */
  readonly allowInsecure: boolean;
  /** How long one slice of collecting lasts before it reports; default 45,000 ms. */
  readonly sliceMs?: number;
}

export const DEFAULT_SLICE_MS = 45_000;
