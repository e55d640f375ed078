/** The parts of an UpdateItem request that set values, remove those that are null and skip those that are undefined. */
export function updateExpression(changes: Readonly<Record<string, unknown>>) {
  const defined = Object.entries(changes).filter(([, value]) => value !== undefined);
  const attributes = defined.map(([name, value], at) => ({ name, value, nameKey: `#u${at}`, valueKey: `:u${at}` }));
  const toSet = attributes.filter(({ value }) => value !== null);
  const toRemove = attributes.filter(({ value }) => value === null);
  const set = toSet.map(({ nameKey, valueKey }) => `${nameKey} = ${valueKey}`).join(', ');
  const remove = toRemove.map(({ nameKey }) => nameKey).join(', ');
  return {
    UpdateExpression: [set && `SET ${set}`, remove && `REMOVE ${remove}`].filter(Boolean).join(' '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map(({ nameKey, name }) => [nameKey, name])),
    ...(toSet.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(toSet.map(({ valueKey, value }) => [valueKey, value])),
    }),
  };
}
