/** Codes of our own, where S3's code alone does not say what to do. */
export const S3_CODE = {
  wrongRegion: 'WrongRegion',
  /** Of a session token that was configured, which nobody but the operator can renew. */
  expiredSessionToken: 'ExpiredSessionToken',
  kmsDenied: 'KmsAccessDenied',
  noCredentials: 'NoCredentials',
  /** Another object is under the key that one is to be written under. */
  keyTaken: 'KeyTaken',
} as const;
