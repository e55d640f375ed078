import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { createClient, createUser, mutation, type UserClient } from './fixtures/graph-client.js';
import { startIssuer, type TestIssuer } from './fixtures/test-issuer.js';
import { startGraph } from './fixtures/whole-graph.js';

const closers = new Closers();
let url: string;
let issuer: TestIssuer;
let hiring: UserClient;
let freelancer: UserClient;

beforeAll(async () => {
  issuer = await startIssuer(closers);
  const { gateway } = await startGraph(closers, { messaging: true, gateway: issuer.variables });
  ({ url } = gateway);
  hiring = await createUser(url, 'HIRING_USER');
  freelancer = await createUser(url, 'FREELANCER');
});
afterAll(() => closers.close());

describe('an invalid value is named by its path', () => {
  const draftJob = mutation('draftJob', 'job { id }');
  const brief = { title: 'Cover', projectTypeId: randomUUID(), summary: 'A cover.' };

  test.each([
    ['scalar', { compTitles: ['One', 2] }, 'input.compTitles.1'],
    ['enum', { distribution: 'PUBLIK' }, 'input.distribution'],
    ['date', { closesAt: 'tomorrow' }, 'input.closesAt'],
  ])('when it is a bad %s in a variable', async (_, bad, path) => {
    const { errors } = await hiring.request(draftJob, { input: { ...brief, ...bad } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path }] } }]);
  });

  test.each([
    ['scalar', 'compTitles: ["One", 2]', 'input.compTitles.1'],
    ['enum', 'distribution: PUBLIK', 'input.distribution'],
    ['date', 'closesAt: "tomorrow"', 'input.closesAt'],
    ['field', 'colour: "red"', 'input.colour'],
  ])('when it is a bad %s in the document', async (_, bad, path) => {
    const input = `{ title: "Cover", projectTypeId: "${brief.projectTypeId}", summary: "A cover.", ${bad} }`;
    const { errors } = await hiring.request(`mutation { draftJob(input: ${input}) { job { id } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path }] } }]);
  });

  test('when it contradicts stored data', async () => {
    await hiring.mutate('updateProfile', { handle: 'taken_handle' });
    const { errors } = await freelancer.request(mutation('updateProfile', 'user { id }'), {
      input: { handle: 'taken_handle' },
    });
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT', fields: [{ path: 'input.handle' }] } }]);
  });
});

describe('a refused mutation names the missing right', () => {
  test('of a user without the role', async () => {
    const { errors } = await freelancer.request(mutation('saveTaxonomyTerm', 'term { id }'), {
      input: { category: 'GENRE', label: 'Noir' },
    });
    expect(errors).toMatchObject([
      {
        message: 'You may not do this: it needs the role ADMIN.',
        path: ['saveTaxonomyTerm'],
        extensions: { code: 'FORBIDDEN', requires: ['role:ADMIN'] },
      },
    ]);
  });

  test('of a machine client without the scope', async () => {
    const machine = createClient(url, await issuer.headers('shows.read'));
    const { errors } = await machine.request(mutation('importShows', 'results { __typename }'), {
      input: { payload: [{ slug: 'show/one', title: 'One' }] },
    });
    expect(errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', requires: ['role:ADMIN', 'machine and scope:shows.write'] } },
    ]);
  });

  test('of a guest', async () => {
    const { errors } = await createClient(url).request(mutation('postActivity', 'activity { id }'), {
      input: { message: 'Hello' },
    });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', requires: ['user'] } }]);
  });

  test('of the state of an entity', async () => {
    const { profile } = await freelancer.mutate('saveFreelancerProfile', { name: 'Noor' }, 'profile { id }');
    const { errors } = await freelancer.request(mutation('actOnFreelancerProfile', 'profile { id }'), {
      input: { profileId: profile.id, action: 'RETRACT' },
    });
    expect(errors).toMatchObject([
      { extensions: { code: 'INVALID_TRANSITION', from: 'DRAFT', validActions: ['SUBMIT'] } },
    ]);
  });
});

test('suggests the name of a field outside of production', async () => {
  const { errors } = await createClient(url).request('{ me { displayNam } }');
  expect(errors).toMatchObject([{ message: expect.stringContaining('Did you mean "displayName"?') }]);
});

test('returns clientMessageId to the sender of a message only', async () => {
  const input = { participantIds: [freelancer.id], title: null };
  const { conversation } = await hiring.mutate('startConversation', input, 'conversation { id }');
  const sent = { conversationId: conversation.id, body: 'Hello', clientMessageId: 'local-1' };
  const { message } = await hiring.mutate('sendMessage', sent, 'message { clientMessageId }');
  expect(message).toEqual({ clientMessageId: 'local-1' });
  const read = `query ($id: ID!) { conversation(id: $id) {
    lastMessage { clientMessageId } messages { edges { node { body clientMessageId } } } } }`;
  const seenBy = async (reader: UserClient) => (await reader.query(read, { id: conversation.id })).conversation;
  const shown = (clientMessageId: string | null) => ({
    lastMessage: { clientMessageId },
    messages: { edges: [{ node: { body: 'Hello', clientMessageId } }] },
  });
  expect(await seenBy(hiring)).toEqual(shown('local-1'));
  expect(await seenBy(freelancer)).toEqual(shown(null));
});
