/** Shortens an input that fails, as long as it goes on failing. */

/** @param most inputs that are tried. */
export async function minimized(
  input: Uint8Array,
  isFailing: (input: Uint8Array) => Promise<boolean>,
  most: number,
): Promise<Uint8Array> {
  let least = input;
  let tries = 0;
  for (let size = Math.ceil(input.length / 2); size >= 1 && tries < most; ) {
    let isShorter = false;
    for (let at = 0; at < least.length && tries < most; ) {
      const shorter = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      tries += 1;
      if (await isFailing(shorter)) [least, isShorter] = [shorter, true];
      else at += size;
    }
    if (size === 1 && !isShorter) break;
    size = isShorter && size === 1 ? 1 : Math.floor(size / 2);
  }
  return least;
}
