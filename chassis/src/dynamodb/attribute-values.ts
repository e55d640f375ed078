/** A value in the JSON of DynamoDB: its type, and the value as that type is written. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: AttributeValue[] }
  | { M: Attributes }
  | { SS: string[] }
  | { NS: string[] }
  | { B: string }
  | { BS: string[] };

export type Attributes = Record<string, AttributeValue>;

/**
 * Converts an item to attributes, as `marshall` of the AWS SDK does with `removeUndefinedValues`.
 * @throws TypeError for a number or an object that DynamoDB cannot store
 */
export function toAttributes(item: object): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) attributes[name] = toAttribute(value);
  return attributes;
}

/** Converts attributes to an item, as `unmarshall` of the AWS SDK does. Integers that are not safe become a BigInt. */
export function fromAttributes(attributes: Attributes): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  // Faster than Object.entries, and attributes are parsed JSON, without inherited properties.
  for (const name in attributes) item[name] = fromAttribute(attributes[name] as AttributeValue);
  return item;
}

function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: numberText(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'bigint') return { N: String(value) };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.filter((one) => one !== undefined).map(toAttribute) };
  if (value instanceof Set) return toSet([...value]);
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  if (isPlainObject(value)) return { M: toAttributes(value) };
  throw new TypeError(`DynamoDB cannot store a value of this type: ${Object.prototype.toString.call(value)}`);
}

function toSet(values: unknown[]): AttributeValue {
  const attributes = values.map(toAttribute);
  if (attributes.length === 0) throw new TypeError('DynamoDB cannot store an empty set');
  const members = (type: string) => attributes.flatMap((one) => (one as Record<string, string>)[type] ?? []);
  for (const type of ['S', 'N', 'B'])
    if (members(type).length === attributes.length) return { [`${type}S`]: members(type) } as AttributeValue;
  throw new TypeError('DynamoDB can store sets of strings, of numbers or of binary values');
}

/** DynamoDB has 38 digits, but a number that JavaScript has rounded is a mistake. */
function numberText(value: number): string {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  throw new TypeError(`DynamoDB cannot store this number exactly: ${value}`);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** One check after the other, the most frequent types first: nearly every value is a string or a number. */
function fromAttribute(attribute: AttributeValue): unknown {
  if ('S' in attribute) return attribute.S;
  if ('N' in attribute) return toNumber(attribute.N);
  if ('BOOL' in attribute) return attribute.BOOL;
  if ('M' in attribute) return fromAttributes(attribute.M);
  if ('L' in attribute) return attribute.L.map(fromAttribute);
  if ('NULL' in attribute) return null;
  if ('SS' in attribute) return new Set(attribute.SS);
  if ('NS' in attribute) return new Set(attribute.NS.map(toNumber));
  if ('B' in attribute) return toBytes(attribute.B);
  if ('BS' in attribute) return new Set(attribute.BS.map(toBytes));
  throw new TypeError(`unknown type of an attribute: ${Object.keys(attribute).join()}`);
}

function toNumber(text: string): number | bigint {
  const number = Number(text);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : BigInt(text);
}

function toBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
