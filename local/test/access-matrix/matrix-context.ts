import type { Closers } from '@marquee/chassis/process/closers';
import type { TestService } from '@marquee/testkit/test-service';
import { startIssuer } from '../fixtures/test-issuer.js';
import { type UserClient, createUser } from '../fixtures/graph-client.js';
import { startGraph } from '../fixtures/whole-graph.js';
import { type Callers, createCallers, type CallerContext } from './callers.js';

/** The graph with the callers of the matrix, and the users that create its subjects. */
export interface MatrixContext extends CallerContext {
  callers: Callers;
  /** Staff that decides about subjects; not callers of the matrix. */
  staff: { admin: UserClient; reviewer: UserClient };
  /** A freelancer with an approved profile, the owner of freelancers' subjects. */
  artist: UserClient;
  artistId: string;
  /** The owner of hiring users' subjects. */
  poster: UserClient;
  jobs: TestService;
  /** The profile id of the other freelancer. */
  otherId: string;
  terms: Terms;
}

export interface Terms {
  audience: string;
  style: string;
  projectType: string;
}

/** The show of all jobs. */
export const showSlug = 'show/matrix';

export async function openMatrixContext(closers: Closers): Promise<MatrixContext> {
  const tokens = await startIssuer(closers);
  const { gateway, services } = await startGraph(closers, {
    gateway: tokens.variables,
    services: { WEBHOOK_ALLOW_LOOPBACK: 'true' },
  });
  const callerContext = { url: gateway.url, users: services['users']!, tokens };
  const [admin, reviewer] = [
    await createUser(callerContext.url, 'ADMIN'),
    await createUser(callerContext.url, 'REVIEWER'),
  ];
  await admin.mutate('importShows', { payload: [{ slug: showSlug, title: 'Matrix' }] }, 'results { __typename }');
  const [callers, artist] = [await createCallers(callerContext), await createUser(callerContext.url, 'FREELANCER')];
  const staff = { admin, reviewer };
  const terms = {
    audience: await term(admin, 'AUDIENCE'),
    style: await term(admin, 'STYLE'),
    projectType: await term(admin, 'PROJECT_TYPE'),
  };
  const poster = await createUser(callerContext.url, 'HIRING_USER');
  const artistId = await createProfile(artist, { staff, terms }, approved);
  const otherId = await createProfile(callers.other, { staff, terms }, approved);
  const jobs = services['jobs']!;
  return { ...callerContext, jobs, callers, staff, artist, artistId, poster, otherId, terms };
}

const approved = ['SUBMIT', 'APPROVE'];

/** Creates a complete profile and applies the actions. @returns its id */
export async function createProfile(
  owner: UserClient,
  { staff, terms }: Pick<MatrixContext, 'staff' | 'terms'>,
  actions: readonly string[],
): Promise<string> {
  const input = {
    name: 'Ana Quill',
    email: 'freelancer@example.com',
    statement: 'I draw what the tide leaves.',
    currentLocations: ['Lisbon, Portugal'],
    audienceIds: [terms.audience],
    styleIds: [terms.style],
  };
  const { profile } = await owner.mutate('saveFreelancerProfile', input, 'profile { id }');
  await owner.mutate('addPortfolioAsset', { title: 'A piece', type: 'LINK', url: 'https://example.com/piece' });
  for (const action of actions) {
    const actor = action === 'SUBMIT' ? owner : staff.reviewer;
    await actor.mutate('actOnFreelancerProfile', { profileId: profile.id, action });
  }
  return profile.id;
}

async function term(admin: UserClient, category: string): Promise<string> {
  return (await admin.mutate('saveTaxonomyTerm', { category, label: 'One' }, 'term { id }')).term.id;
}
