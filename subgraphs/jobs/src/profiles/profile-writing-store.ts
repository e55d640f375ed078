import { fold } from '@marquee/chassis/input/fold';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { FreelancerProfile } from './profile-model.js';
import { NoteKind, ProfileNote } from '../notes/note-model.js';
import type { ProfileMove } from './profile-action-rules.js';
import type { ProfileChange } from './profile-rules.js';
import { slugOf, slugsFor } from '../input/slug.js';
import { given } from '../input/input-values.js';
import { lockedProfile } from './profile-lock.js';
import { rows } from '../database/statements.js';

/** Writes profiles. */
export function profileWriting(source: DataSource) {
  return {
    /**
     * Changes the profile of an owner, or makes it. Two first saves at once make one profile.
     *
     * @param mayBecome throws where the profile may not become this; then nothing is written
     */
    save: (ownerId: string, change: ProfileChange, mayBecome: Approval) =>
      source.transaction((manager) => save(manager, ownerId, columns(change), mayBecome)),
    /**
     * Changes the state of a profile and writes the note about it, both or neither; whoever acts at the same time waits.
     *
     * @param decide what to do with the profile as it is then; it throws where nothing may be done
     * @returns null when there is no such profile
     */
    act: (id: string, actorId: string, decide: Decision) =>
      source.transaction((manager) => act(manager, id, actorId, decide)),
    setFeatured: async (id: string, featured: boolean): Promise<void> => {
      await source.getRepository(FreelancerProfile).update({ id }, { featured });
    },
  };
}

type Columns = Partial<FreelancerProfile>;
type Approval = (before: FreelancerProfile, after: FreelancerProfile) => void;
type Decision = (profile: FreelancerProfile, visibleAssets: number) => ProfileMove;

async function save(
  manager: EntityManager,
  ownerId: string,
  values: Columns,
  mayBecome: Approval,
): Promise<FreelancerProfile> {
  await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`profile of ${ownerId}`]);
  const current = await lockedProfile(manager, { ownerId });
  if (current === null) return add(manager, ownerId, values);
  const after = { ...current, ...values };
  mayBecome(current, after);
  return update(manager, current, after);
}

async function act(
  manager: EntityManager,
  id: string,
  actorId: string,
  decide: Decision,
): Promise<FreelancerProfile | null> {
  const profile = await lockedProfile(manager, { id });
  if (profile === null) return null;
  const { changes, note } = decide(profile, await visibleAssets(manager, id));
  await manager.update(FreelancerProfile, { id }, { ...changes, updatedAt: new Date() });
  await manager.insert(ProfileNote, { id: v7(), profileId: id, authorId: actorId, kind: NoteKind.SYSTEM, body: note });
  return { ...profile, ...changes };
}

async function add(manager: EntityManager, ownerId: string, values: Columns): Promise<FreelancerProfile> {
  const id = v7();
  await manager.insert(FreelancerProfile, { ...values, id, ownerId, slug: await freeSlug(manager, values.name ?? '') });
  return manager.findOneByOrFail(FreelancerProfile, { id });
}

/** The first name that is given makes the slug, for good. */
async function update(
  manager: EntityManager,
  before: FreelancerProfile,
  after: FreelancerProfile,
): Promise<FreelancerProfile> {
  const isNamed = before.name === '' && after.name !== '';
  const slug = isNamed ? await freeSlug(manager, after.name) : before.slug;
  const changed = { ...after, slug, updatedAt: new Date() };
  await manager.update(FreelancerProfile, { id: before.id }, changed);
  return changed;
}

/** Holds a lock until the end of the transaction, so that nobody else takes what was found free. */
async function freeSlug(manager: EntityManager, name: string): Promise<string> {
  await manager.query(`select pg_advisory_xact_lock(hashtextextended(current_schema() || ' profile slugs', 0))`);
  const base = slugOf(name) ?? 'freelancer';
  const taken = await rows<{ slug: string }>(
    manager,
    `select slug from freelancer_profiles where slug = $1 or slug ^@ ($1 || '-')`,
    [base],
  );
  const [slug = base] = slugsFor(base, new Set(taken.map((row) => row.slug)));
  return slug;
}

/** Assets that the public would see, once they are approved. */
async function visibleAssets(manager: EntityManager, profileId: string): Promise<number> {
  const [counted] = await rows<{ count: number }>(
    manager,
    `select count(*)::int as count from portfolio_assets where profile_id = $1 and removed_at is null
     and visibility = 'PUBLIC' and review in ('PENDING', 'APPROVED')`,
    [profileId],
  );
  return counted?.count ?? 0;
}

function columns(change: ProfileChange): Columns {
  return {
    ...(given(change) as Columns),
    ...(change.name === undefined ? {} : { foldedName: fold(change.name) }),
    ...(change.currentLocations === undefined ? {} : { foldedLocations: change.currentLocations.map(fold).join('\n') }),
  };
}
