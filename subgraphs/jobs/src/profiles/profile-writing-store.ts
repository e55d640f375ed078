import { fold } from '@marquee/chassis/input/fold';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { findFreeSlug } from '../database/free-slug.js';
import { queryRows } from '../database/statements.js';
import { omitUndefined } from '../input/input-values.js';
import { toSlug } from '../input/slug.js';
import { NoteKind, ProfileNote } from '../notes/note-model.js';
import { writeAs } from '../people/person-state-store.js';
import type { ProfileTransition } from './profile-action-rules.js';
import { lockProfile } from './profile-lock.js';
import { FreelancerProfile } from './profile-model.js';
import type { ProfileChange } from './profile-rules.js';

/** Writes profiles. */
export function profileWritingStore(source: DataSource) {
  return {
    /**
     * Updates the profile of an owner, or creates it. Concurrent first saves create one profile.
     *
     * @param assertAllowed throws if the change is not allowed; then nothing is written
     */
    save: (ownerId: string, change: ProfileChange, assertAllowed: AssertAllowed) =>
      writeAs(source, ownerId, (manager) => save(manager, ownerId, toColumns(change), assertAllowed)),
    /**
     * Changes the status of a profile and writes the SYSTEM note about it in one transaction. Concurrent actions on
     * the same profile run one after the other.
     *
     * @param decide decides on the locked profile, and throws if the action is not allowed
     * @returns null if there is no such profile
     */
    act: (id: string, actorId: string, decide: Decision) =>
      writeAs(source, actorId, (manager) => act(manager, id, actorId, decide)),
    setFeatured: async (id: string, featured: boolean): Promise<void> => {
      await source.getRepository(FreelancerProfile).update({ id }, { featured });
    },
  };
}

type Columns = Partial<FreelancerProfile>;
type AssertAllowed = (before: FreelancerProfile, after: FreelancerProfile) => void;
type Decision = (profile: FreelancerProfile, visibleAssets: number) => ProfileTransition;

async function save(
  manager: EntityManager,
  ownerId: string,
  values: Columns,
  assertAllowed: AssertAllowed,
): Promise<FreelancerProfile> {
  await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`profile of ${ownerId}`]);
  const current = await lockProfile(manager, { ownerId });
  if (current === null) return add(manager, ownerId, values);
  const after = { ...current, ...values };
  assertAllowed(current, after);
  return update(manager, current, after);
}

async function act(
  manager: EntityManager,
  id: string,
  actorId: string,
  decide: Decision,
): Promise<FreelancerProfile | null> {
  const profile = await lockProfile(manager, { id });
  if (profile === null) return null;
  const { changes, note } = decide(profile, await countVisibleAssets(manager, id));
  await manager.update(FreelancerProfile, { id }, { ...changes, updatedAt: new Date() });
  await manager.insert(ProfileNote, { id: v7(), profileId: id, authorId: actorId, kind: NoteKind.SYSTEM, body: note });
  return { ...profile, ...changes };
}

async function add(manager: EntityManager, ownerId: string, values: Columns): Promise<FreelancerProfile> {
  const id = v7();
  const slug = await findProfileSlug(manager, values.name ?? '');
  await manager.insert(FreelancerProfile, { ...values, id, ownerId, slug });
  return manager.findOneByOrFail(FreelancerProfile, { id });
}

/** The first name that is saved determines the slug, which never changes afterwards. */
async function update(
  manager: EntityManager,
  before: FreelancerProfile,
  after: FreelancerProfile,
): Promise<FreelancerProfile> {
  const isFirstName = before.name === '' && after.name !== '';
  const slug = isFirstName ? await findProfileSlug(manager, after.name) : before.slug;
  const changed = { ...after, slug, updatedAt: new Date() };
  await manager.update(FreelancerProfile, { id: before.id }, changed);
  return changed;
}

function findProfileSlug(manager: EntityManager, name: string): Promise<string> {
  return findFreeSlug(manager, 'freelancer_profiles', toSlug(name) ?? 'freelancer');
}

/** Counts the assets that would be public once they are approved. */
async function countVisibleAssets(manager: EntityManager, profileId: string): Promise<number> {
  const [counted] = await queryRows<{ count: number }>(
    manager,
    `select count(*)::int as count from portfolio_assets where profile_id = $1 and removed_at is null
     and visibility = 'PUBLIC' and review in ('PENDING', 'APPROVED')`,
    [profileId],
  );
  return counted?.count ?? 0;
}

function toColumns(change: ProfileChange): Columns {
  return {
    ...(omitUndefined(change) as Columns),
    ...(change.name === undefined ? {} : { foldedName: fold(change.name) }),
    ...(change.currentLocations === undefined ? {} : { foldedLocations: change.currentLocations.map(fold).join('\n') }),
  };
}
