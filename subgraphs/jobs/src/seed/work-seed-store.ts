import { In, type DataSource, type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { BookCover, CoverContributor } from '../covers/cover-model.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { Job } from '../jobs/job-model.js';
import { Proposal } from '../proposals/proposal-model.js';

/** Jobs and covers of the example world, with what belongs to them. */
export interface ExampleWork {
  jobs: readonly Partial<Job>[];
  invitations: readonly { jobId: string; profileIds: string[] }[];
  proposals: readonly Partial<Proposal>[];
  covers: readonly Partial<BookCover>[];
  contributors: readonly CoverContributor[];
}

/** Writes the examples of the embedded run. */
export function workSeedStore(source: DataSource) {
  return { addWork };

  /** Adds what is missing; what is there stays as it is, with all that belongs to it. */
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
        contributors.map((one) => withKnownProfile(one, profileIds)),
      );
    });
  }
}

const inviteStatement = 'insert into job_invitations (job_id, profile_id) select $1, unnest($2::uuid[])';

/** The ids of those that were not there. */
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

/** The database may know other profiles of the same people instead. */
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
