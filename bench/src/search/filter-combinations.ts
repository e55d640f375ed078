/** All subsets of the given values, from the empty one to the complete one. */
export function filterCombinations<Values extends object>(values: Values): Partial<Values>[] {
  return Object.entries(values).reduce<Partial<Values>[]>(
    (all, [name, value]) => all.flatMap((some) => [some, { ...some, [name]: value as unknown }]),
    [{}],
  );
}
