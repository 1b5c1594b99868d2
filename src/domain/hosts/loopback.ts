/** Names and addresses of the machine itself. */

/** @param host a name or an address without brackets, in lower case. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
