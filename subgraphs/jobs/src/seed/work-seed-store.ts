import { In, type DataSource, type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { BookCover, CoverContributor } from '../covers/cover-model.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { Job } from '../jobs/job-model.js';
import { Proposal } from '../proposals/proposal-model.js';

/** The rows of the example jobs and covers, with their proposals, invitations and contributors. */
export interface ExampleWork {
  jobs: readonly Partial<Job>[];
  invitations: readonly { jobId: string; profileIds: string[] }[];
  proposals: readonly Partial<Proposal>[];
  covers: readonly Partial<BookCover>[];
  contributors: readonly CoverContributor[];
}

/** Inserts example jobs and covers. */
export function workSeedStore(source: DataSource) {
  return { addWork };

  /** Inserts the missing jobs and covers with their dependent rows. Existing ones are not changed. */
  async function addWork(example: ExampleWork): Promise<void> {
    await source.transaction(async (manager) => {
      const jobIds = await insertMissing(manager, Job, example.jobs);
      const coverIds = await insertMissing(manager, BookCover, example.covers);
      const profileIds = await findExistingProfileIds(manager, example);
      for (const invitation of example.invitations.filter(({ jobId }) => jobIds.has(jobId)))
        await manager.query(inviteStatement, [
          invitation.jobId,
          invitation.profileIds.filter((id) => profileIds.has(id)),
        ]);
      const proposals = example.proposals.filter(({ jobId = '' }) => jobIds.has(jobId));
      await insertMissing(
        manager,
        Proposal,
        proposals.filter(({ profileId = '' }) => profileIds.has(profileId)),
      );
      const contributors = example.contributors.filter(({ coverId }) => coverIds.has(coverId));
      await manager.insert(
        CoverContributor,
        contributors.map((contributor) => withKnownProfile(contributor, profileIds)),
      );
    });
  }
}

const inviteStatement = 'insert into job_invitations (job_id, profile_id) select $1, unnest($2::uuid[])';

/** Inserts the rows that do not exist, and returns their ids. */
async function insertMissing<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  rows: readonly Partial<Row>[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const insert = manager
    .createQueryBuilder()
    .insert()
    .into(entity)
    .values([...rows])
    .orIgnore()
    .returning('id');
  const inserted = (await insert.execute()).raw as { id: string }[];
  return new Set(inserted.map(({ id }) => id));
}

/** Returns the ids of the profiles that exist: the users may have created other profiles instead. */
async function findExistingProfileIds(manager: EntityManager, example: ExampleWork): Promise<Set<string>> {
  const named = [...example.proposals, ...example.contributors].flatMap(({ profileId }) => profileId ?? []);
  const ids = [...named, ...example.invitations.flatMap(({ profileIds }) => profileIds)];
  const profiles = await manager.find(FreelancerProfile, { select: { id: true }, where: { id: In(ids) } });
  return new Set(profiles.map(({ id }) => id));
}

function withKnownProfile(contributor: CoverContributor, profileIds: ReadonlySet<string>): CoverContributor {
  const { profileId } = contributor;
  return { ...contributor, profileId: profileId !== null && profileIds.has(profileId) ? profileId : null };
}
