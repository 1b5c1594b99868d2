/** Where the time of a profile went: by our folders and by library, and the functions that took most. Pure. */

import type { Profile, ProfileNode } from './inspector.js';

export interface Share {
  readonly name: string;
  /** Of all samples but the idle ones. */
  readonly percent: number;
}

export interface Summary {
  /** Seconds in which the process did something. */
  readonly busySeconds: number;
  readonly places: readonly Share[];
  readonly functions: readonly Share[];
}

const IDLE = '(idle)';
const MOST = 25;

export function summaryOf({ nodes, samples, timeDeltas }: Profile): Summary {
  const parents = parentsOf(nodes);
  const places = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const [at, id] of samples.entries()) {
    const node = byId.get(id);
    const micros = timeDeltas[at] ?? 0;
    if (node === undefined || node.callFrame.functionName === IDLE) continue;
    busy += micros;
    const place = placeOf(node, parents);
    places.set(place, (places.get(place) ?? 0) + micros);
    const name = `${node.callFrame.functionName || '(anonymous)'} ${place}`;
    functions.set(name, (functions.get(name) ?? 0) + micros);
  }
  const shares = (of: ReadonlyMap<string, number>): Share[] =>
    [...of]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, MOST)
      .map(([name, micros]) => ({ name, percent: Math.round((1_000 * micros) / busy) / 10 }));
  return { busySeconds: busy / 1e6, places: shares(places), functions: shares(functions) };
}

function parentsOf(nodes: readonly ProfileNode[]): Map<number, ProfileNode> {
  const parents = new Map<number, ProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  return parents;
}

/** What has no file, such as `JSON.parse`, works for whoever called it. */
function placeOf(node: ProfileNode, parents: ReadonlyMap<number, ProfileNode>): string {
  for (let at: ProfileNode | undefined = node; at !== undefined; at = parents.get(at.id)) {
    const { url, functionName } = at.callFrame;
    if (/^\((garbage collector|program)\)$/.test(functionName)) return functionName;
    const place = fileOf(url);
    if (place !== undefined) return place;
  }
  return '(unknown)';
}

function fileOf(url: string): string | undefined {
  if (url === '') return undefined;
  if (url.startsWith('node:')) return 'Node';
  const [, library] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url) ?? [];
  if (library !== undefined) return library;
  const [, folder] = /\/(src\/[^/]+(?:\/[^/]+(?=\/))?)\//.exec(url) ?? [];
  return folder ?? 'other';
}
