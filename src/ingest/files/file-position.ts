/** Where the collection stands in a SIEM stream, and what becomes of a position that Mimecast no longer knows. */

import { isOutOfReach, RawError } from '../../domain/failures/failure.js';
import { isLookDue } from '../../domain/streams/position-check.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import type { BatchPage } from '../../mimecast/siem.js';
import { type CheckpointChange, completeUntil } from '../../store/checkpoints.js';
import { isTokenRefused } from '../slice/refused-token.js';
import type { Slice } from '../slice/slice.js';
import type { BadFiles } from './bad-files.js';
import { type BatchPlace, listBatchPage, REACH_MS } from './batch-pages.js';
import { fileMark, filesBehind } from './files-behind.js';
import { rejectedEntry } from './rejected-entry.js';

/** Refusals of a stored token, one after the other, after which it is given up. */
const MAX_REFUSALS = 3;

export class FilePosition {
  constructor(
    private readonly slice: Slice,
    private readonly stream: SiemStream,
    private readonly badFiles: BadFiles,
  ) {}

  /** Lists the page of the checkpoint, and quarantines what is no file in it. */
  async listPage(): Promise<BatchPage> {
    const page = await this.listKnown();
    const { sourceId } = this.slice.options.source.settings;
    await this.slice.store(
      [],
      page.rejected.map((entry) => rejectedEntry(sourceId, this.stream, entry)),
    );
    return page;
  }

  /** A page with files proves the position that it was asked with; written only when it is another one. */
  proofIn({ files }: BatchPage): CheckpointChange | undefined {
    const last = files.at(-1);
    const lastFile = last && fileMark(last);
    return lastFile === undefined || lastFile === this.slice.checkpoint.lastFile
      ? undefined
      : { lastFile, newsAt: new Date(), provenAt: new Date() };
  }

  /**
   * Looks, at growing intervals, whether a stream that stays empty has files by date that its position does not bring.
   *
   * @returns whether there is more to collect: then its position was given up, or has just brought something.
   */
  async isLost(): Promise<boolean> {
    const { slice } = this;
    const now = new Date();
    const { newsAt } = slice.checkpoint;
    // From here on it is known how long the stream has been empty.
    if (newsAt === undefined) await slice.savePlace({ newsAt: now, provenAt: now });
    if (!isLookDue(slice.checkpoint, now)) return false;
    const behind = await filesBehind(slice, this.stream);
    if (behind === 0) {
      await slice.savePlace({ provenAt: now });
      return false;
    }
    // What has only just appeared is behind the position as well.
    const { files } = await this.listAt(slice.checkpoint);
    if (files.length === 0) {
      const reason = `it returned nothing, although ${behind} files are listed by date`;
      await this.giveUp(completeUntil(slice.checkpoint), reason);
    }
    return true;
  }

  private listAt(place: BatchPlace): Promise<BatchPage> {
    const { source, signal } = this.slice.options;
    return listBatchPage(source, this.stream, place, signal);
  }

  /** Lists the page of the checkpoint; from the oldest that there is, if its place is out of the API's reach. */
  private async listKnown(): Promise<BatchPage> {
    const { slice } = this;
    try {
      const page = await this.listAt(slice.checkpoint);
      if (slice.checkpoint.refusals !== undefined) await slice.savePlace({ refusals: undefined });
      return page;
    } catch (error) {
      const { pageToken, lastEventTime, beginAt } = slice.checkpoint;
      if (pageToken === undefined || !(error instanceof RawError)) throw error;
      if (!isOutOfReach(error.facts)) {
        if (isTokenRefused(error.facts)) return this.afterRefusal(error);
        throw error;
      }
      const to = new Date(Date.now() - REACH_MS);
      const from = lastEventTime ?? beginAt;
      if (from < to) await slice.recordGap({ from, to, reason: error.facts.message });
      await this.badFiles.quarantineUnlisted();
      await slice.move({ pageToken: undefined, filesDone: [], badFiles: [], idle: undefined });
      return this.listAt(slice.checkpoint);
    }
  }

  /**
   * After some refusals in a row, a stored token is given up, whatever the words of the refusal, if the API answers without
   * it: then it was the token. The stream is collected again from where all is known to be read.
   *
   * @throws the refusal, or what the API says to the request without a token.
   */
  private async afterRefusal(refusal: RawError): Promise<BatchPage> {
    const { refusals = 0 } = this.slice.checkpoint;
    await this.slice.savePlace({ refusals: refusals + 1 });
    if (refusals + 1 < MAX_REFUSALS) throw refusal;
    const beginAt = completeUntil(this.slice.checkpoint);
    const page = await this.listAt({ beginAt });
    await this.giveUp(beginAt, refusal.message);
    return page;
  }

  private async giveUp(beginAt: Date, reason: string): Promise<void> {
    const { resets } = this.slice.checkpoint;
    await this.badFiles.quarantineUnlisted();
    await this.slice.move({
      ...{
        pageToken: undefined,
        filesDone: [],
        badFiles: [],
        idle: undefined,
        refusals: undefined,
        lastFile: undefined,
      },
      ...{ beginAt, resets: { count: (resets?.count ?? 0) + 1, last: { from: beginAt.toISOString(), reason } } },
    });
  }
}
