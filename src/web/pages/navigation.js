/** The entries of the navigation, in their order. */

export const NAVIGATION = [
  { href: '/', label: 'Collection' },
  { href: '/search', label: 'Search' },
  { href: '/ioc', label: 'IOC search' },
  { href: '/detections', label: 'Detections' },
];
