/** What a command works with, opened before it and closed after it: the servers at hand, or a management server. */

import type {
  AlertCommands,
  AuditCommands,
  CommandServices,
  DetectionCommands,
  IndicatorCommands,
  KeyCommands,
  SearchCommands,
  WatchlistCommands,
} from './services/command-services.js';

export type WithCommands = <T>(work: (services: CommandServices) => Promise<T>) => Promise<T>;
export type WithKeys = <T>(work: (keys: KeyCommands) => Promise<T>) => Promise<T>;
export type WithAudit = <T>(work: (audit: AuditCommands) => Promise<T>) => Promise<T>;

export type WithDetections = <T>(work: (detections: DetectionCommands) => Promise<T>) => Promise<T>;
export type WithSearch = <T>(work: (search: SearchCommands) => Promise<T>) => Promise<T>;
export type WithIndicators = <T>(work: (indicators: IndicatorCommands) => Promise<T>) => Promise<T>;

export type WithAlerts = <T>(work: (alerts: AlertCommands) => Promise<T>) => Promise<T>;
export type WithWatchlists = <T>(work: (watchlists: WatchlistCommands) => Promise<T>) => Promise<T>;

export interface Session {
  readonly withCommands: WithCommands;
  /** These need no Temporal. */
  readonly withKeys: WithKeys;
  readonly withAudit: WithAudit;
  readonly withDetections: WithDetections;
  readonly withSearch: WithSearch;
  readonly withIndicators: WithIndicators;
  readonly withWatchlists: WithWatchlists;
  readonly withAlerts: WithAlerts;
}

/**
 * Loads what a command works with when it begins to: Temporal's client takes most of the time that a command needs to start.
 *
 * @param serverUrl of the management server that is to do it; `undefined`: the servers at hand.
 */
export function sessionOf(serverUrl: () => string | undefined): Session {
  const open = async (): Promise<Session> => {
    const url = serverUrl();
    if (url === undefined) return (await import('./services/local-session.js')).localSession();
    return (await import('./services/remote-session.js')).remoteSession(url);
  };
  return {
    withCommands: async (work) => (await open()).withCommands(work),
    withKeys: async (work) => (await open()).withKeys(work),
    withAudit: async (work) => (await open()).withAudit(work),
    withDetections: async (work) => (await open()).withDetections(work),
    withSearch: async (work) => (await open()).withSearch(work),
    withIndicators: async (work) => (await open()).withIndicators(work),
    withWatchlists: async (work) => (await open()).withWatchlists(work),
    withAlerts: async (work) => (await open()).withAlerts(work),
  };
}
