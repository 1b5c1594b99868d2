/**
 * Modules that all workflows of a worker share. The SDK evaluates a workflow's modules anew for each one that it keeps in memory, so
 * that none sees the state of another; those of the domain have none, and each copy took 70 KiB and a millisecond. A test holds the
 * list against what the workflows import.
 */

import '../domain/contract/contract.js';
import '../domain/contract/installation.js';
import '../domain/contract/worker-version.js';
import '../domain/duration.js';
import '../domain/erasure/erasure.js';
import '../domain/export/export.js';
import '../domain/export/past-export.js';
import '../domain/failures/bucket-failures.js';
import '../domain/failures/failure-row.js';
import '../domain/failures/failure-table.js';
import '../domain/failures/failure.js';
import '../domain/failures/retry-budget.js';
import '../domain/failures/role-failures.js';
import '../domain/fill-in/indicator-fill-in.js';
import '../domain/health/health-ledger.js';
import '../domain/json.js';
import '../domain/lifecycle/current-details.js';
import '../domain/lifecycle/failing.js';
import '../domain/lifecycle/lifecycle.js';
import '../domain/lifecycle/notice.js';
import '../domain/lifecycle/outage.js';
import '../domain/lifecycle/poll-obstacles.js';
import '../domain/lifecycle/poll-spread.js';
import '../domain/lifecycle/problem-text.js';
import '../domain/lifecycle/reduce.js';
import '../domain/lifecycle/rest.js';
import '../domain/lifecycle/snapshot.js';
import '../domain/lifecycle/stream-changes.js';
import '../domain/lifecycle/stream-notices.js';
import '../domain/present.js';
import '../domain/rereads/reread-details.js';
import '../domain/rereads/reread.js';
import '../domain/streams/alterations.js';
import '../domain/streams/collect-request.js';
import '../domain/streams/definitions/audit.js';
import '../domain/streams/definitions/definition.js';
import '../domain/streams/definitions/dlp.js';
import '../domain/streams/definitions/hold.js';
import '../domain/streams/definitions/list.js';
import '../domain/streams/definitions/siem-types.js';
import '../domain/streams/definitions/ttp-url.js';
import '../domain/streams/outcome.js';
import '../domain/streams/position-reset.js';
import '../domain/streams/streams.js';
import '../domain/watchlists/watchlist.js';
