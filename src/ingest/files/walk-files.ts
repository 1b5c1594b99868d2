/** Reads a SIEM stream into a sink: pages of batch files, each file a gzip of NDJSON. */

import { afterPage } from '../../domain/streams/idle-pages.js';
import type { StreamEnd } from '../../domain/streams/outcome.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import { nextBatchStep } from '../../mimecast/paging.js';
import type { BatchPage } from '../../mimecast/siem.js';
import { MAX_RELISTINGS, tokenDigest } from './batch-pages.js';
import type { FileSink } from './file-sink.js';
import { PageAttempt } from './page-attempt.js';

/** Reads until there is nothing more, or the slice's time is over. */
export async function walkFiles(sink: FileSink, stream: SiemStream): Promise<StreamEnd> {
  for (;;) {
    const halted = sink.halt();
    if (halted !== undefined) return halted;
    const before = sink.news;
    const read = await readPage(sink, stream);
    if (read === 'spent') return 'more';
    if (read === 'gone') return 'caughtUp';
    const { page, newest } = read;
    // Known only now: a token out of reach was given up meanwhile.
    const { pageToken: requestedToken, idle: known } = sink.place;
    const step = nextBatchStep({ requestedToken, returnedToken: page.pageToken, ...page });
    const moved = step.keepToken === requestedToken ? undefined : step.keepToken;
    const token = moved === undefined ? {} : { token: tokenDigest(moved) };
    const news = { isNew: sink.news > before, newest, ...token };
    const idle = step.next === 'caughtUp' ? undefined : afterPage(known, news, new Date());
    const end = await sink.finishPage({ page, step, moved, idle });
    if (end !== undefined) return end;
    if (sink.slice.spent) return 'more';
  }
}

/**
 * Lists the page at the place and reads its files that were not read yet.
 *
 * @returns the listing whose files were all read: only its token may be moved to. One listed again for fresh signatures
 * can differ from the one before, and hold less. With it, the time of the newest record that was read.
 */
async function readPage(
  sink: FileSink,
  stream: SiemStream,
): Promise<{ readonly page: BatchPage; readonly newest: Date | undefined } | 'spent' | 'gone'> {
  const attempt = new PageAttempt(sink, stream);
  for (let relistings = 0; ; relistings += 1) {
    const page = await sink.listPage();
    if (page === undefined) return 'gone';
    const end = await attempt.readFiles(page, relistings < MAX_RELISTINGS);
    if (end !== 'expired') return end === 'done' ? { page, newest: attempt.newest } : 'spent';
  }
}
