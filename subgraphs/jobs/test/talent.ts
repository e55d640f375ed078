import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import type { Answer, TestService } from '@marquee/testkit/service';
import { startJobs } from './service.js';

/** The ids of terms, by label. */
export type Terms = Readonly<Record<string, string>>;

/** Somebody with a profile. */
export interface Freelancer {
  owner: UserCaller;
  id: string;
  slug: string;
}

/* What a service answered has the shape that the test asked for. */
/* eslint-disable @typescript-eslint/no-explicit-any */

/** A service with some terms, and the words to fill it with people through its own operations. */
export interface Talent {
  jobs: TestService;
  terms: Terms;
  /** Sends a mutation with this input and returns its payload; it fails the test when it is refused. */
  mutate(caller: Caller, name: string, input: object, selection: string): Promise<any>;
  /** Sends a mutation with this input and returns the extensions of its refusal. */
  refusal(caller: Caller, name: string, input: object): Promise<any>;
  /** Sends a query and returns its data; it fails the test when it is refused. */
  query(caller: Caller, document: string, variables?: object): Promise<any>;
  /** A freelancer whose profile has all that a submission needs. */
  freelancer(name?: string, input?: object): Promise<Freelancer>;
  /** A freelancer whose profile came to this state the way that leads there. */
  freelancerIn(status: string, name?: string, input?: object): Promise<Freelancer>;
}

export const admin = userCaller('ADMIN');
export const reviewer = userCaller('REVIEWER');
export const hiring = userCaller('HIRING_USER');

const catalogue = {
  AUDIENCE: ['Children', 'Adults'],
  STYLE: ['Watercolour', 'Collage'],
  GENRE: ['Fantasy', 'Crime'],
  IMAGE_TAG: ['Dragon', 'Forest'],
};

/** The actions that lead a whole DRAFT to each state. */
const ways: Readonly<Record<string, string[]>> = {
  DRAFT: [],
  SUBMITTED: ['SUBMIT'],
  UNDER_REVIEW: ['SUBMIT', 'CLAIM'],
  CHANGES_REQUESTED: ['SUBMIT', 'REQUEST_CHANGES'],
  APPROVED: ['SUBMIT', 'APPROVE'],
  REJECTED: ['SUBMIT', 'REJECT'],
  SUSPENDED: ['SUBMIT', 'APPROVE', 'SUSPEND'],
  ARCHIVED: ['SUBMIT', 'ARCHIVE'],
};

export async function openTalent(variables: Record<string, string> = {}): Promise<Talent> {
  const jobs = await startJobs(variables);
  const terms: Record<string, string> = {};
  for (const [category, labels] of Object.entries(catalogue))
    for (const label of labels)
      terms[label] = (await mutate(admin, 'saveTaxonomyTerm', { category, label }, 'term { id }')).term.id;
  return { jobs, terms, mutate, refusal, query, freelancer, freelancerIn };

  function send(caller: Caller, name: string, input: object, selection: string): Promise<Answer> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
    const document = `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} } }`;
    return jobs.ask(document, { caller, variables: { input } });
  }

  async function mutate(caller: Caller, name: string, input: object, selection: string) {
    const { data, errors } = await send(caller, name, input, selection);
    if (errors.length > 0) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    return data[name];
  }

  async function refusal(caller: Caller, name: string, input: object) {
    const { errors } = await send(caller, name, input, '__typename');
    return errors[0]?.extensions ?? 'nothing was refused';
  }

  async function query(caller: Caller, document: string, variables = {}) {
    const { data, errors } = await jobs.ask(document, { caller, variables });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return data;
  }

  async function freelancer(name = 'Mira Holt', input = {}) {
    const owner = userCaller('FREELANCER');
    const whole = { ...wholeProfile(terms), name, ...input };
    const { profile } = await mutate(owner, 'saveFreelancerProfile', whole, 'profile { id slug }');
    await mutate(owner, 'addPortfolioAsset', link('A cover'), 'asset { id }');
    return { owner, ...profile };
  }

  async function freelancerIn(status: string, name?: string, input?: object) {
    const made = await freelancer(name, input);
    for (const action of ways[status] ?? []) {
      const caller = action === 'SUBMIT' ? made.owner : reviewer;
      await mutate(caller, 'actOnFreelancerProfile', { profileId: made.id, action }, '__typename');
    }
    return made;
  }
}

/** An asset that needs no upload. */
export function link(title: string): object {
  return { title, type: 'LINK', url: 'https://example.com/work' };
}

export function wholeProfile(terms: Terms): object {
  return {
    name: 'Mira Holt',
    email: 'mira@example.com',
    statement: 'I paint covers that children carry around.',
    currentLocations: ['Lisbon, Portugal'],
    audienceIds: [terms['Children']],
    styleIds: [terms['Watercolour']],
  };
}
