import type { EntityManager } from 'typeorm';

/** Hides the profile and the jobs of a user, except from staff and from the user. */
export async function hidePerson(manager: EntityManager, userId: string): Promise<void> {
  await manager.query('insert into inactive_people (user_id) values ($1) on conflict do nothing', [userId]);
  await setActive(manager, userId, false);
}

/** Shows what `hidePerson` has hidden. */
export async function showPerson(manager: EntityManager, userId: string): Promise<void> {
  await manager.query('delete from inactive_people where user_id = $1', [userId]);
  await setActive(manager, userId, true);
}

/** Hides the profile and the jobs of a deleted user for good. */
export async function hideDeletedPerson(manager: EntityManager, userId: string): Promise<void> {
  await hidePerson(manager, userId);
  await manager.query('update inactive_people set is_deleted = true where user_id = $1', [userId]);
}

async function setActive(manager: EntityManager, userId: string, isActive: boolean): Promise<void> {
  const values = [userId, isActive];
  await manager.query('update freelancer_profiles set owner_is_active = $2 where owner_id = $1', values);
  await manager.query('update jobs set poster_is_active = $2 where poster_id = $1', values);
}
