import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { messageSent } from '@marquee/events/conversation-events';
import {
  freelancerInvited,
  invitationsClosed,
  jobApproved,
  jobChangesRequested,
  jobClosed,
} from '@marquee/events/job-events';
import { profileApproved, profileChangesRequested, profileSuspended } from '@marquee/events/profile-events';
import { proposalDecided, proposalShortlisted, proposalSubmitted } from '@marquee/events/proposal-events';
import { type ForeignEvents, openForeignEvents } from '../fixtures/foreign-events.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let events: ForeignEvents;
let testbed: UsersTestbed;
beforeAll(async () => {
  events = await openForeignEvents();
  testbed = await openUsersTestbed(events.variables);
});
afterAll(async () => {
  await testbed.close();
  await events.close();
});

const jobId = randomUUID();
const profileId = randomUUID();
const proposalId = randomUUID();
const conversationId = randomUUID();

type Publish = (people: { recipient: string; actor: string }) => Promise<string>;

const ids = { Job: jobId, Proposal: proposalId, FreelancerProfile: profileId, Conversation: conversationId };

const kinds: [kind: string, type: keyof typeof ids, hasActor: boolean, publish: Publish][] = [
  [
    'INVITED_TO_JOB',
    'Job',
    true,
    ({ recipient, actor }) =>
      events.publish(freelancerInvited, { jobId, profileId, freelancerId: recipient, actorId: actor }),
  ],
  [
    'PROPOSAL_RECEIVED',
    'Proposal',
    true,
    ({ recipient, actor }) => events.publish(proposalSubmitted, proposal(recipient, actor)),
  ],
  [
    'PROPOSAL_SHORTLISTED',
    'Proposal',
    true,
    ({ recipient, actor }) => events.publish(proposalShortlisted, proposal(actor, recipient)),
  ],
  [
    'PROPOSAL_ACCEPTED',
    'Proposal',
    true,
    ({ recipient, actor }) => events.publish(proposalDecided, { ...proposal(actor, recipient), decision: 'ACCEPTED' }),
  ],
  [
    'PROPOSAL_DECLINED',
    'Proposal',
    true,
    ({ recipient, actor }) => events.publish(proposalDecided, { ...proposal(actor, recipient), decision: 'DECLINED' }),
  ],
  [
    'PROFILE_APPROVED',
    'FreelancerProfile',
    false,
    ({ recipient }) => events.publish(profileApproved, { profileId, userId: recipient }),
  ],
  [
    'CHANGES_REQUESTED',
    'FreelancerProfile',
    false,
    ({ recipient }) => events.publish(profileChangesRequested, { profileId, userId: recipient }),
  ],
  [
    'CHANGES_REQUESTED',
    'Job',
    false,
    ({ recipient }) => events.publish(jobChangesRequested, { jobId, ownerId: recipient }),
  ],
  [
    'JOB_APPROVED',
    'Job',
    false,
    ({ recipient }) => events.publish(jobApproved, { jobId, ownerId: recipient, distribution: 'PUBLIC' }),
  ],
  [
    'JOB_CLOSED',
    'Job',
    false,
    ({ recipient }) => events.publish(jobClosed, { jobId, ownerId: recipient, reason: 'POSTER_LEFT' }),
  ],
  [
    'MESSAGE_REQUEST',
    'Conversation',
    true,
    ({ recipient, actor }) => events.publish(messageSent, message(conversationId, actor, recipient, 1)),
  ],
  [
    'SYSTEM',
    'FreelancerProfile',
    false,
    ({ recipient }) => events.publish(profileSuspended, { profileId, userId: recipient }),
  ],
];

describe('an event of another service becomes one notification, live, stored and resumed:', () => {
  test.each(kinds)('%s about a %s', async (kind, type, hasActor, publish) => {
    const [recipient, actor] = [await testbed.person(), await testbed.person()];
    const people = { recipient: recipient.id, actor: actor.id };
    const live = await testbed.subscribe(added, { caller: recipient, positions: true });
    await live.next();
    const event = await publish(people);
    const expected = { kind, actor: hasActor ? { id: actor.id } : null, subject: { __typename: type, id: ids[type] } };
    expect((await live.next()).data).toMatchObject({ notificationAdded: expected });
    await applied(event);
    expect(await inbox(recipient)).toEqual([expected]);
    expect(await inbox(actor)).toEqual([]);
    const resumed = await testbed.subscribe(added, { caller: recipient, variables: { after: earliest } });
    expect((await resumed.next()).data).toMatchObject({ notificationAdded: expected });
    await Promise.all([live.unsubscribe(), resumed.unsubscribe()]);
  });
});

test('an event that was applied before changes nothing', async () => {
  const [recipient, other] = [await testbed.person(), await testbed.person()];
  const [id, job] = [randomUUID(), randomUUID()];
  await testbed.sql('insert into event_inbox (event_id) values ($1)', [id]);
  await events.publish(jobApproved, { jobId: job, ownerId: recipient.id, distribution: 'PUBLIC' }, id);
  // Events of one subject are applied in their order.
  await applied(await events.publish(jobApproved, { jobId: job, ownerId: other.id, distribution: 'PUBLIC' }));
  expect(await inbox(recipient)).toEqual([]);
  expect(await inbox(other)).toHaveLength(1);
});

test('the recipients that the events of a closed job name are notified, and no others', async () => {
  const [poster, invited, named, further] = await Promise.all([1, 2, 3, 4].map(() => testbed.person()));
  const [job, ownerId] = [randomUUID(), poster!.id];
  const invitation = { jobId: job, profileId: randomUUID(), freelancerId: invited!.id, actorId: ownerId };
  await events.publish(freelancerInvited, invitation);
  await events.publish(jobClosed, { jobId: job, ownerId, reason: 'POSTER_LEFT', recipientIds: [named!.id] });
  await applied(await events.publish(invitationsClosed, { jobId: job, recipientIds: [further!.id] }));
  for (const person of [poster!, named!, further!])
    expect((await inbox(person)).map(({ kind }) => kind)).toEqual(['JOB_CLOSED']);
  expect((await inbox(invited!)).map(({ kind }) => kind)).toEqual(['INVITED_TO_JOB']);
});

test('of a closed job whose event has no recipients, the invited people without a proposal are notified', async () => {
  const [poster, invited, proposer] = [await testbed.person(), await testbed.person(), await testbed.person()];
  const [job, ownerId] = [randomUUID(), poster.id];
  for (const { id: freelancerId } of [invited, proposer])
    await events.publish(freelancerInvited, { jobId: job, profileId: randomUUID(), freelancerId, actorId: ownerId });
  const sent = { proposalId: randomUUID(), jobId: job, posterId: ownerId, freelancerId: proposer.id };
  await applied(await events.publish(proposalSubmitted, sent));
  await applied(await events.publish(jobClosed, { jobId: job, ownerId, reason: 'FILLED' }));
  expect((await inbox(invited)).map(({ kind }) => kind)).toEqual(['JOB_CLOSED', 'INVITED_TO_JOB']);
  expect((await inbox(proposer)).map(({ kind }) => kind)).toEqual(['INVITED_TO_JOB']);
  expect((await inbox(poster)).map(({ kind }) => kind)).toEqual(['PROPOSAL_RECEIVED']);
});

test('a conversation asks once, and not after an answer', async () => {
  const [recipient, actor] = [await testbed.person(), await testbed.person()];
  const [asked, answered] = [randomUUID(), randomUUID()];
  for (const sequence of [1, 2])
    await applied(await events.publish(messageSent, message(asked, actor.id, recipient.id, sequence)));
  const answer = { ...message(answered, actor.id, recipient.id, 3), isRequest: false };
  await applied(await events.publish(messageSent, answer));
  expect((await inbox(recipient)).map(({ subject }) => subject)).toEqual([{ __typename: 'Conversation', id: asked }]);
});

test('people without an active account send no requests, and their decisions have no actor', async () => {
  const [recipient, actor] = [await testbed.person(), await testbed.person()];
  await testbed.sql('update users set is_active = false where id = $1', [actor.id]);
  await applied(await events.publish(messageSent, message(randomUUID(), actor.id, recipient.id, 1)));
  const decided = { ...proposal(actor.id, recipient.id), decision: 'DECLINED' } as const;
  await applied(await events.publish(proposalDecided, decided));
  expect(await inbox(recipient)).toMatchObject([{ kind: 'PROPOSAL_DECLINED', actor: null }]);
});

test('no user is notified of their own actions', async () => {
  const person = await testbed.person();
  await applied(await events.publish(proposalSubmitted, proposal(person.id, person.id)));
  expect(await inbox(person)).toEqual([]);
});

test('an unknown recipient and an unknown actor harm nothing', async () => {
  const person = await testbed.person();
  await applied(await events.publish(jobApproved, { jobId, ownerId: randomUUID(), distribution: 'PUBLIC' }));
  await applied(await events.publish(messageSent, message(randomUUID(), randomUUID(), person.id, 1)));
  expect(await inbox(person)).toEqual([]);
});

/** Before every notification. */
const earliest = '00000000-0000-7000-8000-000000000000';

const fields = `kind actor { id } subject { __typename ... on Job { id } ... on Proposal { id }
  ... on FreelancerProfile { id } ... on Conversation { id } }`;

const added = `subscription ($after: ID) { notificationAdded(after: $after) { ${fields} } }`;

interface Entry {
  kind: string;
  actor: { id: string } | null;
  subject: object | null;
}

async function inbox(caller: Caller): Promise<Entry[]> {
  const { data } = await testbed.request(`{ notifications { edges { node { ${fields} } } } }`, { caller });
  return data.notifications.edges.map(({ node }: { node: Entry }) => node);
}

function proposal(posterId: string, freelancerId: string) {
  return { proposalId, jobId, posterId, freelancerId };
}

function message(conversation: string, senderId: string, recipient: string, sequence: number) {
  return { conversationId: conversation, sequence, senderId, recipients: [recipient], isRequest: true };
}

/** Waits until an event is applied. */
async function applied(event: string): Promise<void> {
  for (const deadline = Date.now() + 45_000; ; await wait(50)) {
    const found = await testbed.sql('select from event_inbox where event_id = $1', [event]);
    if (found.length === 1) return;
    if (Date.now() > deadline) throw new Error(`the event ${event} was not applied within 45 s`);
  }
}
