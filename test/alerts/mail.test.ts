/** Mail to a real SMTP server. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { sendMail, smtpMistake } from '../../src/alerts/mail.js';
import type { EmailTarget } from '../../src/domain/alerts/connection.js';

const access = { allowInsecure: true, alertHosts: new Set<string>() };
const mail = { subject: 'Error: tenänt', text: 'What is wrong.', messageId: '<m1@mimecast-source.invalid>' };
const { signal } = new AbortController();

async function smtpServer(options: SMTPServerOptions = {}) {
  const mails: { readonly to: string[]; readonly text: string; readonly isSecure: boolean }[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username = '', password }, _, done) =>
      password === 'right-password' ? done(null, { user: username }) : done(new Error(`no ${password}`)),
    onData: async (stream, session, done) => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const to = session.envelope.rcptTo.map(({ address }) => address);
      mails.push({ to, text: Buffer.concat(chunks).toString(), isSecure: session.secure });
      done();
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { mails, port: (listening.address() as AddressInfo).port };
}

const target = (port: number, more: Partial<EmailTarget> = {}): EmailTarget => ({
  ...{ type: 'email', host: '127.0.0.1', port, security: 'none', from: 'from@example.com', to: ['soc@example.com'] },
  ...more,
});

test('is delivered with its id, to all', async () => {
  const { mails, port } = await smtpServer();
  const to = ['a@example.com', 'b@example.com'];
  const answer = await sendMail(target(port, { to, user: 'u', password: 'right-password' }), mail, access, signal);
  expect(answer).toMatch(/^250 /);
  expect(mails).toEqual([{ to, isSecure: false, text: expect.stringContaining('<m1@mimecast-source.invalid>') }]);
  expect(mails[0]?.text).toContain('What is wrong.');
});

test('a wrong password is not repeated', async () => {
  const { mails, port } = await smtpServer();
  const sending = sendMail(target(port, { user: 'u', password: 'wrong-password' }), mail, access, signal);
  const error = await sending.catch((caught: unknown) => caught);
  expect(String(error)).toContain('Invalid login');
  expect(String(error)).not.toContain('wrong-password');
  expect(mails).toEqual([]);
});

test.for([
  ['starttls', 'that a server does not offer', { disabledCommands: ['STARTTLS'] }, /STARTTLS|TLS/i],
  ['starttls', 'with a certificate that nobody trusts', { disabledCommands: [] }, /certificate/],
  ['tls', 'with a certificate that nobody trusts', { secure: true }, /certificate/],
] as const)('is not sent over %s %s', async ([security, , options, problem]) => {
  const { mails, port } = await smtpServer(options as SMTPServerOptions);
  await expect(sendMail(target(port, { security }), mail, access, signal)).rejects.toThrow(problem);
  expect(mails).toEqual([]);
});

test.for([
  [550, true],
  [451, false],
] as const)('a recipient that is refused with %i is a refusal for good: %s', async ([responseCode, isRefusal]) => {
  const { port } = await smtpServer({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('not this one'), { responseCode })),
  });
  await expect(sendMail(target(port), mail, access, signal)).rejects.toMatchObject({ isRefusal });
});

test('a server that is not there is told as one', async () => {
  await expect(sendMail(target(1), mail, access, signal)).rejects.toThrow('127.0.0.1 refused the connection');
});

test.for([
  ['127.0.0.1', 'tls', 'private'],
  ['::1', 'tls', 'private'],
  ['mail.corp.internal', 'starttls', 'private'],
  ['localhost', 'none', 'encrypted'],
  ['smtp.example.com', 'none', 'encrypted'],
] as const)('%s over %s is refused where only public hosts are allowed', async ([host, security, word]) => {
  const strict = { allowInsecure: false, alertHosts: new Set<string>() };
  expect(smtpMistake({ host, security }, strict)).toContain(word);
  await expect(sendMail(target(25, { host, security }), mail, strict, signal)).rejects.toThrow(word);
});
