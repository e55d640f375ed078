type Value = string | number;

/** One condition on one attribute; `write` gets the placeholders of the attribute and its values. */
export interface Comparison {
  attribute: string;
  values: readonly Value[];
  write(name: string, values: readonly string[]): string;
}

/** The parts of a DynamoDB request that carry conditions. */
export interface Expression {
  text: string;
  names: Record<string, string>;
  values: Record<string, Value>;
}

export function comparesTo(attribute: string, operator: '=' | '>=' | '<=', value: Value): Comparison {
  return { attribute, values: [value], write: (name, [first]) => `${name} ${operator} ${first}` };
}

export function containing(attribute: string, part: string): Comparison {
  return { attribute, values: [part], write: (name, [first]) => `contains(${name}, ${first})` };
}

/** Both bounds included; a bound that is not given does not bind. */
export function within(attribute: string, low: Value | undefined, high: Value | undefined): Comparison[] {
  if (low !== undefined && high !== undefined) {
    const write = (name: string, [from, to]: readonly string[]) => `${name} BETWEEN ${from} AND ${to}`;
    return [{ attribute, values: [low, high], write }];
  }
  if (low !== undefined) return [comparesTo(attribute, '>=', low)];
  if (high !== undefined) return [comparesTo(attribute, '<=', high)];
  return [];
}

/** All of the conditions, with placeholders that begin with `prefix`. */
export function combineConditions(comparisons: readonly Comparison[], prefix: string): Expression {
  const expression: Expression = { text: '', names: {}, values: {} };
  const texts = comparisons.map(({ attribute, values, write }, at) => {
    const name = `#${prefix}${at}`;
    const placeholders = values.map((_, nth) => `:${prefix}${at}_${nth}`);
    expression.names[name] = attribute;
    for (const [nth, value] of values.entries()) expression.values[placeholders[nth] ?? ''] = value;
    return write(name, placeholders);
  });
  return { ...expression, text: texts.join(' AND ') };
}
