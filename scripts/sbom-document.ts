/** A software bill of materials: npm's own, without what is only for development, and with the servers that `npm start` fetches. */

import { PROGRAMS, type ProgramName } from '../devstack/programs.js';
import type { LockedPackage } from './locked-packages.js';

export interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly scope?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

/** CycloneDX, as far as it is looked into. */
export interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

const OF_NPM_START: readonly ProgramName[] = ['temporal', 'mongod'];
const FOR_TESTS: readonly ProgramName[] = ['temporal-test-server', 'weed'];

/**
 * @param npm what `npm sbom` says of all packages. Its own `--omit dev` leaves out what development needs as well, such as
 *   Temporal's SDK.
 * @param name of the project: npm takes that of the folder.
 */
export function sbomOf(
  npm: Sbom,
  {
    name,
    packages,
    withDev,
  }: { readonly name: string; readonly packages: readonly LockedPackage[]; readonly withDev: boolean },
): Sbom {
  const dev = new Set(packages.filter(({ isDev }) => isDev).map((each) => `${each.name}@${each.version}`));
  const isWanted = (each: Component) => withDev || !dev.has(`${each.name}@${each.version}`);
  const components = npm.components.filter(isWanted);
  const root = { ...npm.metadata.component, name };
  const refs = new Set([root, ...components].map((each) => each['bom-ref']));
  const servers = [...OF_NPM_START, ...(withDev ? FOR_TESTS : [])].map(serverComponent);
  return {
    ...npm,
    metadata: { ...npm.metadata, component: root },
    components: [...components, ...servers],
    dependencies: npm.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
  };
}

function serverComponent(program: ProgramName): Component {
  const { wheel } = PROGRAMS[program];
  const purl = `pkg:pypi/${wheel.package}@${wheel.version}`;
  return {
    'bom-ref': purl,
    type: 'application',
    name: wheel.package,
    version: wheel.version,
    purl,
    scope: 'optional',
    hashes: wheel.sha256.map((content) => ({ alg: 'SHA-256', content })),
    properties: [
      { name: 'mimecast-source:program', value: program },
      { name: 'mimecast-source:hashes', value: 'of the wheel for each platform' },
    ],
  };
}
