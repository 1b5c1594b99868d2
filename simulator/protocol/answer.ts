/** An HTTP answer as a value, so that a fault can change it before it is sent. */

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Called once the whole body, undamaged, was sent. */
  readonly onServed?: () => void;
}

export function json(status: number, value: unknown, onServed?: () => void): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/json' }, body, ...(onServed && { onServed }) };
}

/** As the object store behind the file URLs answers. */
export function xml(
  status: number,
  code: string,
  message: string,
  details: Readonly<Record<string, string>> = {},
): Answer {
  const more = Object.entries(details).map(([name, text]) => `<${name}>${text}</${name}>`);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more.join('')}</Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}
