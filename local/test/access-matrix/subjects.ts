import { randomUUID } from 'node:crypto';
import { createUser } from '../fixtures/graph-client.js';
import type { CreateSubject } from './row.js';
import { createProfile, showSlug, type MatrixContext } from './matrix-context.js';

/** The actions that lead a whole profile to each state. */
const profileActions = {
  DRAFT: [],
  SUBMITTED: ['SUBMIT'],
  UNDER_REVIEW: ['SUBMIT', 'CLAIM'],
  CHANGES_REQUESTED: ['SUBMIT', 'REQUEST_CHANGES'],
  APPROVED: ['SUBMIT', 'APPROVE'],
  REJECTED: ['SUBMIT', 'REJECT'],
  SUSPENDED: ['SUBMIT', 'APPROVE', 'SUSPEND'],
  ARCHIVED: ['SUBMIT', 'ARCHIVE'],
} as const;

export type ProfileState = keyof typeof profileActions;

/** The actions that lead a draft to each state. */
const jobActions = {
  DRAFT: [],
  QUEUED_FOR_REVIEW: ['SUBMIT'],
  CHANGES_REQUESTED: ['SUBMIT', 'REQUEST_CHANGES'],
  REJECTED: ['SUBMIT', 'REJECT'],
  PUBLISHED: ['SUBMIT', 'APPROVE'],
  PRIVATE_OUTREACH: ['SUBMIT', 'APPROVE', 'MAKE_PRIVATE'],
  CLOSED: ['SUBMIT', 'APPROVE', 'CLOSE'],
  ARCHIVED: ['ARCHIVE'],
} as const;

export type JobState = keyof typeof jobActions;

/** Nothing but a freelancer. */
export async function freelancer({ artist }: MatrixContext) {
  return { owner: artist, id: artist.id };
}

/** Somebody whom nothing else depends on. */
export async function newcomer({ url }: MatrixContext) {
  const owner = await createUser(url, 'FREELANCER');
  return { owner, id: owner.id };
}

export function profileIn(state: ProfileState): CreateSubject {
  return async (world) => {
    const owner = await createUser(world.url, 'FREELANCER');
    const id = await createProfile(owner, world, profileActions[state]);
    return { owner, id, within: owner.id };
  };
}

/** An asset of an approved profile. */
export function asset(visibility: string, review: string): CreateSubject {
  return async (world) => {
    const { owner, id: profileId } = await profileIn('APPROVED')(world);
    const input = { title: 'Tide', type: 'LINK', url: 'https://example.com/tide', visibility };
    const made = await owner.mutate('addPortfolioAsset', input, 'asset { id }');
    const assetId = made.asset.id;
    if (review !== 'PENDING') await world.staff.reviewer.mutate('reviewPortfolioAsset', { assetId, review });
    return { owner, id: assetId, within: profileId };
  };
}

/** The ticket of a file that the owner is to upload. */
export function media(purpose: string): CreateSubject {
  return async ({ artist }) => {
    const input = { purpose, contentType: 'image/png', bytes: 100 };
    return { owner: artist, id: (await artist.mutate('createUpload', input, 'media { id }')).media.id };
  };
}

export function jobIn(state: JobState): CreateSubject {
  return async ({ poster, staff, terms }) => {
    const brief = { title: 'A cover', summary: 'Salt.', projectTypeId: terms.projectType, showSlug };
    const { job } = await poster.mutate('draftJob', brief, 'job { id }');
    for (const action of jobActions[state]) {
      const actor = ['SUBMIT', 'CLOSE', 'ARCHIVE'].includes(action) ? poster : staff.reviewer;
      await actor.mutate('actOnJob', { jobId: job.id, action, note: 'Said to the poster.' });
    }
    return { owner: poster, id: job.id, within: poster.id };
  };
}

/** A job in this state to which the other freelancer is invited; as a thing, the job or the invitation to it. */
export function invitation(state: JobState, as: 'job' | 'invitation' = 'job'): CreateSubject {
  return async (world) => {
    const { owner, id: jobId } = await jobIn(state)(world);
    await owner.mutate('inviteToJob', { jobId, profileIds: [world.otherId] });
    return as === 'job' ? { owner, id: jobId } : { owner, id: world.otherId, within: jobId };
  };
}

/** A proposal of the artist for a public job; it counts as the artist's or as the poster's. */
export function proposal(state: 'DRAFT' | 'SUBMITTED', of: 'artist' | 'poster'): CreateSubject {
  return async (world) => {
    const { id: jobId } = await jobIn('PUBLISHED')(world);
    const made = await world.artist.mutate('saveProposal', { jobId, pitch: 'Salt.' }, 'proposal { id }');
    const id = made.proposal.id;
    if (state === 'SUBMITTED') await world.artist.mutate('submitProposal', { proposalId: id });
    return { owner: world[of], id, within: jobId };
  };
}

/** A folder with one member, a profile in this state; one for SHARED_USERS is shared with the other freelancer. */
export function folder(privacy: 'PRIVATE' | 'SHARED_USERS' | 'SHARED_TEAM', member?: 'SUSPENDED'): CreateSubject {
  return async (world) => {
    const owner = privacy === 'SHARED_TEAM' ? world.poster : world.artist;
    const shares = privacy === 'SHARED_USERS' ? { sharedWithIds: [world.callers.other.id] } : {};
    const input = { name: 'Good ones', privacy, ...shares };
    const { id: folderId } = (await owner.mutate('createFolder', input, 'folder { id }')).folder;
    const profileId = member === undefined ? world.artistId : (await profileIn('APPROVED')(world)).id;
    await owner.mutate('setFolderMember', { folderId, profileId, member: true });
    if (member === 'SUSPENDED')
      await world.staff.reviewer.mutate('actOnFreelancerProfile', { profileId, action: 'SUSPEND' });
    return { owner, id: folderId };
  };
}

/** A note on the artist's profile: one of somebody who hires, or the one that an action wrote. */
export function note(kind: 'GENERAL' | 'SYSTEM'): CreateSubject {
  return async ({ poster, artistId, staff }) => {
    if (kind === 'GENERAL') {
      const made = await poster.mutate('addProfileNote', { profileId: artistId, body: 'Quick.' }, 'note { id }');
      return { owner: poster, id: made.note.id };
    }
    const document = `query ($id: ID!) { freelancer(id: $id) { internal { notes(first: 100) {
      edges { node { id kind author { id } } } } } } }`;
    const { notes } = (await staff.reviewer.query(document, { id: artistId })).freelancer.internal;
    const written = notes.edges.find(
      ({ node }: { node: { kind: string; author: { id: string } } }) =>
        node.kind === 'SYSTEM' && node.author.id === staff.reviewer.id,
    );
    return { owner: staff.reviewer, id: written.node.id };
  };
}

/** A note of a reviewer on a profile that waits for its review. */
export async function hiddenNote(world: MatrixContext) {
  const { id: profileId } = await profileIn('SUBMITTED')(world);
  const { reviewer } = world.staff;
  const made = await reviewer.mutate('addProfileNote', { profileId, body: 'Hm.' }, 'note { id }');
  return { owner: reviewer, id: made.note.id as string };
}

/** A profile that the artist has among their favourites. */
export async function favourite({ artist, otherId }: MatrixContext) {
  await artist.mutate('setFavorite', { profileId: otherId, favorite: true });
  return { owner: artist, id: otherId };
}

/** The cover of a book, which somebody worked on whose profile is in this state. */
export function cover(contributor: ProfileState): CreateSubject {
  return async (world) => {
    const { admin } = world.staff;
    const { owner, id: freelancerId } = await profileIn(contributor)(world);
    const ticket = { purpose: 'BOOK_COVER', contentType: 'image/png', bytes: 100 };
    const imageId = (await admin.mutate('createUpload', ticket, 'media { id }')).media.id;
    const contributors = [{ name: 'Ana Quill', kind: 'DESIGNER', freelancerId }];
    const input = { title: 'Salt', author: 'M. Tide', imageId, contributors };
    return { owner, id: (await admin.mutate('saveBookCover', input, 'cover { id }')).cover.id };
  };
}

export function term(isActive: boolean): CreateSubject {
  return async ({ staff, artist }) => {
    const input = { category: 'GENRE', label: `Genre ${randomUUID()}`, isActive };
    return { owner: artist, id: (await staff.admin.mutate('saveTaxonomyTerm', input, 'term { id }')).term.id };
  };
}

export async function activity({ artist }: MatrixContext) {
  const made = await artist.mutate('postActivity', { message: 'The tide went out.' }, 'activity { id }');
  return { owner: artist, id: made.activity.id as string };
}

/** What tells the artist that somebody answered. */
export async function notification(world: MatrixContext) {
  const { owner, id: activityId } = await activity(world);
  await world.poster.mutate('replyToActivity', { activityId, message: 'It comes back.' });
  const { notifications } = await owner.query('{ notifications(first: 1) { edges { node { id } } } }');
  return { owner, id: notifications.edges[0].node.id as string };
}

export async function show({ staff: { admin } }: MatrixContext) {
  const slug = newSlug();
  await admin.mutate('importShows', { payload: [{ slug, title: 'A show' }] }, 'results { __typename }');
  return { owner: admin, id: slug };
}

/** The slug of a show that is still to come. */
export async function showToCome({ staff: { admin } }: MatrixContext) {
  return { owner: admin, id: newSlug() };
}

function newSlug(): string {
  return `show/${randomUUID()}`;
}
