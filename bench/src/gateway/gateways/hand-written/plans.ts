import { type Caller, guest } from '@marquee/chassis/identity/caller';
import { reviews } from './reviews-plan.js';
import type { SubgraphClient } from './subgraph-client.js';

type Plan = (variables: object, caller: Caller) => Promise<unknown>;
type PlanFunction = (fetches: SubgraphClient, variables: object, caller: Caller) => Promise<unknown>;

/** Entity references by their key. */
interface ById {
  id: string;
}

interface BySlug {
  slug: string;
}

/** An event as the messaging subgraph sends it. */
export interface MessageAdded {
  messageAdded: { sender: ById; job: ById };
}

/** A plan for each operation by name, and the completion of an event. */
export interface HandWrittenPlans {
  operations: Readonly<Record<string, Plan>>;
  messageAdded(event: MessageAdded): Promise<unknown>;
}

const card = { type: 'User', key: 'id', fields: 'handle displayName bio verified' };
const shortCard = { ...card, fields: 'handle displayName verified' };
const name = { ...card, fields: 'displayName' };
const unread = { ...card, fields: 'unreadTotal' };
const brief = { type: 'Job', key: 'id', fields: 'title status' };
const openJobs = { type: 'Show', key: 'slug', fields: 'openJobs' };
const show = { type: 'Show', key: 'slug', fields: 'title genre country addedBy{id}' };

const documents = {
  me: '{me{id handle displayName}}',
  jobs: 'query($page:Int!){jobs(page:$page){id title summary budget status createdAt poster{id}show{slug}}}',
  conversations: 'query($page:Int!){conversations(page:$page){id title lastMessage{body sentAt sender{id}}job{id}}}',
  shows: 'query($page:Int!){shows(page:$page){slug title description episodeCount addedBy{id}}}',
  headline: 'query($page:Int!){headline(page:$page)}',
  members: 'query($page:Int!){members(page:$page){since user{id}}}',
  send: 'mutation($body:String!){sendMessage(body:$body){id body sequence sender{id}}}',
};

const operations: Readonly<Record<string, PlanFunction>> = {
  Page: page,
  Headline: headline,
  Members: members,
  Send: send,
  Reviews: reviews,
};

export function createPlans(fetches: SubgraphClient): HandWrittenPlans {
  const bound = Object.entries(operations).map(([operation, plan]): [string, Plan] => [
    operation,
    (variables, caller) => plan(fetches, variables, caller),
  ]);
  return { operations: Object.fromEntries(bound), messageAdded: (event) => messageAdded(fetches, event) };
}

async function page(fetches: SubgraphClient, variables: object, caller: Caller): Promise<unknown> {
  const [mine, jobs, conversations, shows] = await Promise.all(
    [me, jobPage, conversationPage, showPage].map((plan) => plan(fetches, variables, caller)),
  );
  return { me: mine, jobs, conversations, shows };
}

async function me({ root, entities }: SubgraphClient, _: object, caller: Caller): Promise<unknown> {
  const { me: user } = await root<{ me: ById & Record<'handle' | 'displayName', string> }>(
    'users',
    documents.me,
    {},
    caller,
  );
  const found = await entities('messaging', unread, [user.id], caller);
  return { handle: user.handle, displayName: user.displayName, ...found.get(user.id) };
}

async function jobPage(fetches: SubgraphClient, variables: object, caller: Caller): Promise<unknown> {
  const { root, entities } = fetches;
  const { jobs } = await root<{ jobs: { poster: ById; show: BySlug }[] }>('jobs', documents.jobs, variables, caller);
  const [posters, shows] = await Promise.all([
    entities(
      'users',
      card,
      jobs.map(({ poster }) => poster.id),
      caller,
    ),
    namedShows(
      fetches,
      jobs.map((job) => job.show.slug),
      caller,
    ),
  ]);
  for (const job of jobs) Object.assign(job, { poster: posters.get(job.poster.id), show: shows.get(job.show.slug) });
  return jobs;
}

async function namedShows(
  { entities }: SubgraphClient,
  slugs: string[],
  caller: Caller,
): Promise<ReadonlyMap<string, object>> {
  const shows = await entities<{ addedBy: ById }>('shows', show, slugs, caller);
  const all = [...shows.values()];
  const adders = await entities(
    'users',
    name,
    all.map(({ addedBy }) => addedBy.id),
    caller,
  );
  for (const one of all) Object.assign(one, { addedBy: adders.get(one.addedBy.id) });
  return shows;
}

interface Conversation {
  lastMessage: { sender: ById };
  job: ById;
}

async function conversationPage(
  { root, entities }: SubgraphClient,
  variables: object,
  caller: Caller,
): Promise<unknown> {
  const query = documents.conversations;
  const data = await root<{ conversations: Conversation[] }>('messaging', query, variables, caller);
  const { conversations } = data;
  const [senders, jobs] = await Promise.all([
    entities(
      'users',
      card,
      conversations.map(({ lastMessage }) => lastMessage.sender.id),
      caller,
    ),
    entities(
      'jobs',
      brief,
      conversations.map(({ job }) => job.id),
      caller,
    ),
  ]);
  for (const one of conversations) {
    Object.assign(one.lastMessage, { sender: senders.get(one.lastMessage.sender.id) });
    Object.assign(one, { job: jobs.get(one.job.id) });
  }
  return conversations;
}

async function showPage({ root, entities }: SubgraphClient, variables: object, caller: Caller): Promise<unknown> {
  const { shows } = await root<{ shows: (BySlug & { addedBy: ById })[] }>('shows', documents.shows, variables, caller);
  const [adders, open] = await Promise.all([
    entities(
      'users',
      card,
      shows.map(({ addedBy }) => addedBy.id),
      caller,
    ),
    entities<{ openJobs: number }>(
      'jobs',
      openJobs,
      shows.map(({ slug }) => slug),
      caller,
    ),
  ]);
  for (const one of shows)
    Object.assign(one, { addedBy: adders.get(one.addedBy.id), openJobs: open.get(one.slug)?.openJobs });
  return shows;
}

function headline({ root }: SubgraphClient, variables: object, caller: Caller): Promise<unknown> {
  return root('shows', documents.headline, variables, caller);
}

async function members({ root, entities }: SubgraphClient, variables: object, caller: Caller): Promise<unknown> {
  const { members: all } = await root<{ members: { user: ById }[] }>('messaging', documents.members, variables, caller);
  const users = await entities(
    'users',
    card,
    all.map(({ user }) => user.id),
    caller,
  );
  for (const one of all) Object.assign(one, { user: users.get(one.user.id) });
  return { members: all };
}

async function send({ root, entities }: SubgraphClient, variables: object, caller: Caller): Promise<unknown> {
  const sent = await root<{ sendMessage: { sender: ById } }>('messaging', documents.send, variables, caller);
  const { sendMessage: message } = sent;
  const users = await entities('users', shortCard, [message.sender.id], caller);
  return { sendMessage: { ...message, sender: users.get(message.sender.id) } };
}

async function messageAdded({ entities }: SubgraphClient, { messageAdded: message }: MessageAdded): Promise<unknown> {
  const [users, jobs] = await Promise.all([
    entities('users', shortCard, [message.sender.id], guest),
    entities('jobs', brief, [message.job.id], guest),
  ]);
  return { messageAdded: { ...message, sender: users.get(message.sender.id), job: jobs.get(message.job.id) } };
}
