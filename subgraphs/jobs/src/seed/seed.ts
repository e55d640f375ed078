import { exampleContributorRows, exampleCoverRows } from './example-covers.js';
import { exampleInvitationRows, exampleJobRows } from './job-rows.js';
import type { Store } from '../store.js';
import { exampleProfileRows } from './profile-rows.js';
import { exampleProposalRows } from './example-proposals.js';

/** Adds the example data that the database does not have yet. Existing rows are not changed. */
export async function seed(store: Store): Promise<void> {
  const now = Date.now();
  await store.seeding.addProfiles(exampleProfileRows(now));
  await store.workSeeding.addWork({
    jobs: exampleJobRows(now),
    invitations: exampleInvitationRows(),
    proposals: exampleProposalRows(now),
    covers: exampleCoverRows(),
    contributors: exampleContributorRows(),
  });
}
