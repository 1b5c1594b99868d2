import { readFileSync } from 'node:fs';

/** A gzipped tar archive on a vendor's site that has the program somewhere inside. */
export interface VendorArchive {
  url: string;
  /** What was asked for, used in folder names and messages. */
  version: string;
}

/** What decides which build fits. */
export interface Machine {
  platform: NodeJS.Platform;
  arch: string;
  /** The text of os-release(5), on Linux. */
  osRelease: string;
}

/** The newest series that still has builds for all the distributions below. */
const MONGOD_VERSION = '7.0.14';
const TEST_SERVER_VERSION = '1.38.0';

export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, osRelease: readOsRelease() };
}

export function temporalArchive(machine = thisMachine()): VendorArchive | undefined {
  const arch = goArch(machine);
  if (arch === undefined || !isUnix(machine)) return undefined;
  return {
    url: `https://temporal.download/cli/archive/latest?platform=${machine.platform}&arch=${arch}`,
    version: 'latest',
  };
}

export function testServerArchive(machine = thisMachine()): VendorArchive | undefined {
  const arch = goArch(machine);
  if (arch === undefined || !isUnix(machine)) return undefined;
  const version = TEST_SERVER_VERSION;
  const platform = machine.platform === 'darwin' ? 'macOS' : 'linux';
  const file = `temporal-test-server_${version}_${platform}_${arch}.tar.gz`;
  return { url: `https://github.com/temporalio/sdk-java/releases/download/v${version}/${file}`, version };
}

export function mongodArchive(machine = thisMachine()): VendorArchive | undefined {
  const build = machine.platform === 'darwin' ? darwinBuild(machine) : linuxBuild(machine);
  if (build === undefined) return undefined;
  return { url: `https://fastdl.mongodb.org/${build}-${MONGOD_VERSION}.tgz`, version: MONGOD_VERSION };
}

function darwinBuild({ arch }: Machine): string | undefined {
  if (arch === 'arm64') return 'osx/mongodb-macos-arm64';
  return arch === 'x64' ? 'osx/mongodb-macos-x86_64' : undefined;
}

function linuxBuild({ platform, arch, osRelease }: Machine): string | undefined {
  if (platform !== 'linux') return undefined;
  const target = linuxTarget(osRelease, arch);
  if (target === undefined) return undefined;
  if (arch === 'arm64') return `linux/mongodb-linux-aarch64-${target}`;
  return arch === 'x64' ? `linux/mongodb-linux-x86_64-${target}` : undefined;
}

/** A build depends on the distribution's OpenSSL and C library: the same or an older relative of it runs. */
function linuxTarget(osRelease: string, arch: string): string | undefined {
  const id = osReleaseValue(osRelease, 'ID');
  const family = [id, ...osReleaseValue(osRelease, 'ID_LIKE').split(' ')];
  const version = Number.parseFloat(osReleaseValue(osRelease, 'VERSION_ID'));
  if (id === 'amzn') return 'amazon2023';
  if (family.includes('rhel') || family.includes('fedora') || family.includes('centos')) {
    if (id === 'fedora' || version >= 9) return 'rhel90';
    return arch === 'arm64' ? 'rhel82' : 'rhel80';
  }
  if (id === 'ubuntu') return version < 22 ? 'ubuntu2004' : 'ubuntu2204';
  // There is no Debian build for ARM; Ubuntu's of the same age fits.
  if (id === 'debian' && arch === 'x64') return version < 12 ? 'debian11' : 'debian12';
  return family.includes('debian') ? 'ubuntu2204' : undefined;
}

function osReleaseValue(osRelease: string, key: string): string {
  const line = osRelease.split('\n').find((candidate) => candidate.startsWith(`${key}=`)) ?? '';
  return line.slice(key.length + 1).replace(/^"|"$/g, '');
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

function isUnix({ platform }: Machine): boolean {
  return platform === 'linux' || platform === 'darwin';
}

function goArch({ arch }: Machine): string | undefined {
  return { x64: 'amd64', arm64: 'arm64' }[arch];
}
