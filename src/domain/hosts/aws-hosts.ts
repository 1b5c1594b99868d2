/** The hosts of AWS's own services. */

const AWS_HOST = /\.(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/;

/** @param hostname without a port, in lower case, as `URL` has it. */
export function isAwsHost(hostname: string): boolean {
  return AWS_HOST.test(hostname);
}
