import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { createClient, createUser, type GraphClient, type UserClient } from './fixtures/graph-client.js';
import { startIssuer } from './fixtures/test-issuer.js';
import { startGraph, type WholeGraph } from './fixtures/whole-graph.js';

const node = `query ($id: ID!) { node(id: $id) { __typename id
  ... on Job { title } ... on Activity { message } ... on Conversation { name: title } ... on Message { body }
  ... on Show { title slug } ... on User { displayName } } }`;
const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
/** The text that the Relay compiler makes of a fragment with `@refetchable` and `@connection` on a conversation. */
const refetchedPage = `query MessagesQuery($before: String, $last: Int = 20, $id: ID!) {
  node(id: $id) { __typename ...Messages_messages_SKUZh id } }
fragment Messages_messages_SKUZh on Conversation {
  messages(last: $last, before: $before) {
    edges { node { body id __typename } cursor } pageInfo { hasPreviousPage startCursor } } id }`;
const missingId = '019a0000-0000-7000-8000-00000000dead';

const closers = new Closers();
let graph: WholeGraph;
let guest: GraphClient;
let [admin, poster, reader]: UserClient[] = [];
let withoutScope: GraphClient;
/** Ids by type: a draft job, an activity, a conversation of the poster and its message, a show, a user. */
let ids: Record<string, string>;

beforeAll(async () => {
  const issuer = await startIssuer(closers);
  graph = await startGraph(closers, { messaging: true, gateway: issuer.variables });
  const { url } = graph.gateway;
  guest = createClient(url);
  withoutScope = createClient(url, await issuer.headers());
  [admin, poster, reader] = await Promise.all([
    createUser(url, 'ADMIN'),
    createUser(url, 'HIRING_USER'),
    createUser(url, 'FREELANCER'),
  ]);
  ids = await createObjects();
});
afterAll(() => closers.close());

describe('Query.node', () => {
  test('returns an object of any type by its id, with fields of its services', async () => {
    expect(await Promise.all(Object.values(ids).map(async (id) => (await poster!.query(node, { id })).node))).toEqual([
      { __typename: 'Job', id: ids['Job'], title: 'A draft' },
      { __typename: 'Activity', id: ids['Activity'], message: 'Public.' },
      { __typename: 'Conversation', id: ids['Conversation'], name: 'Two' },
      { __typename: 'Message', id: ids['Message'], body: 'Private.' },
      { __typename: 'Show', id: 'show/node', title: 'Node', slug: 'show/node' },
      { __typename: 'User', id: poster!.id, displayName: expect.any(String) },
    ]);
  });

  test('is null without an error for an object that the caller may not see, like for one that does not exist', async () => {
    for (const caller of [guest, reader!, admin!])
      for (const hidden of ['Conversation', 'Message'])
        expect(await caller.request(node, { id: ids[hidden] })).toEqual(await caller.request(node, { id: missingId }));
    for (const caller of [guest, reader!])
      expect(await caller.request(node, { id: ids['Job'] })).toMatchObject({ data: { node: null }, errors: [] });
    expect((await admin!.query(node, { id: ids['Job'] })).node.title).toBe('A draft');
    expect((await guest.query(node, { id: ids['Activity'] })).node).toMatchObject({ message: 'Public.' });
    expect((await withoutScope.request('{ node(id: "show/node") { id } }')).data).toEqual({ node: null });
  });

  test('reveals neither type nor id of a hidden object', async () => {
    for (const selection of ['id', '__typename'])
      expect(
        await reader!.query(`query ($id: ID!) { node(id: $id) { ${selection} } }`, { id: ids['Message'] }),
      ).toEqual({ node: null });
  });

  test.each(['', 'nonsense', missingId, 'show/missing'])('is null for the unknown id "%s"', async (id) => {
    expect(await reader!.request(node, { id })).toMatchObject({ data: { node: null }, errors: [] });
  });
});

test('a refetched page of the Relay compiler continues backwards in the list of an object', async () => {
  for (const body of ['Two.', 'Three.'])
    await poster!.mutate('sendMessage', { conversationId: ids['Conversation'], body });
  const variables = { id: ids['Conversation'], last: 1 };
  const { messages } = (await poster!.query(refetchedPage, variables)).node;
  expect(messages.edges.map(bodyOf)).toEqual(['Three.']);
  const before = messages.pageInfo.startCursor;
  const earlier = (await poster!.query(refetchedPage, { ...variables, before, last: 5 })).node.messages;
  expect(earlier.edges.map(bodyOf)).toEqual(['Private.', 'Two.']);
  expect(earlier.pageInfo).toMatchObject({ hasPreviousPage: false });
});

describe('Query.nodes', () => {
  test('returns the objects in the order of the ids, and null for others', async () => {
    const wanted = [ids['Show'], missingId, ids['Job'], ids['Activity'], ids['Activity']];
    expect((await poster!.query(nodes, { ids: wanted })).nodes).toEqual([
      { __typename: 'Show', id: ids['Show'] },
      null,
      { __typename: 'Job', id: ids['Job'] },
      { __typename: 'Activity', id: ids['Activity'] },
      { __typename: 'Activity', id: ids['Activity'] },
    ]);
  });

  test('refuses more than 50 ids', async () => {
    const { errors } = await reader!.request(nodes, { ids: Array(51).fill(missingId) });
    expect(errors).toMatchObject([{ path: ['nodes'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('returns the objects of other services while a service is down, with an error for the rest', async () => {
    await graph.services['jobs']!.close();
    const { data, errors } = await poster!.request(nodes, { ids: [ids['Job'], ids['Show']] });
    expect(data).toEqual({ nodes: [null, { __typename: 'Show', id: ids['Show'] }] });
    expect(errors).toMatchObject([
      { path: ['nodes', 0], extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'jobs' } },
    ]);
  });
});

function bodyOf({ node }: { node: { body: string } }): string {
  return node.body;
}

async function createObjects(): Promise<Record<string, string>> {
  const { taxonomy } = await guest.query('{ taxonomy(category: PROJECT_TYPE) { id } }');
  const draft = { title: 'A draft', projectTypeId: taxonomy[0].id };
  const { job } = await poster!.mutate('draftJob', draft, 'job { id }');
  const { activity } = await poster!.mutate('postActivity', { message: 'Public.' }, 'activity { id }');
  const { conversation } = await poster!.mutate(
    'startConversation',
    {
      participantIds: [
        (await createUser(graph.gateway.url, 'FREELANCER')).id,
        (await createUser(graph.gateway.url, 'FREELANCER')).id,
      ],
      title: 'Two',
    },
    'conversation { id }',
  );
  const sent = { conversationId: conversation.id, body: 'Private.' };
  const { message } = await poster!.mutate('sendMessage', sent, 'message { id }');
  await admin!.mutate('importShows', { payload: [{ slug: 'show/node', title: 'Node' }] });
  return {
    Job: job.id,
    Activity: activity.id,
    Conversation: conversation.id,
    Message: message.id,
    Show: 'show/node',
    User: poster!.id,
  };
}
