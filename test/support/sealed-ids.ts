import { deflateSync } from 'node:zlib';

/** An id as Mimecast makes them. */
export const sealed = (content: unknown): string =>
  deflateSync(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');

/** The id of a held message as a node tells it. */
export const heldId = (number: number, node: string): string =>
  sealed({
    secureid: `sealed by ${node}`,
    hldqid: number,
    tmnd: node,
    version: 1,
    tnde: '005',
    queue_id: number,
  });

/** The id of an audit event, encrypted again. */
export const auditId = (number: number, secureid: string): string =>
  sealed({ secureid, auditlogid: number, customercode: 'C46A75', version: 1 });
