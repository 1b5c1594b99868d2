/** Undoes what people do to indicators so that nobody opens them by accident. */

import { refang } from 'ioc-extractor';

/** The rules of defanging are many, and most texts have nothing of it. */
const MAY_BE_DEFANGED = /[[({\\]| \. /;
/** `hXXp`, `htxp`, `h**p`, `meow`: whatever stands for http; also with backslashes. The library knows it in lower case only. */
const HTTP = /^(<?)(?:h[xt*_]{2,3}p|meow)(s?):(?:\/\/|\\\\)/i;
const FTP = /^(<?)fxp(s?):(?:\/\/|\\\\)/i;

/** @param text one indicator, without blanks around it. */
export function refanged(text: string): string {
  const bare = MAY_BE_DEFANGED.test(text) ? refang(text) : text;
  return bare.replace(HTTP, '$1http$2://').replace(FTP, '$1ftp$2://');
}
