/**
 * What a field of a record holds, as far as indicators go: `ip`, `host` (domain or address), `addresses` (any number of
 * e-mail addresses), `files` (any number of file names), `aggregate` (with `accountId` beside it), and the rest one value.
 */
export type IndicatorField =
  | 'ip'
  | 'host'
  | 'url'
  | 'addresses'
  | 'md5'
  | 'sha1'
  | 'sha256'
  | 'message'
  | 'file'
  | 'files'
  | 'aggregate';

/**
 * By name of the field, or by the path to it, such as `from.emailAddress`. The order counts: a record has room for so many
 * indicators only, so lists of recipients come last. Free text, such as a subject, has no place here.
 */
export type IndicatorFields = Readonly<Record<string, IndicatorField>>;
