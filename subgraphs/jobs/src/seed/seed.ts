import { exampleContributors, exampleCovers } from './example-covers.js';
import { exampleInvitations, exampleJobs } from './job-rows.js';
import type { Store } from '../store.js';
import { exampleProfiles } from './profile-rows.js';
import { exampleProposals } from './example-proposals.js';
import { terms } from './example-terms.js';

/** Fills what is empty with an example world; what is there stays as it is. */
export async function seed(store: Store): Promise<void> {
  const now = Date.now();
  await store.seeding.addTerms(terms);
  await store.seeding.addProfiles(exampleProfiles(now));
  await store.workSeeding.addWork({
    jobs: exampleJobs(now),
    invitations: exampleInvitations(),
    proposals: exampleProposals(now),
    covers: exampleCovers(),
    contributors: exampleContributors(),
  });
}
