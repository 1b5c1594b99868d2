/** What a MongoDB address says of its place, without what it says of its users. */

/** Up to the last `@`, wherever it is: rather too much goes than too little. */
const PARTS = /^(mongodb(?:\+srv)?:\/\/)(?:.*@)?([^/?#]*)([^?#]*)(.*)$/is;
const HOSTS = /^mongodb:\/\/(?:[^/?#]*@)?([^/?#]+)/i;
const THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|%2F.*)(:\d+)?$/i;
/** Options that hold no secret, whatever their values; of the others there is no need. */
const SHOWN = ['replicaSet', 'directConnection', 'tls', 'ssl', 'authSource'];

/** The address as it can be shown to anybody: without users, passwords and options that may be some. */
export function shownMongodbUri(uri: string): string {
  const [, scheme = '', hosts = '', path = '', query = ''] = PARTS.exec(uri) ?? [];
  const options = [...new URLSearchParams(query)].filter(([name]) => SHOWN.includes(name));
  return `${scheme}${hosts}${path}${options.length === 0 ? '' : `?${new URLSearchParams(options)}`}`;
}

/** Whether all hosts of an address are this machine. */
export function isOnThisMachine(uri: string): boolean {
  const [, hosts] = HOSTS.exec(uri) ?? [];
  return hosts?.split(',').every((host) => THIS_MACHINE.test(host)) ?? false;
}
