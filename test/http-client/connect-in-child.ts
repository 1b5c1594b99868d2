/** Tests a connection as a program does, by its environment, and prints the result. */

import { testConnection } from '../../src/management/sources/connection-test.js';

const [baseUrl = ''] = process.argv.slice(2);
const result = await testConnection({
  baseUrl,
  clientId: 'id',
  clientSecret: 'secret',
  allowInsecure: false,
  limitMs: 60_000,
});
process.stdout.write(JSON.stringify(result));
