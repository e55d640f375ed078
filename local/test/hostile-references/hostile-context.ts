import type { Closers } from '@marquee/chassis/process/closers';
import { type GraphClient, type UserClient, createClient, createUser } from '../fixtures/graph-client.js';
import { startGraph, type WholeGraph } from '../fixtures/whole-graph.js';
import { createProfile, type Terms } from '../access-matrix/matrix-context.js';

/** The graph with people who send hostile ids, and others whose answers must not change. */
export interface HostileContext extends WholeGraph {
  people: People;
  /** The readers whose answers must not change. */
  readers: Readonly<Record<string, GraphClient>>;
  terms: Terms;
  /** Entities that the attackers may not use. */
  hidden: {
    deletedUserId: string;
    deactivatedUserId: string;
    suspendedProfileId: string;
    draftJobId: string;
    mediaId: string;
    folderId: string;
  };
}

interface People {
  admin: UserClient;
  reviewer: UserClient;
  /** A freelancer with an approved profile that sends hostile ids. */
  attacker: UserClient;
  /** A hiring user that sends hostile ids. */
  hiringAttacker: UserClient;
  /** A freelancer with an approved profile, the other side of conversations and folders. */
  victim: UserClient;
  bystander: UserClient;
  /** A hiring user with a public job. */
  poster: UserClient;
}

const showSlug = 'show/hostile';

export async function openHostileContext(closers: Closers): Promise<HostileContext> {
  const unlimited = {
    GUARD_COST: '1000000000',
    GUARD_RESPONSE_BYTES: '1000000000000',
    RATE_PER_CALLER: '100000',
    RATE_PER_ADDRESS: '100000',
  };
  const graph = await startGraph(closers, { messaging: true, gateway: unlimited });
  const { url } = graph.gateway;
  const people = await createPeople(url);
  const terms = await createTerms(people.admin);
  const staff = { admin: people.admin, reviewer: people.reviewer };
  const approved = ['SUBMIT', 'APPROVE'];
  for (const one of [people.attacker, people.victim]) await createProfile(one, { staff, terms }, approved);
  const hidden = await createHidden(url, people, terms);
  await fill(people, terms);
  const { admin, reviewer, victim, bystander, poster } = people;
  const readers = { guest: createClient(url), victim, bystander, poster, reviewer, admin };
  return { ...graph, people, readers, terms, hidden };
}

async function createPeople(url: string): Promise<People> {
  return {
    admin: await createUser(url, 'ADMIN'),
    reviewer: await createUser(url, 'REVIEWER'),
    attacker: await createUser(url, 'FREELANCER'),
    hiringAttacker: await createUser(url, 'HIRING_USER'),
    victim: await createUser(url, 'FREELANCER'),
    bystander: await createUser(url, 'FREELANCER'),
    poster: await createUser(url, 'HIRING_USER'),
  };
}

async function createTerms(admin: UserClient): Promise<Terms> {
  const term = async (category: string) =>
    (await admin.mutate('saveTaxonomyTerm', { category, label: 'One' }, 'term { id }')).term.id as string;
  return { audience: await term('AUDIENCE'), style: await term('STYLE'), projectType: await term('PROJECT_TYPE') };
}

async function createHidden(
  url: string,
  { admin, reviewer, poster }: People,
  terms: Terms,
): Promise<HostileContext['hidden']> {
  const [deleted, deactivated, suspended] = [
    await createUser(url, 'FREELANCER'),
    await createUser(url, 'FREELANCER'),
    await createUser(url, 'FREELANCER'),
  ];
  await deleted.mutate('deleteMyAccount', {});
  await admin.mutate('setUserActive', { userId: deactivated.id, isActive: false });
  const upload = { purpose: 'AVATAR', contentType: 'image/png', bytes: 100 };
  return {
    deletedUserId: deleted.id,
    deactivatedUserId: deactivated.id,
    suspendedProfileId: await createProfile(suspended, { staff: { admin, reviewer }, terms }, [
      'SUBMIT',
      'APPROVE',
      'SUSPEND',
    ]),
    draftJobId: (await poster.mutate('draftJob', { title: 'Secret', projectTypeId: terms.projectType }, 'job { id }'))
      .job.id,
    mediaId: (await poster.mutate('createUpload', upload, 'media { id }')).media.id,
    folderId: (await poster.mutate('createFolder', { name: 'Mine' }, 'folder { id }')).folder.id,
  };
}

/** Gives every list at least one entry. */
async function fill({ admin, reviewer, victim, bystander, poster }: People, terms: Terms): Promise<void> {
  await admin.mutate('importShows', { payload: [{ slug: showSlug, title: 'Hostile' }] });
  const job = { title: 'A cover', summary: 'Salt.', projectTypeId: terms.projectType, showSlug };
  const { id: jobId } = (await poster.mutate('draftJob', job, 'job { id }')).job;
  await poster.mutate('actOnJob', { jobId, action: 'SUBMIT' });
  await reviewer.mutate('actOnJob', { jobId, action: 'APPROVE' });
  const { proposal } = await victim.mutate('saveProposal', { jobId, pitch: 'Salt.' }, 'proposal { id }');
  await victim.mutate('submitProposal', { proposalId: proposal.id });
  const { activity } = await victim.mutate('postActivity', { message: 'Hello.' }, 'activity { id }');
  await bystander.mutate('replyToActivity', { activityId: activity.id, message: 'Hello yourself.' });
  await bystander.mutate('startConversation', { participantIds: [victim.id], jobId, firstMessage: 'Hi.' });
  await victim.mutate('createFolder', { name: 'Ours', privacy: 'SHARED_USERS', sharedWithIds: [bystander.id] });
  const upload = { purpose: 'BOOK_COVER', contentType: 'image/png', bytes: 100 };
  const { media } = await admin.mutate('createUpload', upload, 'media { id }');
  await admin.mutate('saveBookCover', { title: 'Salt', author: 'M. Tide', imageId: media.id });
}
