/** Byte-wise search for texts, in every form in which they may stand in what is stored or written. */

export interface Place {
  /** Where the bytes are from, for the message of a test that fails. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A text as it is, URL-encoded, form-encoded, JSON-escaped, and in base64, wherever in a group of three it begins. */
export function formsOf(text: string): Buffer[] {
  const escaped = [encodeURIComponent(text), new URLSearchParams({ s: text }).toString().slice(2)];
  const json = JSON.stringify(text).slice(1, -1);
  const forms = new Set([text, ...escaped, json, JSON.stringify(json).slice(1, -1)]);
  return [...[...forms].map((form) => Buffer.from(form)), ...base64FormsOf(Buffer.from(text))];
}

/** Bytes as they are, in hexadecimal digits and in base64. */
export function formsOfBytes(bytes: Buffer): Buffer[] {
  return [bytes, Buffer.from(bytes.toString('hex')), ...base64FormsOf(bytes)];
}

/** Without the characters at either end that depend on what is around. */
function base64FormsOf(bytes: Buffer): Buffer[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const own = [before === 0 ? 0 : before + 1, Math.floor((whole.length * 4) / 3)] as const;
    return (['base64', 'base64url'] as const).map((code) => Buffer.from(whole.toString(code).slice(...own)));
  });
}

/** Which of the places hold which of the texts. */
export async function findAll(
  places: Iterable<Place> | AsyncIterable<Place>,
  wanted: Readonly<Record<string, readonly Buffer[]>>,
): Promise<string[]> {
  const found = new Set<string>();
  for await (const { name, bytes } of places) {
    const searched = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [what, forms] of Object.entries(wanted))
      if (forms.some((form) => searched.includes(form))) found.add(`${what} in ${name}`);
  }
  return [...found].sort();
}
