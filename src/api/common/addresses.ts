/** Addresses as clients write them, before they are taken apart. */

/** A collector's name is all that comes behind this, whatever its characters. */
const BY_NAME = '/collectors/name/';

/** @param url path and query. @returns the same as the routes know it: without a slash at its end, every escape sound. */
export function tidiedUrl(url: string): string {
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(url) ?? [];
  const at = path.indexOf(BY_NAME);
  if (at < 0) return path.replace(/(?<=[^/])\/+$/, '') + query;
  const begin = at + BY_NAME.length;
  return path.slice(0, begin) + soundly(path.slice(begin)) + query;
}

/**
 * The name at the end of an address as Terraform's provider writes it, who escapes spaces only: there, `%41` is no `A`.
 *
 * @returns nothing when no name can have been written so.
 */
export function verbatimName(url: string): string | undefined {
  const [path = ''] = url.split('?');
  const at = path.indexOf(BY_NAME);
  return at < 0 ? undefined : path.slice(at + BY_NAME.length).replaceAll('%20', ' ');
}

/** A `%` that begins no escape stands for itself; and so do all, when they make no text. */
function soundly(rest: string): string {
  const mended = rest.replace(/%(?![0-9A-Fa-f]{2})/g, '%25');
  return isDecodable(mended) ? mended : rest.replace(/%(?!20)/g, '%25');
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}
