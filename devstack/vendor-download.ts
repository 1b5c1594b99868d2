import { execFile } from 'node:child_process';
import { chmodSync, createWriteStream, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

/** Where only package registries are reachable the answer never comes, and the next way should not wait for it. */
const ANSWER_TIMEOUT_MS = 2_500;
/** A transfer that is under way may pause this long. */
const STALL_TIMEOUT_MS = 20_000;

const run = promisify(execFile);

/**
 * Downloads a gzipped tar archive and keeps only the file called `name` from it, as `folder/name`.
 *
 * @throws Error when the site does not answer at once, the transfer stalls, or the archive has no such file
 */
export async function downloadProgram(url: string, name: string, folder: string): Promise<void> {
  const archive = join(folder, 'archive.tgz');
  const content = join(folder, 'content');
  await downloadFile(url, archive);
  await run('sh', ['-c', 'mkdir "$2" && tar -xzf "$1" -C "$2"', 'unpack', archive, content]);
  const found = readdirSync(content, { recursive: true, withFileTypes: true }).find(
    (entry) => entry.isFile() && entry.name === name,
  );
  if (found === undefined) throw new Error(`the archive from ${url} has no ${name} in it`);
  const program = join(folder, name);
  renameSync(join(found.parentPath, found.name), program);
  chmodSync(program, 0o755);
  rmSync(archive);
  rmSync(content, { recursive: true });
}

async function downloadFile(url: string, file: string): Promise<void> {
  const timeLimit = new AbortController();
  const giveUp = (why: string) => () => timeLimit.abort(new Error(why));
  let timer = setTimeout(giveUp(`no answer in ${ANSWER_TIMEOUT_MS} ms`), ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal: timeLimit.signal });
    if (!response.ok || response.body === null) throw new Error(`the answer was HTTP ${response.status}`);
    const onChunk = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = setTimeout(giveUp(`no data for ${STALL_TIMEOUT_MS} ms`), STALL_TIMEOUT_MS);
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(response.body), onChunk, createWriteStream(file));
  } catch (error) {
    throw new Error(reason(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` says only "fetch failed" and keeps the reason as the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reason(error.cause) : error.message;
}
