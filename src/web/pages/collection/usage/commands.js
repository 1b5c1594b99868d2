/** Ready-made commands for one source. Pure. */

/** @typedef {import('../collection-data.js').Source} Source */
/** @typedef {readonly [label: string, text: string]} Command */

/**
 * Where the management server finds the workflow.
 *
 * @typedef {object} Temporal
 * @property {string} flags for the Temporal CLI, each after a space
 */

/** As one word of a shell. @param {string} text */
function quoted(text) {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * @param {Source} source
 * @param {string} origin of the management server
 * @param {Temporal | undefined} temporal without it, there are no commands for the Temporal CLI
 * @returns {Record<'curl' | 'CLI' | 'Temporal', Command[]>}
 */
export function commandsFor({ id, collectorId, workflowId }, origin, temporal) {
  const url = `${origin}/api/v1/collectors/${collectorId}/sources/${id}`;
  const curl = (/** @type {string} */ more, path = '') =>
    `curl -u "$MIMECAST_ACCESS_ID:$MIMECAST_ACCESS_KEY"${more} ${quoted(url + path)}`;
  const cli = (/** @type {string} */ command) => `npm run starter -- ${command} ${id}`;
  const workflow = (/** @type {string} */ command, more = '') =>
    `temporal workflow ${command}${temporal?.flags} --workflow-id ${quoted(workflowId)}${more}`;
  return {
    curl: [
      ['Read the source', curl('')],
      ['Restart the source', curl(' -X POST', '/action/restart')],
      ['Read its whole state', curl('', '/snapshot')],
      ['Read its health events', curl('', '/healthEvents')],
    ],
    CLI: [
      ['Show its state', cli('status')],
      ['Show its health events', cli('health')],
      ['Restart it', cli('restart')],
      ['Restart it through this server', `npm run starter -- --server ${quoted(origin)} restart ${id}`],
    ],
    Temporal:
      temporal === undefined
        ? []
        : [
            ['Describe its workflow', workflow('describe')],
            ['Query its state', workflow('query', ' --type status')],
            ['Show its history', workflow('show')],
            ['Restart it', workflow('signal', ' --name restart')],
          ],
  };
}
