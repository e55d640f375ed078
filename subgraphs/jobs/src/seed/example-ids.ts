/** Returns a fixed id of the example data. Other services seed the same users with the same numbers. */
export function exampleId(number: number): string {
  return `019a0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

/** The numbers of the example users who can sign in. */
export const exampleUsers = { admin: 1, reviewer: 2, hiring: 3 } as const;

/** Returns the id of the profile of the user with this number. */
export function exampleProfileId(person: number): string {
  return exampleId(2000 + person);
}

/** Returns the id of the avatar that the users service seeds for the user with this number. */
export function exampleAvatarId(person: number): string {
  return exampleId(300 + person);
}
