import { expect, test } from 'vitest';
import { mongodArchive, temporalArchive, testServerArchive } from '../../devstack/vendor-archives.js';

const DEBIAN_12 = 'ID=debian\nVERSION_ID="12"';
const MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"';

test.each([
  ['linux', 'x64', DEBIAN_12, 'linux/mongodb-linux-x86_64-debian12'],
  ['linux', 'x64', 'ID=debian\nVERSION_ID="11"', 'linux/mongodb-linux-x86_64-debian11'],
  ['linux', 'arm64', DEBIAN_12, 'linux/mongodb-linux-aarch64-ubuntu2204'],
  ['linux', 'x64', 'ID=ubuntu\nVERSION_ID="24.04"', 'linux/mongodb-linux-x86_64-ubuntu2204'],
  ['linux', 'x64', 'ID=ubuntu\nVERSION_ID="20.04"', 'linux/mongodb-linux-x86_64-ubuntu2004'],
  ['linux', 'x64', MINT, 'linux/mongodb-linux-x86_64-ubuntu2204'],
  ['linux', 'x64', 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="8.9"', 'linux/mongodb-linux-x86_64-rhel80'],
  ['linux', 'arm64', 'ID=rhel\nVERSION_ID="8.9"', 'linux/mongodb-linux-aarch64-rhel82'],
  ['linux', 'x64', 'ID=fedora\nVERSION_ID=41', 'linux/mongodb-linux-x86_64-rhel90'],
  ['linux', 'x64', 'ID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"', 'linux/mongodb-linux-x86_64-amazon2023'],
  ['darwin', 'arm64', '', 'osx/mongodb-macos-arm64'],
  ['darwin', 'x64', '', 'osx/mongodb-macos-x86_64'],
] as const)('mongod for %s %s %j', (platform, arch, osRelease, build) => {
  expect(mongodArchive({ platform, arch, osRelease })?.url).toMatch(
    new RegExp(`^https://fastdl\\.mongodb\\.org/${build}-\\d+\\.\\d+\\.\\d+\\.tgz$`),
  );
});

test.each([
  ['linux', 'x64', 'ID=alpine\nVERSION_ID=3.20'],
  ['linux', 'riscv64', DEBIAN_12],
  ['win32', 'x64', ''],
] as const)('no mongod for %s %s %j', (platform, arch, osRelease) => {
  expect(mongodArchive({ platform, arch, osRelease })).toBeUndefined();
});

test('Temporal names platforms in its own way', () => {
  const mac = { platform: 'darwin', arch: 'arm64', osRelease: '' } as const;
  expect(temporalArchive(mac)?.url).toMatch(/platform=darwin&arch=arm64$/);
  expect(testServerArchive(mac)?.url).toMatch(/_macOS_arm64\.tar\.gz$/);
  const linux = { platform: 'linux', arch: 'x64', osRelease: '' } as const;
  expect(temporalArchive(linux)?.url).toMatch(/platform=linux&arch=amd64$/);
  expect(testServerArchive(linux)?.url).toMatch(/_linux_amd64\.tar\.gz$/);
});
