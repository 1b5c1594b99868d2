import { Keyring } from '../../src/secrets/keyring.js';

/** The keys of all programs in tests, for `MIMECAST_SECRET_KEYS`. */
export const TEST_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

export const testKeyring = Keyring.parse(TEST_KEYS);
