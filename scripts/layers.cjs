/**
 * The folders of src/ in the order of their layers: what each is for, which others it may import, which packages it may
 * use. `npm run check` enforces it, and `npm run docs` writes the table into docs/architecture.md from here.
 */

const LAYERS = {
  domain: { job: 'what a source is: states, streams, failures, health. Pure', imports: [], packages: [] },
  metrics: {
    job: 'what is counted, and its text for Prometheus; a program that exports nothing counts nothing',
    imports: ['domain'],
    packages: ['prom-client'],
  },
  'http-client': {
    job: 'one HTTP function with deadlines, proxies and redaction; knows nothing of Mimecast',
    imports: ['domain'],
    packages: ['fetch-retry', 'ipaddr.js', 'undici'],
  },
  mimecast: {
    job: 'the API 2.0 client: token, endpoints, paging, clock, batch files',
    imports: ['domain', 'http-client', 'metrics'],
    packages: ['jsonc-parser'],
  },
  s3: {
    job: 'a bucket, and the queue of its notifications: listing, reading and writing objects, messages, what their errors mean; knows nothing of MongoDB or of records',
    imports: ['domain', 'http-client', 'metrics'],
    packages: ['@aws-sdk/client-s3', '@aws-sdk/client-sqs', '@aws-sdk/credential-providers'],
  },
  rules: { job: 'processing rules: includes, excludes, masks, hashes', imports: ['domain'], packages: ['re2js'] },
  records: {
    job: 'bytes to documents: lines, decoding, identity, time',
    imports: ['domain', 'rules'],
    packages: ['lru-cache', 'mongodb'],
  },
  indicators: {
    job: 'indicators of compromise: taken from records, and read from what people paste or upload. Pure',
    imports: ['domain'],
    packages: ['tldts', 'ipaddr.js', 'ioc-extractor', 'lru-cache'],
  },
  search: {
    job: 'what people type to find records, as a tree of conditions. Pure',
    imports: ['domain', 'indicators'],
    packages: ['@hyperdx/lucene', 'ipaddr.js'],
  },
  detections: {
    job: 'third-party detections as one view, and their export forms. Pure',
    imports: ['domain'],
    packages: [],
  },
  config: {
    job: 'the JSON of a source and the environment of a program',
    imports: ['domain', 'http-client', 'rules'],
    packages: ['zod', '@temporalio/envconfig', 'fastest-levenshtein'],
  },
  secrets: { job: 'encryption of client secrets', imports: [], packages: ['jose'] },
  store: {
    job: 'MongoDB: a file per collection with its documents, its indexes and what reads and writes it; the driver stays inside',
    imports: ['domain', 'metrics'],
    packages: ['mongodb'],
  },
  ingest: {
    job: 'reads streams and stores what it reads: files, windows, objects, reading again; exports what is stored',
    imports: [
      'domain',
      'config',
      'detections',
      'http-client',
      'indicators',
      'metrics',
      'mimecast',
      'records',
      'rules',
      's3',
      'secrets',
      'store',
    ],
    packages: ['@temporalio/activity', '@temporalio/common', 'lru-cache'],
  },
  activities: {
    job: 'one file per activity, the registry, the failure interceptor',
    imports: ['domain', 'ingest', 'mimecast', 's3', 'store'],
    packages: ['@temporalio/activity', '@temporalio/common'],
  },
  workflows: {
    job: 'the workflows: order, timers, signals, retries',
    imports: ['domain'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  alerts: {
    job: 'tells people of health events: what is told when, messages, sending',
    imports: ['domain', 'http-client', 'metrics', 'secrets', 'store'],
    packages: ['nodemailer'],
  },
  management: {
    job: 'the service behind commands and API: sources, collectors, fields, keys, reconciliation',
    imports: [
      ...['domain', 'alerts', 'config', 'detections', 'http-client', 'indicators', 'metrics', 'mimecast', 'records'],
      ...['rules', 's3', 'search', 'secrets', 'store'],
    ],
    packages: ['@grpc/grpc-js', '@temporalio/client', '@temporalio/common', 'lru-cache'],
  },
  api: {
    job: 'the HTTP API: a folder per resource',
    imports: ['domain', 'config', 'detections', 'indicators', 'management', 'metrics', 'search', 'secrets', 'store'],
    packages: [
      '@temporalio/client',
      'csv-stringify',
      'fastify',
      '@fastify/cookie',
      '@fastify/helmet',
      '@fastify/session',
      '@fastify/static',
      '@fastify/rate-limit',
      '@fastify/swagger',
      'fastify-type-provider-zod',
      'lru-cache',
      'zod',
    ],
  },
  web: {
    job: 'the pages: plain ES modules, as the browser loads them',
    imports: [],
    packages: ['preact', 'htm', '@preact/signals', 'uplot'],
  },
  runtime: { job: 'what all programs need: signals, logs, keys, the worker', imports: 'all', packages: 'all' },
  cli: { job: 'the commands of the starter', imports: 'all', packages: 'all' },
};

const folders = Object.keys(LAYERS);

/** `cli` and `runtime` may import every folder of src/ but those that only programs may. */
function importable(folder, { imports }) {
  if (imports !== 'all') return imports;
  return folders.filter(
    (other) => other !== folder && other !== 'web' && !(folder === 'runtime' && ['cli', 'api'].includes(other)),
  );
}

module.exports = { LAYERS, importable };
