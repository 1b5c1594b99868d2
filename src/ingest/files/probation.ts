/** Whether a file is a log file: decided by the first of its lines that looks like a record. */

import { isBlankForeign } from '../../domain/streams/record-shape.js';
import { explainForeignContent } from '../../mimecast/foreign-content.js';
import { keptText, type LineOrigin, type LineRecord } from '../../records/line-record.js';
import type { Line } from '../../records/lines.js';

/** Thrown at the first line that looks like a record after lines were let go: the file has to be read again. */
export class LateRecordError extends Error {
  override readonly name = 'LateRecordError';
}

export interface Foreign {
  readonly reason: string;
  /** Of what came in place of the file, as much as was held, without what a rule hides. */
  readonly text: string;
}

export class Probation {
  private held: Line[] = [];
  private lines = 0;
  private firstReason: string | undefined;
  private hasLetGo = false;
  private passed = false;
  private isTrusted: boolean;

  /** @param options.isTrusted whether a record is known to come, so that no line has to be held for it. Default false. */
  constructor({ isTrusted = false }: { readonly isTrusted?: boolean } = {}) {
    this.isTrusted = isTrusted;
  }

  /** Whether a line that looks like a record has come. */
  get isPassed(): boolean {
    return this.passed;
  }

  /** Whether what fills a batch is handed out. Even of a trusted file the rest is not before it has passed. */
  get mayHandOut(): boolean {
    return this.passed || this.isTrusted;
  }

  /** @throws LateRecordError */
  examine(line: Line, { stranger }: LineRecord): void {
    if (this.passed) return;
    this.lines += 1;
    if (stranger === undefined) {
      if (this.hasLetGo) throw new LateRecordError();
      this.passed = true;
      this.held = [];
      return;
    }
    this.firstReason ??= stranger;
    if (!this.hasLetGo && !this.isTrusted) this.held.push(line);
  }

  /** The lines so far are too many to be held until one looks like a record. */
  release(): void {
    this.hasLetGo = true;
  }

  /** A record of another stream has come: what holds it is no stranger, and no line has to be held. @throws LateRecordError */
  admit(): void {
    if (this.hasLetGo) throw new LateRecordError();
    this.isTrusted = true;
    this.held = [];
  }

  /** At the end of the file: why it is none. */
  verdict(origin: LineOrigin, size: number | undefined, isProven: boolean): Foreign | undefined {
    if (this.passed) return undefined;
    if (this.lines === 0) return isBlankForeign(size, isProven) ? { reason: 'it is empty', text: '' } : undefined;
    const text = this.held.map((line) => keptText(line, origin)).join('\n');
    const explanation = this.hasLetGo ? undefined : explainForeignContent(text);
    const none = `none of its lines is a record of ${origin.stream}; the first one: ${this.firstReason}`;
    return { reason: explanation ?? none, text };
  }
}
