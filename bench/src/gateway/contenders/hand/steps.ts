import { type Caller, guest } from '@marquee/chassis/identity/caller';
import type { Fetches, Found } from './fetches.js';

/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call,
  @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return,
  @typescript-eslint/no-unsafe-argument -- what services answer has the shape that is asked for here */

type Step = (variables: object, caller: Caller) => Promise<unknown>;
type Part = (fetches: Fetches, variables: object, caller: Caller) => Promise<Found>;

/** Every operation by its name, and the completion of an event. */
export interface Steps {
  operations: Readonly<Record<string, Step>>;
  messageAdded(event: Found): Promise<Found>;
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

const operations: Readonly<Record<string, Part>> = { Page: page, Headline: headline, Members: members, Send: send };

export function stepsOver(fetches: Fetches): Steps {
  const bound = Object.entries(operations).map(([operation, part]): [string, Step] => [
    operation,
    (variables, caller) => part(fetches, variables, caller),
  ]);
  return { operations: Object.fromEntries(bound), messageAdded: (event) => messageAdded(fetches, event) };
}

async function page(fetches: Fetches, variables: object, caller: Caller): Promise<unknown> {
  const [mine, jobs, conversations, shows] = await Promise.all(
    [me, jobsOf, conversationsOf, showsOf].map((part) => part(fetches, variables, caller)),
  );
  return { me: mine, jobs, conversations, shows };
}

async function me({ root, entities }: Fetches, _: object, caller: Caller): Promise<Found> {
  const { me: user } = await root('users', documents.me, {}, caller);
  const found = await entities('messaging', unread, [user.id], caller);
  return { handle: user.handle, displayName: user.displayName, ...found.get(user.id) };
}

async function jobsOf(fetches: Fetches, variables: object, caller: Caller): Promise<Found> {
  const { root, entities } = fetches;
  const { jobs } = await root('jobs', documents.jobs, variables, caller);
  const [posters, shows] = await Promise.all([
    entities(
      'users',
      card,
      jobs.map((job: Found) => job.poster.id),
      caller,
    ),
    namedShows(
      fetches,
      jobs.map((job: Found) => job.show.slug),
      caller,
    ),
  ]);
  for (const job of jobs) {
    job.poster = posters.get(job.poster.id);
    job.show = shows.get(job.show.slug);
  }
  return jobs;
}

async function namedShows({ entities }: Fetches, slugs: string[], caller: Caller): Promise<ReadonlyMap<string, Found>> {
  const shows = await entities('shows', show, slugs, caller);
  const all = [...shows.values()];
  const adders = await entities(
    'users',
    name,
    all.map(({ addedBy }) => addedBy.id),
    caller,
  );
  for (const one of all) one.addedBy = adders.get(one.addedBy.id);
  return shows;
}

async function conversationsOf({ root, entities }: Fetches, variables: object, caller: Caller): Promise<Found> {
  const { conversations } = await root('messaging', documents.conversations, variables, caller);
  const [senders, jobs] = await Promise.all([
    entities(
      'users',
      card,
      conversations.map((one: Found) => one.lastMessage.sender.id),
      caller,
    ),
    entities(
      'jobs',
      brief,
      conversations.map((one: Found) => one.job.id),
      caller,
    ),
  ]);
  for (const one of conversations) {
    one.lastMessage.sender = senders.get(one.lastMessage.sender.id);
    one.job = jobs.get(one.job.id);
  }
  return conversations;
}

async function showsOf({ root, entities }: Fetches, variables: object, caller: Caller): Promise<Found> {
  const { shows } = await root('shows', documents.shows, variables, caller);
  const [adders, open] = await Promise.all([
    entities(
      'users',
      card,
      shows.map((one: Found) => one.addedBy.id),
      caller,
    ),
    entities(
      'jobs',
      openJobs,
      shows.map((one: Found) => one.slug),
      caller,
    ),
  ]);
  for (const one of shows) {
    one.addedBy = adders.get(one.addedBy.id);
    one.openJobs = open.get(one.slug).openJobs;
  }
  return shows;
}

function headline({ root }: Fetches, variables: object, caller: Caller): Promise<unknown> {
  return root('shows', documents.headline, variables, caller);
}

async function members({ root, entities }: Fetches, variables: object, caller: Caller): Promise<unknown> {
  const { members: all } = await root('messaging', documents.members, variables, caller);
  const users = await entities(
    'users',
    card,
    all.map((one: Found) => one.user.id),
    caller,
  );
  for (const one of all) one.user = users.get(one.user.id);
  return { members: all };
}

async function send({ root, entities }: Fetches, variables: object, caller: Caller): Promise<unknown> {
  const { sendMessage: message } = await root('messaging', documents.send, variables, caller);
  const users = await entities('users', shortCard, [message.sender.id], caller);
  return { sendMessage: { ...message, sender: users.get(message.sender.id) } };
}

async function messageAdded({ entities }: Fetches, { messageAdded: message }: Found): Promise<Found> {
  const [users, jobs] = await Promise.all([
    entities('users', shortCard, [message.sender.id], guest),
    entities('jobs', brief, [message.job.id], guest),
  ]);
  return { messageAdded: { ...message, sender: users.get(message.sender.id), job: jobs.get(message.job.id) } };
}
