/** Tells exports of a changed configuration that they have not heard of: the signal that told them was lost. */

import { exportsBehind, noteExportSeen } from '../../store/exports.js';
import type { InstallationAccess } from '../temporal/ownership.js';
import { tellExport } from './export-workflows.js';

/** An export is told again of the same change after this time. */
const AGAIN_MS = 120_000;

export class ExportChanges {
  /** When an export was last told of a version: `<sourceId>/<version>`. */
  private readonly told = new Map<string, number>();

  constructor(private readonly access: InstallationAccess) {}

  /** @param changedBefore of what was changed later, its export is being told now. */
  async announce(changedBefore: Date, onError: (error: unknown) => void): Promise<void> {
    const { collections } = this.access;
    for (const [change, at] of this.told) if (Date.now() - at > AGAIN_MS) this.told.delete(change);
    for (const { sourceId, version } of await exportsBehind(collections, changedBefore)) {
      const change = `${sourceId}/${version}`;
      if (this.told.has(change)) continue;
      try {
        // One that does not run learns it when it starts, if it ever does.
        if (await tellExport(this.access, sourceId)) this.told.set(change, Date.now());
        else await noteExportSeen(collections, sourceId, version);
      } catch (error) {
        onError(error);
      }
    }
  }
}
