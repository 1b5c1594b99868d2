/** What a page about one source is made of, beside the source itself. */

import type { Routes } from '../common/services.js';
import { detailsRoutes } from './details-routes.js';
import { healthHistoryRoutes } from './health-history-routes.js';
import { quarantineTextRoutes } from './quarantine-text-routes.js';
import { volumeRoutes } from './volume-routes.js';

export const sourceDetailsRoutes: Routes = (app, services) => {
  for (const add of [detailsRoutes, healthHistoryRoutes, quarantineTextRoutes, volumeRoutes]) add(app, services);
};
