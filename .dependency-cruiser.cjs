/** The import rules: the table of scripts/layers.cjs, and what holds for all folders. */

const { LAYERS, importable } = require('./scripts/layers.cjs');

const folderRules = Object.entries(LAYERS).map(([folder, layer]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import only: ${importable(folder, layer).join(', ') || 'nothing of src'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: [
      `^src/(${[folder, ...importable(folder, layer)].join('|')})/`,
      // A workflow knows its activities by their types alone.
      ...(folder === 'workflows' ? ['^src/activities/[^/]+[.]ts$'] : []),
    ],
  },
}));

const packageRules = Object.entries(LAYERS)
  .filter(([, { packages }]) => packages !== 'all')
  .map(([folder, { packages }]) => ({
    name: `${folder}-packages`,
    comment: `src/${folder} may use only these packages: ${packages.join(', ') || 'none'}`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: {
      dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
      ...(packages.length > 0 ? { pathNot: packages.map((name) => `node_modules/${name}/`) } : {}),
    },
  }));

const pureRules = ['domain', 'workflows'].map((folder) => ({
  name: `${folder}-no-node`,
  comment: `src/${folder} runs inside the workflow sandbox: no node modules`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { dependencyTypes: ['core'] },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    ...packageRules,
    ...pureRules,
    {
      name: 'workflows-types-only',
      comment: 'a workflow imports activities for their types alone',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'production-stands-alone',
      comment: 'what is shipped never imports the development stack, the simulator, tests or scripts',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(devstack|simulator|test|bench|scripts)/' },
    },
    {
      name: 'mongodb-in-the-store-only',
      comment:
        'only src/store talks to MongoDB; src/records makes values of its types, the development stack its replica set',
      severity: 'error',
      from: {
        path: '^(src|devstack|bench|simulator)/',
        pathNot: '^(src/(store|records)/|devstack/replica-set[.]ts$|bench/(indicators|ingest/floor)[.]ts$)',
      },
      to: { path: 'node_modules/(mongodb|bson)/' },
    },
    {
      name: 'nobody-looks-into-the-store',
      comment:
        'what opens a collection of the driver is for src/store alone; tests have test/support/raw-collections.ts',
      severity: 'error',
      from: { pathNot: '^(src/store/|test/support/raw-collections[.]ts$)' },
      to: { path: '^src/store/driver[.]ts$' },
    },
    {
      name: 'simulator-shares-no-code-with-the-client',
      comment: 'the simulator may use the domain and the runtime of src/, nothing that it is there to test',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^(src|devstack)/', pathNot: '^src/(domain|runtime)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-folder-cycles',
      comment: 'folders depend on each other in one direction',
      scope: 'folder',
      severity: 'error',
      from: { path: '^(src|devstack|simulator)(/|$)' },
      to: { circular: true },
    },
    {
      name: 'programs-are-leaves',
      severity: 'error',
      from: { path: '^src/.+/' },
      to: { path: '^src/[^/]+[.]ts$' },
    },
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
