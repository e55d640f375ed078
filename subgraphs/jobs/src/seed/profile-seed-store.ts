import type { DataSource, EntityManager } from 'typeorm';
import { Feedback } from '../notes/feedback-model.js';
import { Folder } from '../folders/folder-model.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { ProfileNote } from '../notes/note-model.js';
import { PortfolioAsset } from '../portfolio/portfolio-model.js';
import type { ExampleProfileRows } from './profile-rows.js';
import { queryRows } from '../database/statements.js';

/** Inserts example profiles. */
export function profileSeedStore(source: DataSource) {
  return { addProfiles };

  /** Inserts all rows, or none if one of the profiles, its slug or another profile of its owner exists. */
  async function addProfiles(example: ExampleProfileRows): Promise<void> {
    await source.transaction(async (manager) => {
      await manager.query(`select pg_advisory_xact_lock(hashtextextended(current_schema() || ' seed profiles', 0))`);
      if (await hasAny(manager, example.profiles)) return;
      await manager.insert(FreelancerProfile, example.profiles);
      await manager.insert(PortfolioAsset, example.assets);
      await manager.insert(ProfileNote, example.notes);
      await manager.insert(Feedback, example.feedback);
      await manager.insert(Folder, example.folders);
      for (const { folderId, profileIds } of example.members)
        await manager.query(memberStatement, [folderId, profileIds]);
      for (const { userId, profileIds } of example.favorites)
        await manager.query(favoriteStatement, [userId, profileIds]);
    });
  }
}

const memberStatement = 'insert into folder_members (folder_id, profile_id) select $1, unnest($2::uuid[])';
const favoriteStatement = 'insert into favorites (user_id, profile_id) select $1, unnest($2::uuid[])';

async function hasAny(manager: EntityManager, profiles: readonly Partial<FreelancerProfile>[]): Promise<boolean> {
  const ids = profiles.flatMap(({ id, ownerId }) => [id, ownerId]);
  const slugs = profiles.map(({ slug }) => slug);
  const found = await queryRows(
    manager,
    'select 1 from freelancer_profiles where id = any($1) or owner_id = any($1) or slug = any($2) limit 1',
    [ids, slugs],
  );
  return found.length > 0;
}
