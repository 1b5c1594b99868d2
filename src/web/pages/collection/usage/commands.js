/** Ready-made commands for one source. Pure. */

/** @typedef {import('../collection-data.js').Source} Source */
/** @typedef {readonly [label: string, text: string]} Command */

/** As one word of a shell. @param {string} text */
function quoted(text) {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * @param {Source} source
 * @param {string} origin of the management server
 * @returns {Record<'curl' | 'CLI' | 'Temporal', Command[]>}
 */
export function commandsFor({ id, collectorId, workflowId }, origin) {
  const url = `${origin}/api/v1/collectors/${collectorId}/sources/${id}`;
  const curl = (/** @type {string} */ more, path = '') =>
    `curl -u "$MIMECAST_ACCESS_ID:$MIMECAST_ACCESS_KEY"${more} ${quoted(url + path)}`;
  const cli = (/** @type {string} */ command) => `npm run starter -- ${command} ${id}`;
  const temporal = (/** @type {string} */ command, more = '') =>
    `temporal workflow ${command} --workflow-id ${quoted(workflowId)}${more}`;
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
    Temporal: [
      ['Describe its workflow', temporal('describe')],
      ['Query its state', temporal('query', ' --type status')],
      ['Show its history', temporal('show')],
      ['Restart it', temporal('signal', ' --name restart')],
    ],
  };
}
