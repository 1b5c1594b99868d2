/** Empty places are zeros, so that at most every second one is taken. */
const FIRST_PLACES = 1_024;
const FULL = 0.5;

/**
 * Numbers the occurrences of identical records within one file, or one window of pages: two truly identical lines get
 * two identities, and each re-read of them gets the same two again.
 *
 * Of each content only 64 bits are kept, in a table without objects: about 16 to 32 bytes for each different line, so
 * that the millions of a large file fit. Should two contents share their 64 bits (once in ten thousand files of a million
 * lines each has some), the later one's number is higher than it had to be, and the same at every re-read.
 */
export class Occurrences {
  /** Two numbers for each place. */
  private places = new Uint32Array(2 * FIRST_PLACES);
  private taken = 0;
  /** Of contents that occurred more than once, by their place. */
  private repeats = new Map<number, number>();

  /** 1 for the first record with this content, 2 for the second, … */
  next(content: string): number {
    const [high, low] = hash64(content);
    const place = this.placeOf(high, low);
    if (this.places[2 * place] === 0 && this.places[2 * place + 1] === 0) {
      this.places[2 * place] = high;
      this.places[2 * place + 1] = low;
      this.taken += 1;
      if (this.taken > FULL * (this.places.length / 2)) this.grow();
      return 1;
    }
    const occurrence = (this.repeats.get(place) ?? 1) + 1;
    this.repeats.set(place, occurrence);
    return occurrence;
  }

  /** Where these 64 bits are, or could be put. */
  private placeOf(high: number, low: number): number {
    const mask = this.places.length / 2 - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const [oneHigh, oneLow] = [this.places[2 * place], this.places[2 * place + 1]];
      if ((oneHigh === 0 && oneLow === 0) || (oneHigh === high && oneLow === low)) return place;
    }
  }

  private grow(): void {
    const { places, repeats } = this;
    this.places = new Uint32Array(2 * places.length);
    this.repeats = new Map();
    for (let old = 0; old < places.length / 2; old += 1) {
      const [high = 0, low = 0] = [places[2 * old], places[2 * old + 1]];
      if (high === 0 && low === 0) continue;
      const place = this.placeOf(high, low);
      this.places[2 * place] = high;
      this.places[2 * place + 1] = low;
      const occurrence = repeats.get(old);
      if (occurrence !== undefined) this.repeats.set(place, occurrence);
    }
  }
}

/** 64 bits of a text, never both zero (cyrb53's mixing, whole). */
function hash64(text: string): readonly [number, number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return [high >>> 0, low >>> 0 || 1];
}
