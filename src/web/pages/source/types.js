/**
 * What the API says of a source; see docs/openapi.json.
 *
 * @typedef {object} ShownProblem
 * @property {string} where
 * @property {'Error' | 'Warning'} severity
 * @property {string} type
 * @property {string} code
 * @property {string} since
 * @property {string} message
 * @property {string} next
 *
 * @typedef {object} StreamView
 * @property {string} stream
 * @property {'idle' | 'waiting' | 'collecting' | 'retrying' | 'parked'} phase
 * @property {number} stored
 * @property {number} duplicates
 * @property {number} quarantined
 * @property {number} [lagMs]
 * @property {string} [position]
 * @property {string} [lastEventTime]
 * @property {string} [checkedAt]
 * @property {number} gaps
 * @property {ShownProblem} [problem]
 * @property {Omit<ShownProblem, 'next'> & { endedAt: string }} [lastProblem]
 *
 * @typedef {object} SourceView
 * @property {string} stage
 * @property {string} since
 * @property {string} sentence
 * @property {string} startedAt
 * @property {number} restarts
 * @property {number} version
 * @property {number} pollIntervalMs
 * @property {string} [nextPollAt]
 * @property {{ stored: number, duplicates: number, quarantined: number }} totals
 * @property {ShownProblem[]} problems
 * @property {StreamView[]} streams
 *
 * @typedef {object} ExportView
 * @property {'Exporting' | 'Error' | 'Stopped'} state
 * @property {string} bucket
 * @property {string} prefix
 * @property {number} objects
 * @property {number} records
 * @property {{ stream: string, objects: number, records: number }[]} streams
 * @property {number} lagMs
 * @property {string} [caughtUpAt]
 * @property {{ key: string, at: string }} [lastObject]
 * @property {ShownProblem} [problem]
 *
 * @typedef {object} ListedSource
 * @property {number} id
 * @property {string} name
 * @property {number} collectorId
 * @property {string} collectorName
 * @property {string} workflowId
 * @property {{ state: string, errorType?: string, errorCode?: string, errorInfo?: string }} state
 * @property {string} health
 * @property {string} [lastEventTime]
 *
 * @typedef {object} SourceDetails
 * @property {ListedSource} source
 * @property {string} [workflowUrl]
 * @property {import('../collection/usage/commands.js').Temporal} temporal
 * @property {SourceView} [view]
 * @property {ExportView} [export]
 * @property {string} [note]
 */

export {};
