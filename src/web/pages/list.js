/** Which page an address names. */

import { AlertsPage } from './alerts/alerts-page.js';
import { CollectionPage } from './collection/collection-page.js';
import { DetectionsPage } from './detections/detections-page.js';
import { IocPage } from './ioc/ioc-page.js';
import { NotFoundPage } from './not-found.js';
import { RecordPage } from './record/record-page.js';
import { SearchPage } from './search/search-page.js';
import { SourcePage } from './source/source-page.js';
import { WatchlistPage } from './watchlists/watchlist-page.js';
import { WatchlistsPage } from './watchlists/watchlists-page.js';

/**
 * @typedef {object} Page
 * @property {string} title
 * @property {string} nav address of its entry in the navigation
 * @property {import('preact').ComponentType<any>} view
 * @property {Record<string, string>} props what the address says, such as an id
 */

/** @type {readonly [pattern: RegExp, page: Omit<Page, 'props'>][]} The groups of a pattern become props by their names. */
const PAGES = [
  [/^\/$/, { title: 'Collection', nav: '/', view: CollectionPage }],
  [/^\/search$/, { title: 'Search', nav: '/search', view: SearchPage }],
  [/^\/records\/(?<collection>[^/]+)\/(?<id>[0-9a-f]+)$/, { title: 'Record', nav: '/search', view: RecordPage }],
  [/^\/ioc$/, { title: 'IOC search', nav: '/ioc', view: IocPage }],
  [/^\/watchlists$/, { title: 'Watchlists', nav: '/watchlists', view: WatchlistsPage }],
  [/^\/watchlists\/(?<id>[^/]+)$/, { title: 'Watchlist', nav: '/watchlists', view: WatchlistPage }],
  [/^\/detections$/, { title: 'Detections', nav: '/detections', view: DetectionsPage }],
  [/^\/alerts$/, { title: 'Alerts', nav: '/alerts', view: AlertsPage }],
  [/^\/sources\/(?<id>[1-9]\d{0,14})$/, { title: 'Source', nav: '/', view: SourcePage }],
];

/** @param {string} path @returns {Page} */
export function pageOf(path) {
  for (const [pattern, page] of PAGES) {
    const found = pattern.exec(path);
    if (found !== null) return { ...page, props: { ...found.groups } };
  }
  return { title: 'Not found', nav: '', view: NotFoundPage, props: {} };
}
