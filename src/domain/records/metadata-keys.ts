/** Keys of a document that are not its record's; a record's own key of such a name is kept under `_vendor`. */
export const METADATA_KEYS: ReadonlySet<string> = new Set([
  ...['_id', '_sourceId', '_source', '_collector', '_sourceCategory', '_dataType', '_messageTime', '_receiptTime'],
  ...['_fields', '_queue', '_maskedText', '_received', '_indicators', '_vendor'],
  ...['_siemForward', '_siemVendor', '_siemProduct', '_siemFormat', '_siemEventID'],
]);
