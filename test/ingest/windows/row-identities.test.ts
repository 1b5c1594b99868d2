/** Identities as they are in the databases already: another one would store its row a second time. */

import { expect, test } from 'vitest';
import { windowOf } from './raw-window.js';

const ROWS = String.raw`
  { "id" : "a\/1", "n": 12345678901234567890 },
  {"n":12345678901234567890,"eventTime":"2024-01-31T00:10:00+0000"},
  { "n" : 12345678901234567891, "eventTime" : "2024-01-31T00:10:00+0000" },
  {"a":1,"\u0061":2,"s":"\u0064\/\"]}","eventTime":"2024-01-31T00:10:00+0000"},
  {"id":"","n":1e400,"m":1.50,"l":[ [ ], { } ]},
  {"id":1e99999},
  {"id":"","key\u0000":1},
  [ 1, 2 ], "te\u0078t", null, 1.0`;

const IDENTITIES = {
  audit: [
    '70e133f24f1bb51893f6a374ba2acb26',
    '8cc7a5f1d24457fa13e21a8a6241a09a',
    '78ff3d883357e9c5c281d06cd92be739',
    'd9d5300d55159a67086cd4f34ad696a1',
    '66e4cc9da3c02a35d13cd462642e9026',
    '535ef4d8913be6c8f96c62a5643e061a',
    '77fbbcc56e67ad86ebb3646e928482ac',
    '6d9fe2e7f352dd4d659714b9ab02c181',
    'a77843350721249fb51931e3bddd45bb',
    '1a480bffa72537848ee9fb3da8644c9c',
    '7dc867345054b4d1170fbddb875170c6',
  ],
  hold: [
    '40ad674724942e17b7bc3410ad1c3cab',
    '0178dd343d53b23ebbb08e73052b29e8',
    'b686b0b45e11c309c5ecf7bee58841e7',
    'ddf77c20841dcbdc9e4310568bfd1e6d',
    'be7bac95e81a622296ec708c61042a42',
    'b9a801fb35119e4e96b740bd338f759d',
    '8778200c5cb672f638ee0ff799d75991',
    'a2dd1107781b30e743735e4de0ddc1e8',
    '6ce18fd35e5bae6f6389f147054b6c77',
    '67da232d5ddd701581aa34915cf5a532',
    '1db121bebac01f809045d895c27527a3',
  ],
  dlp: [
    'd42072e3cbe4b8905ea7f2b48de951cc',
    'b2515812b64385e218608b578fddcf6f',
    '6c35a194a1aeec1339102302958c67a2',
    '01c1f3e526e1bd200b80dddc7c649f73',
    '946845b56658d0b591280b0b78ee818f',
    'baf75ee18cf5627c12721224c79ee723',
    '389f9431feea844cfd1e6b8dce785809',
    'dff11f2474a49ed31e3cc607b00f8594',
    'aae143f3b0d20dd4fd996185a8dd7731',
    'cb9d900504388dfbde580b39a2b6bbdd',
    '9f19587a6c57d1d733b10f819bb1231a',
  ],
};

test.each<[keyof typeof IDENTITIES, string]>([
  ['audit', `{"data":[${ROWS}]}`],
  ['hold', `{"data":[${ROWS}]}`],
  ['dlp', `{"data":[{"dlpLogs":[${ROWS}]}]}`],
])('%s', async (stream, body) => {
  const { listed } = await windowOf(stream, body);
  expect(listed.map((id) => id.toString('hex'))).toEqual(IDENTITIES[stream]);
});
