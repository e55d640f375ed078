import { randomUUID } from 'node:crypto';
import { createUser } from '../fixtures/graph-client.js';
import type { CreateSubject } from './row.js';
import { createProfile, showSlug, type MatrixContext } from './matrix-context.js';

/** The actions that bring a complete profile to each state. */
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

/** The actions that bring a draft to each state. */
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

/** A freelancer without further subject. */
export async function freelancer({ artist }: MatrixContext) {
  return { owner: artist, id: artist.id };
}

/** A new user without dependent data. */
export async function newUser({ url }: MatrixContext) {
  const owner = await createUser(url, 'FREELANCER');
  return { owner, id: owner.id };
}

/** A user who has deleted their account. The owner is another one. */
export async function deletedUser({ url, artist }: MatrixContext) {
  const person = await createUser(url, 'FREELANCER');
  await person.mutate('deleteMyAccount', {});
  return { owner: artist, id: person.id };
}

/** An export that its owner has started. */
export async function dataExport({ artist }: MatrixContext) {
  const { export: started } = await artist.mutate('exportMyData', {}, 'export { id }');
  return { owner: artist, id: started.id as string };
}

/** A webhook endpoint of the machine client that manages them. The owner of the subject is a user, and does not see it. */
export async function webhookEndpoint({ artist, callers }: MatrixContext) {
  const input = { url: 'https://127.0.0.1/webhooks', eventTypes: ['SHOW_CHANGED'] };
  const { endpoint } = await callers.hooks.mutate('createWebhookEndpoint', input, 'endpoint { id }');
  await callers.hooks.mutate('updateWebhookEndpoint', { endpointId: endpoint.id, isEnabled: false });
  return { owner: artist, id: endpoint.id as string };
}

export function profileIn(state: ProfileState): CreateSubject {
  return async (context) => {
    const owner = await createUser(context.url, 'FREELANCER');
    const id = await createProfile(owner, context, profileActions[state]);
    return { owner, id, within: owner.id };
  };
}

/** An asset of an approved profile. */
export function asset(visibility: string, review: string): CreateSubject {
  return async (context) => {
    const { owner, id: profileId } = await profileIn('APPROVED')(context);
    const input = { title: 'Tide', type: 'LINK', url: 'https://example.com/tide', visibility };
    const payload = await owner.mutate('addPortfolioAsset', input, 'asset { id }');
    const assetId = payload.asset.id;
    if (review !== 'PENDING') await context.staff.reviewer.mutate('reviewPortfolioAsset', { assetId, review });
    return { owner, id: assetId, within: profileId };
  };
}

/** A media id of an upload that the owner has not completed. */
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

/** A job in this state to which the other freelancer is invited; the subject is the job or the invitation. */
export function invitation(state: JobState, as: 'job' | 'invitation' = 'job'): CreateSubject {
  return async (context) => {
    const { owner, id: jobId } = await jobIn(state)(context);
    await owner.mutate('inviteToJob', { jobId, profileIds: [context.otherId] });
    return as === 'job' ? { owner, id: jobId } : { owner, id: context.otherId, within: jobId };
  };
}

/** A proposal of the artist for a public job; the owner is the artist or the poster. */
export function proposal(state: 'DRAFT' | 'SUBMITTED', of: 'artist' | 'poster'): CreateSubject {
  return async (context) => {
    const { id: jobId } = await jobIn('PUBLISHED')(context);
    const payload = await context.artist.mutate('saveProposal', { jobId, pitch: 'Salt.' }, 'proposal { id }');
    const id = payload.proposal.id;
    if (state === 'SUBMITTED') await context.artist.mutate('submitProposal', { proposalId: id });
    return { owner: context[of], id, within: jobId };
  };
}

/** A folder with one member, a profile in this state; one for SHARED_USERS is shared with the other freelancer. */
export function folder(privacy: 'PRIVATE' | 'SHARED_USERS' | 'SHARED_TEAM', member?: 'SUSPENDED'): CreateSubject {
  return async (context) => {
    const owner = privacy === 'SHARED_TEAM' ? context.poster : context.artist;
    const shares = privacy === 'SHARED_USERS' ? { sharedWithIds: [context.callers.other.id] } : {};
    const input = { name: 'Good ones', privacy, ...shares };
    const { id: folderId } = (await owner.mutate('createFolder', input, 'folder { id }')).folder;
    const profileId = member === undefined ? context.artistId : (await profileIn('APPROVED')(context)).id;
    await owner.mutate('setFolderMember', { folderId, profileId, member: true });
    if (member === 'SUSPENDED')
      await context.staff.reviewer.mutate('actOnFreelancerProfile', { profileId, action: 'SUSPEND' });
    return { owner, id: folderId };
  };
}

/** A note on the artist's profile: by a hiring user, or written by an action. */
export function note(kind: 'GENERAL' | 'SYSTEM'): CreateSubject {
  return async ({ poster, artistId, staff }) => {
    if (kind === 'GENERAL') {
      const payload = await poster.mutate('addProfileNote', { profileId: artistId, body: 'Quick.' }, 'note { id }');
      return { owner: poster, id: payload.note.id };
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

/** A note of a reviewer on a profile in review. */
export async function hiddenNote(context: MatrixContext) {
  const { id: profileId } = await profileIn('SUBMITTED')(context);
  const { reviewer } = context.staff;
  const payload = await reviewer.mutate('addProfileNote', { profileId, body: 'Hm.' }, 'note { id }');
  return { owner: reviewer, id: payload.note.id as string };
}

/** A profile that is a favourite of the artist. */
export async function favourite({ artist, otherId }: MatrixContext) {
  await artist.mutate('setFavorite', { profileId: otherId, favorite: true });
  return { owner: artist, id: otherId };
}

/** A book cover with a contributor in this profile state. */
export function cover(contributor: ProfileState): CreateSubject {
  return async (context) => {
    const { admin } = context.staff;
    const { owner, id: freelancerId } = await profileIn(contributor)(context);
    const upload = { purpose: 'BOOK_COVER', contentType: 'image/png', bytes: 100 };
    const imageId = (await admin.mutate('createUpload', upload, 'media { id }')).media.id;
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
  const payload = await artist.mutate('postActivity', { message: 'The tide went out.' }, 'activity { id }');
  return { owner: artist, id: payload.activity.id as string };
}

/** A notification of the artist about a reply. */
export async function notification(context: MatrixContext) {
  const { owner, id: activityId } = await activity(context);
  await context.poster.mutate('replyToActivity', { activityId, message: 'It comes back.' });
  const { notifications } = await owner.query('{ notifications(first: 1) { edges { node { id } } } }');
  return { owner, id: notifications.edges[0].node.id as string };
}

export async function show({ staff: { admin } }: MatrixContext) {
  const slug = newSlug();
  await admin.mutate('importShows', { payload: [{ slug, title: 'A show' }] }, 'results { __typename }');
  return { owner: admin, id: slug };
}

/** The slug of a show that does not exist yet. */
export async function newShowSlug({ staff: { admin } }: MatrixContext) {
  return { owner: admin, id: newSlug() };
}

function newSlug(): string {
  return `show/${randomUUID()}`;
}
