/**
 * What has been served so far, so that a test can compare a collector's store with it. With a data folder it is kept
 * in `served.ndjson` there, one line per answer, and survives a restart.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSiemStream, STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { fileStem, type LogFile, type Position } from '../world/position.js';
import type { TenantWorld } from '../world/tenant-world.js';

export interface ServedRecord {
  /** Tells the record from all others of its stream, equal ones included. */
  readonly key: string;
  readonly text: string;
}

interface StreamLedger {
  readonly files: Map<string, LogFile>;
  /** Key -> SHA-256 of a record that was served in a page. */
  readonly records: Map<string, string>;
  fileLines: number;
}

type Entry =
  | { readonly account: string; readonly stream: StreamName; readonly file: Position }
  | { readonly account: string; readonly stream: StreamName; readonly records: readonly (readonly [string, string])[] };

export function sha256(line: string | Buffer): string {
  return createHash('sha256').update(line).digest('hex');
}

export class Ledger {
  readonly #path: string | undefined;
  readonly #accounts = new Map<string, Map<StreamName, StreamLedger>>();

  /** @param folder where it is kept; undefined: nowhere. */
  constructor(folder: string | undefined, tenants: readonly TenantWorld[], now: number) {
    this.#path = folder === undefined ? undefined : join(folder, 'served.ndjson');
    if (this.#path === undefined || !existsSync(this.#path)) return;
    const worlds = new Map(tenants.map((tenant) => [tenant.accountId, tenant]));
    for (const line of readFileSync(this.#path, 'utf8').split('\n')) this.#replay(line, worlds, now);
  }

  /** A file was downloaded whole. */
  file(tenant: TenantWorld, file: LogFile): void {
    if (this.#addFile(tenant.accountId, file)) {
      this.#append({ account: tenant.accountId, stream: file.stream, file: file.position });
    }
  }

  /** A page with these records was sent. */
  records(tenant: TenantWorld, stream: StreamName, records: readonly ServedRecord[]): void {
    const ledger = this.of(tenant.accountId, stream);
    const fresh = records
      .filter(({ key }) => !ledger.records.has(key))
      .map(({ key, text }) => [key, sha256(text)] as const);
    for (const [key, hash] of fresh) ledger.records.set(key, hash);
    if (fresh.length > 0) this.#append({ account: tenant.accountId, stream, records: fresh });
  }

  of(account: string, stream: StreamName): StreamLedger {
    let streams = this.#accounts.get(account);
    if (!streams) {
      streams = new Map(STREAMS.map((name) => [name, { files: new Map(), records: new Map(), fileLines: 0 }]));
      this.#accounts.set(account, streams);
    }
    const ledger = streams.get(stream);
    if (!ledger) throw new Error(`no stream ${stream}`);
    return ledger;
  }

  #addFile(account: string, file: LogFile): boolean {
    const ledger = this.of(account, file.stream);
    const stem = fileStem(file);
    if (ledger.files.has(stem)) return false;
    ledger.files.set(stem, file);
    ledger.fileLines += file.lines;
    return true;
  }

  #append(entry: Entry): void {
    // At once and synchronously: what a reader has seen is noted even if the simulator is killed right after.
    if (this.#path !== undefined) appendFileSync(this.#path, `${JSON.stringify(entry)}\n`);
  }

  #replay(line: string, worlds: ReadonlyMap<string, TenantWorld>, now: number): void {
    let entry: Entry;
    try {
      entry = JSON.parse(line) as Entry;
    } catch {
      return; // The last line of a simulator that was killed while writing it.
    }
    const tenant = worlds.get(entry.account);
    if (!tenant) return;
    if ('records' in entry) {
      for (const [key, hash] of entry.records) this.of(entry.account, entry.stream).records.set(key, hash);
    } else if (isSiemStream(entry.stream)) {
      const file = tenant.fileAt(entry.file, now);
      if (file) this.#addFile(entry.account, file);
    }
  }
}
