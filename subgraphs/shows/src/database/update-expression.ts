/** The parts of an UpdateItem that set what has a value, remove what is null and leave the rest alone. */
export function updateExpression(changes: Readonly<Record<string, unknown>>) {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  const placed = entries.map(([name, value], at) => ({ name, value, key: `#u${at}`, place: `:u${at}` }));
  const kept = placed.filter(({ value }) => value !== null);
  const removed = placed.filter(({ value }) => value === null);
  const set = kept.map(({ key, place }) => `${key} = ${place}`).join(', ');
  const remove = removed.map(({ key }) => key).join(', ');
  return {
    UpdateExpression: [set && `SET ${set}`, remove && `REMOVE ${remove}`].filter(Boolean).join(' '),
    ExpressionAttributeNames: Object.fromEntries(placed.map(({ key, name }) => [key, name])),
    ...(kept.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(kept.map(({ place, value }) => [place, value])),
    }),
  };
}
