/**
 * Erases a person: first all is counted that names them, then, once that is confirmed, it is erased. What is asked for is stored
 * before a workflow is started for it, so that it is done whatever dies next.
 */

import { INSTALLATION_MEMO, taskQueueOf } from '../../domain/contract/installation.js';
import {
  ERASURE_WORKFLOW_TYPE,
  type Erasure,
  type ErasureRequest,
  erasureWorkflowId,
  positionOf,
} from '../../domain/erasure/erasure.js';
import { formsOf, holdsAddress, isAddress, normalAddress } from '../../domain/erasure/person.js';
import { present } from '../../domain/present.js';
import {
  activeErasures,
  beginErasure,
  cancelForgotten,
  changeErasure,
  type ErasureDocument,
  erasureOf,
  newestErasures,
} from '../../store/erasures.js';
import { audited, CLI_ACTOR } from '../audited.js';
import { CodedRefusal } from '../common/errors.js';
import type { InstallationAccess } from '../temporal/ownership.js';
import { unlessTemporalIsAway } from '../temporal/temporal-errors.js';

export interface ErasureWish {
  /** E-mail addresses of one person. */
  readonly addresses: readonly string[];
  /** Why, such as the number of the request; it is kept, so it must name nobody. */
  readonly reason: string;
}

/** A preview that nobody has confirmed is forgotten after this time. */
export const CONFIRMED_WITHIN_MS = 24 * 60 * 60_000;
const MOST_ADDRESSES = 50;
const MOST_LISTED = 100;

export class Erasures {
  constructor(private readonly access: InstallationAccess) {}

  /** Begins to count. @throws CodedRefusal naming every mistake */
  async preview({ addresses, reason }: ErasureWish, actor = CLI_ACTOR): Promise<Erasure> {
    const { collections } = this.access;
    const mistakes = mistakesIn({ addresses, reason });
    if (mistakes.length > 0) throw new CodedRefusal(400, 'erasure.invalid', 'Nobody can be erased by this:', mistakes);
    const wanted = [...new Set(addresses.map(normalAddress))];
    await collections.ensureIndexes();
    const begun = await audited(
      collections,
      { actor, action: 'erasure.preview', to: { reason: reason.trim(), addresses: wanted.length } },
      async () => {
        const result = await beginErasure(collections, {
          ...{ addresses: wanted, reason: reason.trim(), startedBy: actor },
        });
        const to = { erasure: result._id, reason: result.reason, addresses: wanted.length };
        return { result, mark: { to } };
      },
    );
    await unlessTemporalIsAway(() => startErasure(this.access, begun));
    return shown(begun);
  }

  /** Erases what was counted, and whatever else names the person by now. */
  async confirm(id: number, actor = CLI_ACTOR): Promise<Erasure> {
    const before = await this.find(id);
    const { collections } = this.access;
    if (before.state === 'Erasing' || before.state === 'Completed') return shown(before);
    const confirmed = await audited(
      collections,
      { actor, action: 'erasure.confirm', to: { erasure: id, found: before.found } },
      async () => {
        const result = await changeErasure(collections, id, ['Previewed'], 'Erasing');
        if (result === null) throw notReady(await this.find(id));
        return { result };
      },
    );
    await unlessTemporalIsAway(() => startErasure(this.access, confirmed));
    return shown(confirmed);
  }

  /** Ends one that was not confirmed. What is being erased is not stopped half way. */
  async cancel(id: number, actor = CLI_ACTOR): Promise<Erasure> {
    const { collections } = this.access;
    const before = await this.find(id);
    if (before.state === 'Canceled') return shown(before);
    return audited(collections, { actor, action: 'erasure.cancel', to: { erasure: id } }, async () => {
      const result = await changeErasure(collections, id, ['Counting', 'Previewed'], 'Canceled');
      if (result === null) throw notCancelable(await this.find(id));
      return { result: shown(result) };
    });
  }

  async get(id: number): Promise<Erasure> {
    return shown(await this.find(id));
  }

  /** At most 100, the newest first. */
  async list(): Promise<Erasure[]> {
    return (await newestErasures(this.access.collections, MOST_LISTED)).map(shown);
  }

  private async find(id: number): Promise<ErasureDocument> {
    const found = await erasureOf(this.access.collections, id);
    if (found === null)
      throw new CodedRefusal(404, 'erasure.unknown', `There is no erasure ${id}: list them to see which there are.`);
    return found;
  }
}

function mistakesIn({ addresses, reason }: ErasureWish): string[] {
  const forms = addresses.filter(isAddress).flatMap(formsOf);
  return [
    ...(addresses.length === 0 ? ['addresses: at least one is needed'] : []),
    ...(addresses.length > MOST_ADDRESSES ? [`addresses: at most ${MOST_ADDRESSES} at once`] : []),
    ...addresses
      .filter((address) => !isAddress(address))
      .map((address) => `addresses: "${address}" is no e-mail address such as ann@example.com`),
    ...(reason.trim() === '' ? ['reason: say why, such as the number of the request'] : []),
    ...(holdsAddress(reason, forms) || /\S@\S/.test(reason)
      ? ['reason: it is kept, so it must not name the person']
      : []),
  ];
}

const notReady = ({ _id, state }: ErasureDocument) =>
  new CodedRefusal(
    409,
    'erasure.state',
    state === 'Canceled'
      ? `Erasure ${_id} was canceled, or not confirmed within a day: begin another one.`
      : `Erasure ${_id} is still counting: confirm it once it is Previewed.`,
  );

const notCancelable = ({ _id, state }: ErasureDocument) =>
  new CodedRefusal(409, 'erasure.state', `Erasure ${_id} is ${state}: it can no longer be canceled.`);

function shown(document: ErasureDocument): Erasure {
  const { _id: id, state, reason, startedBy, startedAt, endedAt, addressCount: addresses } = document;
  const { found, erased, left, later, similar, exported = [], place } = document;
  const optional = present({ endedAt: endedAt?.toISOString(), position: positionOf(place) });
  return {
    id,
    state,
    reason,
    startedBy,
    startedAt: startedAt.toISOString(),
    addresses,
    found,
    erased,
    left,
    later,
    similar,
    exported,
    ...optional,
  };
}

/** One that runs already goes on; Temporal sees to it that each runs once at a time. */
async function startErasure({ client, collections }: InstallationAccess, { _id }: ErasureDocument): Promise<void> {
  const installation = await collections.installation();
  const request: ErasureRequest = { installation: installation.id, erasureId: _id };
  await client.workflow.start(ERASURE_WORKFLOW_TYPE, {
    workflowId: erasureWorkflowId(installation, _id),
    taskQueue: taskQueueOf(installation),
    args: [request],
    memo: { [INSTALLATION_MEMO]: installation.id },
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `Erasure ${_id} of a person`,
  });
}

/** Starts those whose program died before it could, and forgets previews that nobody has confirmed. */
export async function lookAfterErasures(access: InstallationAccess): Promise<void> {
  await cancelForgotten(access.collections, new Date(Date.now() - CONFIRMED_WITHIN_MS));
  for (const erasure of await activeErasures(access.collections)) await startErasure(access, erasure);
}
