/** What the requests of the listing functions are made of, read from their JSON. */

export type Json = Readonly<Record<string, unknown>>;
export type Condition = (record: Json) => boolean;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectIn(value: unknown, key: string): Json {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** The field is one of those that the request lists under a key, if it lists any. */
export function anyOf(request: Json, key: string, field: string): Condition[] {
  const wanted = request[key];
  if (!Array.isArray(wanted) || wanted.length === 0) return [];
  const values = wanted.map((item) => String(item).toLowerCase());
  return [(record) => values.includes(String(record[field]).toLowerCase())];
}

/** One of the fields holds a text, if it is one. */
export function holding(text: unknown, fields: readonly string[]): Condition[] {
  if (typeof text !== 'string' || text === '') return [];
  const part = text.toLowerCase();
  return [
    (record) =>
      fields.some((field) =>
        JSON.stringify(record[field] ?? '')
          .toLowerCase()
          .includes(part),
      ),
  ];
}
