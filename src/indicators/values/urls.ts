/** URLs, spelled in one way: without scheme, fragment and credentials, as records often lack the first. */

const HTTP = /^https?:\/\//i;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

export interface PlainUrl {
  /** Host, port and path. */
  readonly page: string;
  /** With its query; the same when it has none. */
  readonly whole: string;
  /** Domain or address; an IPv6 address without brackets. */
  readonly host: string;
}

/** @returns `undefined` for what is not a URL with a host. */
export function urlOf(text: string): PlainUrl | undefined {
  const trimmed = text.trim();
  const url = URL.parse(SCHEME.test(trimmed) ? trimmed : `http://${trimmed}`);
  if (url === null || url.host === '') return undefined;
  const { protocol, host, pathname, search, hostname } = url;
  const scheme = HTTP.test(`${protocol}//`) ? '' : `${protocol}//`;
  const page = `${scheme}${host}${pathname}`;
  return { page, whole: `${page}${search}`, host: hostname.replace(/^\[(.*)\]$/, '$1') };
}
