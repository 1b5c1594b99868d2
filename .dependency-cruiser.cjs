/**
 * Which folder may import which: the table of docs/architecture.md as rules.
 * A folder that is not listed for another may not be imported by it; a program (src/*.ts) may import all.
 */
const NPM = {
  source: [],
  config: ['zod', '@temporalio/envconfig'],
  workflows: ['@temporalio/workflow', '@temporalio/common'],
  activities: ['@temporalio/activity', '@temporalio/common'],
  mimecast: ['fetch-retry', 'jsonc-parser', 'undici'],
  records: ['mongodb', 're2js'],
  secrets: ['jose'],
  store: ['mongodb'],
  management: [
    '@grpc/grpc-js',
    '@temporalio/client',
    '@temporalio/common',
    'zod',
    'fastify',
    '@fastify/rate-limit',
    '@fastify/swagger',
    'fastify-type-provider-zod',
  ],
  simulator: ['commander'],
};
const FOLDERS = {
  source: [],
  config: ['source', 'records'],
  workflows: ['source'],
  activities: ['source', 'config', 'mimecast', 'records', 'secrets', 'store'],
  mimecast: ['source'],
  records: ['source'],
  secrets: [],
  store: ['source'],
  management: ['source', 'config', 'mimecast', 'secrets', 'store'],
  simulator: ['source', 'runtime'],
};

const folderRules = Object.entries(FOLDERS).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import only: ${allowed.join(', ') || 'nothing of src'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: [
      `^src/(${[folder, ...allowed].join('|')})/`,
      // A workflow knows its activities by their types alone.
      ...(folder === 'workflows' ? ['^src/activities/[^/]+[.]ts$'] : []),
    ],
  },
}));

const npmRules = Object.entries(NPM).map(([folder, allowed]) => ({
  name: `${folder}-packages`,
  comment: `src/${folder} may use only these packages: ${allowed.join(', ') || 'none'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
    ...(allowed.length > 0 ? { pathNot: allowed.map((name) => `node_modules/${name}/`) } : {}),
  },
}));

const pureRules = ['source', 'workflows'].map((folder) => ({
  name: `${folder}-no-node`,
  comment: `src/${folder} runs inside the workflow sandbox: no node modules`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { dependencyTypes: ['core'] },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    ...npmRules,
    ...pureRules,
    {
      name: 'workflows-types-only',
      comment: 'a workflow imports activities for their types alone',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'programs-are-leaves', severity: 'error', from: { path: '^src/.+/' }, to: { path: '^src/[^/]+[.]ts$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
