import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { mutation, type UserClient } from '../fixtures/graph-client.js';
import type { HostileContext } from './hostile-context.js';

/** Stores an id where others may see the entity. Returns the response to the mutation that passes it. */
export type StoreReference = (context: HostileContext, id: string) => Promise<GraphqlResponse>;

/** The input fields whose ids are stored and later shown as entities, each with the way to store one. */
export const storedReferences: Readonly<Record<string, StoreReference>> = {
  'StartConversationInput.participantIds': ({ people: { attacker, victim } }, id) =>
    send(attacker, 'startConversation', { participantIds: [victim.id, id], firstMessage: 'Hi.' }),
  'StartConversationInput.jobId': ({ people: { attacker, victim } }, jobId) =>
    send(attacker, 'startConversation', { participantIds: [victim.id], title: 'About it', jobId, firstMessage: 'Hi.' }),
  'AddParticipantsInput.participantIds': async ({ people: { attacker, victim } }, id) => {
    const start = { participantIds: [victim.id], title: 'A group' };
    const { conversation } = await attacker.mutate('startConversation', start, 'conversation { id }');
    return send(attacker, 'addParticipants', { conversationId: conversation.id, participantIds: [id] });
  },

  'UpdateProfileInput.avatarId': ({ people: { attacker } }, avatarId) => send(attacker, 'updateProfile', { avatarId }),
  'UpdateProfileInput.coverId': ({ people: { attacker } }, coverId) => send(attacker, 'updateProfile', { coverId }),
  'ReplyToActivityInput.activityId': ({ people: { attacker } }, activityId) =>
    send(attacker, 'replyToActivity', { activityId, message: 'Hm.' }),
  'SetActivityLikeInput.activityId': ({ people: { attacker } }, activityId) =>
    send(attacker, 'setActivityLike', { activityId, liked: true }),

  ...profileFields('avatarId', 'resumeId'),
  ...profileFields(...['audienceIds', 'styleIds', 'genreIds', 'imageTagIds'].map((name) => `${name}[]`)),
  'AddPortfolioAssetInput.mediaId': ({ people: { attacker } }, mediaId) =>
    send(attacker, 'addPortfolioAsset', { title: 'A picture', type: 'IMAGE', mediaId }),
  'AddPortfolioAssetInput.tagIds': ({ people: { attacker } }, id) =>
    send(attacker, 'addPortfolioAsset', { title: 'A link', type: 'LINK', url: 'https://example.com', tagIds: [id] }),
  'UpdatePortfolioAssetInput.mediaId': ({ people: { attacker } }, mediaId) => updateAsset(attacker, { mediaId }),
  'UpdatePortfolioAssetInput.tagIds': ({ people: { attacker } }, id) => updateAsset(attacker, { tagIds: [id] }),

  ...jobFields('projectTypeId', 'showSlug', 'attachmentIds[]', 'audienceIds[]', 'genreIds[]'),
  'InviteToJobInput.profileIds': async (context, id) => {
    const jobId = await publish(context, await draft(context));
    return send(context.people.hiringAttacker, 'inviteToJob', { jobId, profileIds: [id] });
  },
  'SaveProposalInput.jobId': ({ people: { attacker } }, jobId) =>
    send(attacker, 'saveProposal', { jobId, pitch: 'Take me.' }),

  'CreateFolderInput.sharedWithIds': ({ people: { attacker, victim } }, id) =>
    send(attacker, 'createFolder', { name: 'Shared', privacy: 'SHARED_USERS', sharedWithIds: [victim.id, id] }),
  'UpdateFolderInput.sharedWithIds': async (context, id) => {
    const { attacker, victim } = context.people;
    const folderId = await sharedFolder(context);
    return send(attacker, 'updateFolder', { folderId, privacy: 'SHARED_USERS', sharedWithIds: [victim.id, id] });
  },
  'SetFolderMemberInput.profileId': async (context, profileId) =>
    send(context.people.attacker, 'setFolderMember', {
      folderId: await sharedFolder(context),
      profileId,
      member: true,
    }),
  'SetFavoriteInput.profileId': ({ people: { attacker } }, profileId) =>
    send(attacker, 'setFavorite', { profileId, favorite: true }),
  'AddProfileNoteInput.profileId': ({ people: { hiringAttacker } }, profileId) =>
    send(hiringAttacker, 'addProfileNote', { profileId, body: 'Hm.' }),
  'AddFeedbackInput.profileId': ({ people: { hiringAttacker } }, profileId) =>
    send(hiringAttacker, 'addFeedback', { profileId, body: 'Hm.' }),

  ...coverFields('imageId', 'genreIds[]', 'audienceIds[]', 'visualTagIds[]'),
  'CoverContributorInput.freelancerId': (context, freelancerId) =>
    saveCover(context, { contributors: [{ name: 'Ana', kind: 'DESIGNER', freelancerId }] }),
};

function send(user: UserClient, name: string, input: object): Promise<GraphqlResponse> {
  return user.request(mutation(name, '__typename'), { input });
}

/** The value of an input field; `name[]` is a list. */
function inputOf(name: string, id: string): object {
  return name.endsWith('[]') ? { [name.slice(0, -2)]: [id] } : { [name]: id };
}

function fieldsOf(
  types: readonly string[],
  names: readonly string[],
  store: (context: HostileContext, input: object, type: string) => Promise<GraphqlResponse>,
): Record<string, StoreReference> {
  const entries = types.flatMap((type) =>
    names.map((name): [string, StoreReference] => [
      `${type}.${name.replace('[]', '')}`,
      (context, id) => store(context, inputOf(name, id), type),
    ]),
  );
  return Object.fromEntries(entries);
}

function profileFields(...names: string[]): Record<string, StoreReference> {
  return fieldsOf(['SaveFreelancerProfileInput'], names, ({ people: { attacker } }, input) =>
    send(attacker, 'saveFreelancerProfile', input),
  );
}

/** A job is visible to others once it is published. */
function jobFields(...names: string[]): Record<string, StoreReference> {
  return fieldsOf(['DraftJobInput', 'UpdateJobInput'], names, async (context, input, type) => {
    const { hiringAttacker } = context.people;
    const brief = { title: 'A trap', summary: 'Salt.', projectTypeId: context.terms.projectType };
    const jobId = type === 'UpdateJobInput' ? await draft(context) : undefined;
    const document = mutation(jobId === undefined ? 'draftJob' : 'updateJob', 'job { id }');
    const response = await hiringAttacker.request(document, {
      input: jobId === undefined ? { ...brief, ...input } : { jobId, ...input },
    });
    const { job } = Object.values((response.data ?? {}) as Record<string, { job: { id: string } } | null>)[0] ?? {};
    if (job) await publish(context, job.id);
    return response;
  });
}

async function draft({ people: { hiringAttacker }, terms }: HostileContext): Promise<string> {
  const brief = { title: 'A trap', summary: 'Salt.', projectTypeId: terms.projectType };
  return (await hiringAttacker.mutate('draftJob', brief, 'job { id }')).job.id;
}

async function publish({ people: { hiringAttacker, reviewer } }: HostileContext, jobId: string): Promise<string> {
  await hiringAttacker.mutate('actOnJob', { jobId, action: 'SUBMIT' });
  await reviewer.mutate('actOnJob', { jobId, action: 'APPROVE' });
  return jobId;
}

async function updateAsset(attacker: UserClient, input: object): Promise<GraphqlResponse> {
  const first = { title: 'A link', type: 'LINK', url: 'https://example.com/a' };
  const { asset } = await attacker.mutate('addPortfolioAsset', first, 'asset { id }');
  const response = await send(attacker, 'updatePortfolioAsset', { assetId: asset.id, ...input });
  await attacker.mutate('removePortfolioAsset', { assetId: asset.id });
  return response;
}

async function sharedFolder({ people: { attacker, victim } }: HostileContext): Promise<string> {
  const input = { name: 'Shared', privacy: 'SHARED_USERS', sharedWithIds: [victim.id] };
  return (await attacker.mutate('createFolder', input, 'folder { id }')).folder.id;
}

function coverFields(...names: string[]): Record<string, StoreReference> {
  return fieldsOf(['SaveBookCoverInput'], names, saveCover);
}

async function saveCover({ people: { admin } }: HostileContext, input: object): Promise<GraphqlResponse> {
  const upload = { purpose: 'BOOK_COVER', contentType: 'image/png', bytes: 100 };
  const { media } = await admin.mutate('createUpload', upload, 'media { id }');
  return send(admin, 'saveBookCover', { title: 'A trap', author: 'M. Tide', imageId: media.id, ...input });
}
