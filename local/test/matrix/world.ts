import type { Closers } from '@marquee/chassis/process/closers';
import { startIssuer } from '../fixtures/machine-tokens.js';
import { type Person, person } from '../fixtures/person.js';
import { startGraph } from '../fixtures/whole-graph.js';
import { type Cast, openCast, type Stage } from './cast.js';

/** The graph with those who ask, and those who make the things that are asked about. */
export interface World extends Stage {
  cast: Cast;
  /** Who decides about things; they ask nothing themselves. */
  staff: { admin: Person; reviewer: Person };
  /** A freelancer with an approved profile, who owns what freelancers own. */
  artist: Person;
  artistId: string;
  /** Who owns what those own who hire. */
  poster: Person;
  /** The profile of the other freelancer. */
  otherId: string;
  terms: Terms;
}

export interface Terms {
  audience: string;
  style: string;
  projectType: string;
}

/** The show that jobs are for. */
export const showSlug = 'show/matrix';

export async function openWorld(closers: Closers): Promise<World> {
  const tokens = await startIssuer(closers);
  const { gateway, services } = await startGraph(closers, { gateway: tokens.variables });
  const stage = { url: gateway.url, users: services['users']!, tokens };
  const [admin, reviewer] = [await person(stage.url, 'ADMIN'), await person(stage.url, 'REVIEWER')];
  await admin.mutate('importShows', { payload: [{ slug: showSlug, title: 'Matrix' }] }, 'results { __typename }');
  const [cast, artist] = [await openCast(stage), await person(stage.url, 'FREELANCER')];
  const staff = { admin, reviewer };
  const terms = {
    audience: await term(admin, 'AUDIENCE'),
    style: await term(admin, 'STYLE'),
    projectType: await term(admin, 'PROJECT_TYPE'),
  };
  const poster = await person(stage.url, 'HIRING_USER');
  const artistId = await profileOf(artist, { staff, terms }, approved);
  const otherId = await profileOf(cast.other, { staff, terms }, approved);
  return { ...stage, cast, staff, artist, artistId, poster, otherId, terms };
}

const approved = ['SUBMIT', 'APPROVE'];

/** Writes a whole profile and leads it to where these actions lead; its id. */
export async function profileOf(
  owner: Person,
  { staff, terms }: Pick<World, 'staff' | 'terms'>,
  actions: readonly string[],
): Promise<string> {
  const whole = {
    name: 'Ana Quill',
    email: 'freelancer@example.com',
    statement: 'I draw what the tide leaves.',
    currentLocations: ['Lisbon, Portugal'],
    audienceIds: [terms.audience],
    styleIds: [terms.style],
  };
  const { profile } = await owner.mutate('saveFreelancerProfile', whole, 'profile { id }');
  await owner.mutate('addPortfolioAsset', { title: 'A piece', type: 'LINK', url: 'https://example.com/piece' });
  for (const action of actions) {
    const actor = action === 'SUBMIT' ? owner : staff.reviewer;
    await actor.mutate('actOnFreelancerProfile', { profileId: profile.id, action });
  }
  return profile.id;
}

async function term(admin: Person, category: string): Promise<string> {
  return (await admin.mutate('saveTaxonomyTerm', { category, label: 'One' }, 'term { id }')).term.id;
}
