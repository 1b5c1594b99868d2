/**
 * How a program in another terminal finds the servers that `npm start` runs on this machine: their addresses stand in
 * the data folder while it runs, for the owner's eyes only. What is set in the environment goes before.
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, isRunning, parseIdentity } from './process-identity.js';
import { dataFolderPath } from './project-root.js';

/** The variables by which programs reach the servers. */
export type StackEnvironment = Readonly<
  Record<
    | 'TEMPORAL_ADDRESS'
    | 'TEMPORAL_NAMESPACE'
    | 'MONGODB_URI'
    | 'MONGODB_DB'
    | 'MIMECAST_INSTALLATION'
    | 'MIMECAST_ALLOW_INSECURE'
    | 'MIMECAST_SECRET_KEYS_FILE'
    | 'MIMECAST_SECRET_KEYS_NEEDED'
    | 'MIMECAST_SERVER_URL',
    string
  >
>;

const FILE = 'running.json';

/** Announces the servers. @returns takes the announcement back. */
export function announceStack(dataDir: string, environment: StackEnvironment): () => void {
  const file = join(dataDir, FILE);
  const draft = `${file}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, JSON.stringify({ process: identifyProcess(process.pid), environment }, null, 2), {
    mode: 0o600,
  });
  // Takes the place of one that others may read, too.
  renameSync(draft, file);
  return () => rmSync(file, { force: true });
}

/** The environment for a program, completed by the running stack's addresses where there is one. */
export function environmentWithStack(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const announced = readAnnouncement(join(dataFolderPath(env), FILE));
  // Half of one place and half of another would mix up sources: one other address means that the caller chose.
  const isElsewhere = (['TEMPORAL_ADDRESS', 'MONGODB_URI'] as const).some(
    (name) => env[name] && env[name] !== announced[name],
  );
  return isElsewhere ? env : { ...announced, ...env };
}

function readAnnouncement(file: string): Partial<StackEnvironment> {
  try {
    const { process: identity, environment } = JSON.parse(readFileSync(file, 'utf8'));
    const holder = parseIdentity(JSON.stringify(identity));
    return holder !== undefined && isRunning(holder) ? environment : {};
  } catch {
    return {};
  }
}
