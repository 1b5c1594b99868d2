/** What the commands ask of the sources, whether those are at hand or behind a management server. */

import type { SourceService, Started } from '../management/source-service.js';

export interface SourceCommands extends Pick<SourceService, 'status' | 'list' | 'stop' | 'update'> {
  start(json: unknown, collector: string): Promise<Started>;
  resume(idOrName: string): Promise<Started>;
  restart(idOrName: string): Promise<{ readonly sourceId: number }>;
  collectNow(idOrName: string): Promise<{ readonly sourceId: number }>;
}

/** Adds the names that the schema of fields does not have. */
export interface FieldAdder {
  ensure(names: readonly string[]): Promise<unknown>;
}

export interface CommandServices {
  readonly sources: SourceCommands;
  readonly fields: FieldAdder;
}
