import { expect, test } from 'vitest';
import { baseUrl } from '../../src/config/base-url.js';

const mistakeOf = (address: string) => baseUrl.safeParse(address).error?.issues[0]?.message;

test.each([
  'api.mimecast.com',
  'eu-api.mimecast.com',
  'de-api.mimecast.com',
  'au-api.mimecast.com',
  'za-api.mimecast.com',
  'ca-api.mimecast.com',
  'je-api.mimecast.com',
  'jer-api.mimecast.com',
  'usb-api.mimecast.com',
  'offshore-api.mimecast.com',
  'sandbox-api.mimecast.com',
  'je-api.mimecast-offshore.com',
  'uspcom-api.mimecast-pscom-us.com',
  'a-region-of-tomorrow-api.mimecast.com',
])('%s is a host of API 1.0: refused with the host to use', (host) => {
  const message = `${host} serves API 1.0 only; use https://api.services.mimecast.com, which serves every region`;
  expect(mistakeOf(`https://${host}`)).toBe(message);
  expect(mistakeOf(`https://${host.toUpperCase()}/api/`)).toBe(message);
  expect(mistakeOf(`https://${host}.`)).toContain('serves API 1.0 only');
});

test.each(['us', 'uk'])('%s-api.mimecast.com: API 2.0 has a gateway of that region', (region) => {
  expect(mistakeOf(`https://${region}-api.mimecast.com`)).toBe(
    `${region}-api.mimecast.com serves API 1.0 only; use https://api.services.mimecast.com, or ` +
      `https://${region}-api.services.mimecast.com to keep the data in that region`,
  );
});

test.each([
  'https://api.services.mimecast.com',
  'https://us-api.services.mimecast.com/',
  'https://uk-api.services.mimecast.com',
  'https://de-api.services.mimecast.com',
  'https://gateway.example.com/mimecast',
  'https://us-api.mimecast.com.example.com',
  'https://api.notmimecast.com',
])('%s is accepted', (address) => {
  expect(mistakeOf(address)).toBeUndefined();
});
