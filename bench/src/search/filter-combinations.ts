/** Every way to give some of the values and leave the others out, from none to all. */
export function filterCombinations<Values extends object>(values: Values): Partial<Values>[] {
  return Object.entries(values).reduce<Partial<Values>[]>(
    (all, [name, value]) => all.flatMap((some) => [some, { ...some, [name]: value as unknown }]),
    [{}],
  );
}
