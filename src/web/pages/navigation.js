/** The entries of the navigation, in their order. */

export const NAVIGATION = [
  { href: '/', label: 'Collection' },
  { href: '/search', label: 'Search' },
  { href: '/ioc', label: 'IOC search' },
  { href: '/watchlists', label: 'Watchlists' },
  { href: '/detections', label: 'Detections' },
];
