import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { untilListening } from '../../devstack/listener.js';

const NEVER = new AbortController().signal;

test('a process that does not listen in time is reported, also when somebody else has the port', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    // No process is in this group.
    await expect(untilListening(0x7fffffff, port, NEVER, 100)).rejects.toThrow(`does not listen on port ${port}`);
  } finally {
    server.close();
  }
});
