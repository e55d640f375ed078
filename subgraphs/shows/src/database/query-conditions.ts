type Value = string | number;

/** A condition on one attribute. `format` receives the placeholders of the attribute and of its values. */
export interface Condition {
  attribute: string;
  values: readonly Value[];
  format(name: string, values: readonly string[]): string;
}

/** The parts of a DynamoDB request that contain conditions. */
export interface ConditionExpression {
  text: string;
  names: Record<string, string>;
  values: Record<string, Value>;
}

export function compare(attribute: string, operator: '=' | '>=' | '<=', value: Value): Condition {
  return { attribute, values: [value], format: (name, [first]) => `${name} ${operator} ${first}` };
}

export function contains(attribute: string, part: string): Condition {
  return { attribute, values: [part], format: (name, [first]) => `contains(${name}, ${first})` };
}

/** Both bounds are inclusive; an undefined bound is ignored. */
export function between(attribute: string, low: Value | undefined, high: Value | undefined): Condition[] {
  if (low !== undefined && high !== undefined) {
    const format = (name: string, [from, to]: readonly string[]) => `${name} BETWEEN ${from} AND ${to}`;
    return [{ attribute, values: [low, high], format }];
  }
  if (low !== undefined) return [compare(attribute, '>=', low)];
  if (high !== undefined) return [compare(attribute, '<=', high)];
  return [];
}

/** Combines conditions with AND. All placeholders begin with `prefix`. */
export function combineConditions(conditions: readonly Condition[], prefix: string): ConditionExpression {
  const expression: ConditionExpression = { text: '', names: {}, values: {} };
  const texts = conditions.map(({ attribute, values, format }, at) => {
    const name = `#${prefix}${at}`;
    const placeholders = values.map((_, nth) => `:${prefix}${at}_${nth}`);
    expression.names[name] = attribute;
    for (const [nth, value] of values.entries()) expression.values[placeholders[nth] ?? ''] = value;
    return format(name, placeholders);
  });
  return { ...expression, text: texts.join(' AND ') };
}
