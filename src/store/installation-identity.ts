/** The identity of an installation: made once, by whichever program comes first, and read by all. */

import { randomUUID } from 'node:crypto';
import type { Installation } from '../domain/contract/installation.js';
import { present } from '../domain/present.js';
import { collection, isDuplicate, type Store } from './driver.js';
import { isAnyAtWork } from './sources.js';

export interface InstallationDocument {
  readonly _id: 'installation';
  /** UUID. */
  readonly identity: string;
  /** `MIMECAST_INSTALLATION` of the program that made it, or of a later one. */
  readonly name?: string;
  readonly createdAt: Date;
}

/** Thrown when a program is given another name than the one under which the installation's sources run. */
export class InstallationNameError extends Error {
  override readonly name = 'InstallationNameError';

  constructor(given: string, recorded: string | undefined) {
    const known = recorded === undefined ? 'has no name' : `is named "${recorded}"`;
    super(
      `MIMECAST_INSTALLATION is "${given}", but the installation in this database ${known}, and its sources run under ` +
        `that. ${recorded === undefined ? 'Leave MIMECAST_INSTALLATION unset' : `Set MIMECAST_INSTALLATION=${recorded}`}, ` +
        'or first stop all sources and all programs to change the name',
    );
  }
}

const installations = collection<InstallationDocument>('installations');
const _id = 'installation' as const;

/** As it is stored; `null` before the first program has made it. */
export function storedInstallation(store: Store): Promise<InstallationDocument | null> {
  return installations(store).findOne({ _id });
}

/**
 * @param given name of this program; default whichever is recorded.
 * @throws InstallationNameError
 */
export async function readInstallation(store: Store, given: string | undefined): Promise<Installation> {
  const { identity: id, name } = (await storedInstallation(store)) ?? (await make(store, given));
  if (given === undefined || given === name) return { id, ...present({ name }) };
  // A source that no workflow has worked for yet, such as one whose workflow ID was taken, does not bind the name.
  if (await isAnyAtWork(store)) throw new InstallationNameError(given, name);
  await installations(store).updateOne({ _id, identity: id }, { $set: { name: given } });
  return { id, name: given };
}

async function make(store: Store, given: string | undefined): Promise<InstallationDocument> {
  const name = given === undefined ? {} : { name: given };
  for (;;) {
    try {
      const made = await installations(store).findOneAndUpdate(
        { _id },
        { $setOnInsert: { identity: randomUUID(), ...name, createdAt: new Date() } },
        { upsert: true, returnDocument: 'after' },
      );
      if (made !== null) return made;
    } catch (error) {
      // Another program made it in the same moment: then that one counts.
      if (!isDuplicate(error)) throw error;
    }
  }
}
