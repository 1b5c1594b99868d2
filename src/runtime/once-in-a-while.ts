/** Reports the same error now and then, not with every attempt. */

import { messageOf } from './program.js';

const AGAIN_MS = 10 * 60_000;

/** @returns hears of errors; each text is told at most once in ten minutes. */
export function onceInAWhile(tell: (text: string) => void, now: () => number = Date.now): (error: unknown) => void {
  const reported = new Map<string, number>();
  return (error) => {
    for (const [text, at] of reported) if (now() - at >= AGAIN_MS) reported.delete(text);
    const text = messageOf(error);
    if (reported.has(text)) return;
    reported.set(text, now());
    tell(text);
  };
}
