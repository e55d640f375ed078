/** The ids of the example world: one prefix, told apart by a number. Other services name the same people by them. */
export function exampleId(number: number): string {
  return `019a0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

/** Who signs in to the example world, by the number of their id. */
export const exampleUsers = { admin: 1, reviewer: 2, hiring: 3 } as const;

/** The profile of the person with this number. */
export function exampleProfileId(person: number): string {
  return exampleId(2000 + person);
}

/** The picture that the users service drew of the person with this number. */
export function exampleAvatarId(person: number): string {
  return exampleId(300 + person);
}
