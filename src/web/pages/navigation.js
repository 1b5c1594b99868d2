/** The entries of the navigation, in their order; some are for administrators only. */

/** @type {readonly { href: string, label: string, isForAdministrators?: boolean }[]} */
export const NAVIGATION = [
  { href: '/', label: 'Collection' },
  { href: '/search', label: 'Search' },
  { href: '/ioc', label: 'IOC search' },
  { href: '/watchlists', label: 'Watchlists' },
  { href: '/detections', label: 'Detections' },
  { href: '/alerts', label: 'Alerts', isForAdministrators: true },
];
