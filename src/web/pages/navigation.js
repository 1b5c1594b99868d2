/** The entries of the navigation, in their order. */

export const NAVIGATION = [
  { href: '/', label: 'Collection' },
  { href: '/search', label: 'Search' },
];
