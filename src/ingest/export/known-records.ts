/**
 * The records that objects hold already, as a walk through the records in order of time needs them: of each object from the
 * time of its first record to that of its last.
 */

import type { PastPart } from '../../store/past-parts.js';

export class KnownRecords {
  private readonly present = new Map<string, { readonly last: Date; readonly ids: ReadonlySet<string> }>();
  private next: PastPart | undefined;
  private isAtEnd = false;

  /** @param parts by the time of their first record. */
  constructor(private readonly parts: AsyncGenerator<PastPart, void, undefined>) {}

  /** To be asked in order of time. @param id in hexadecimal. */
  async has(id: string, time: Date): Promise<boolean> {
    await this.walkTo(time);
    for (const { ids } of this.present.values()) if (ids.has(id)) return true;
    return false;
  }

  async close(): Promise<void> {
    await this.parts.return();
  }

  private async walkTo(time: Date): Promise<void> {
    for (const [name, { last }] of this.present) if (last < time) this.present.delete(name);
    for (;;) {
      this.next ??= await this.read();
      if (this.next === undefined || this.next.first > time) return;
      const { _id, last, ids } = this.next;
      if (last >= time) this.present.set(_id, { last, ids: new Set(ids.map((id) => id.toString('hex'))) });
      this.next = undefined;
    }
  }

  private async read(): Promise<PastPart | undefined> {
    if (this.isAtEnd) return undefined;
    const { value, done } = await this.parts.next();
    this.isAtEnd = done === true;
    return value ?? undefined;
  }
}
