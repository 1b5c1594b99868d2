/** An answer that is kept for a while, so that it costs the same however many ask. */
export class Kept<T> {
  private kept: { readonly answer: Promise<T>; readonly until: number } | undefined;

  /** @param forMs from the asking on. */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly forMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** One that is still awaited is given to all, however long it takes. @throws what `ask` does, for as long as an answer would be kept */
  get(): Promise<T> {
    const at = this.now();
    if (this.kept !== undefined && at < this.kept.until) return this.kept.answer;
    this.kept = { answer: this.ask(), until: at + this.forMs };
    return this.kept.answer;
  }
}
