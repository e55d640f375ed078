import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller, type UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { GraphQLError } from 'graphql';
import { ProposalStatus } from '../../src/proposals/proposal-model.js';
import {
  type ProposalAction,
  proposalActions,
  type ProposalActor,
  proposalMachine,
} from '../../src/proposals/proposal-machine.js';
import { codes, type Freelancer, openWorld, outsiders, type World } from '../fixtures/job-fixture.js';

const fields = 'proposal { id pitch quote estimatedDays status job { id } freelancer { id } createdAt updatedAt }';
const save = `mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { ${fields} } }`;
const received = `query ($id: ID!, $status: ProposalStatus) { job(id: $id) { proposalCount myProposal { id }
  proposals(status: $status) { edges { node { id status } } } } }`;

/** The mutations that lead a proposal somewhere. */
const led = {
  SUBMIT: 'submitProposal',
  WITHDRAW: 'withdrawProposal',
  SHORTLIST: 'shortlistProposal',
  DECLINE: 'declineProposal',
  ACCEPT: 'acceptProposal',
} as const;
type Led = keyof typeof led;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

function lead(action: Led, proposalId: string, caller: Caller) {
  const name = `${led[action][0]!.toUpperCase()}${led[action].slice(1)}Input`;
  const document = `mutation ($input: ${name}!) { ${led[action]}(input: $input) { ${fields} } }`;
  return world.request(document, caller, { input: { proposalId } });
}

function saved(jobId: string, caller: Caller, input: object = {}) {
  return world.request(save, caller, { input: { jobId, pitch: 'I can do this.', ...input } });
}

async function draft(jobId: string, by: Freelancer): Promise<string> {
  const { data, errors } = await saved(jobId, by.caller);
  expect(errors).toEqual([]);
  return data.saveProposal.proposal.id;
}

async function submit(jobId: string, by?: Freelancer): Promise<string> {
  const freelancer = by ?? (await world.freelancer());
  const id = await draft(jobId, freelancer);
  expect(codes(await lead('SUBMIT', id, freelancer.caller))).toEqual([]);
  return id;
}

async function put(proposalId: string, status: ProposalStatus): Promise<void> {
  await world.sql('update proposals set status = $2 where id = $1', [proposalId, status]);
}

describe('a proposal', () => {
  test.each(Object.values(ProposalStatus))(
    'that is %s goes where its table says, whoever acts on it',
    async (status) => {
      const freelancer = await world.freelancer();
      const jobId = await world.publish();
      const proposalId = await draft(jobId, freelancer);
      const actors: [UserCaller, ProposalActor][] = [
        [freelancer.caller, 'freelancer'],
        [world.poster, 'poster'],
      ];
      const expected: unknown[] = [];
      const answered: unknown[] = [];
      for (const [caller, actor] of actors)
        for (const action of proposalActions) {
          if (status === ProposalStatus.DRAFT && actor === 'poster') continue;
          if (action === 'SAVE' && actor === 'poster') continue;
          await put(proposalId, status);
          await world.sql(`update jobs set status = 'PUBLISHED', is_filled = false where id = $1`, [jobId]);
          const { data, errors } =
            action === 'SAVE'
              ? await saved(jobId, caller)
              : await lead(action, proposalId, forFreelancers(caller, action));
          expected.push([actor, action, due(status, action, actor)]);
          const [payload] = Object.values<{ proposal: { status: string } }>(data ?? {});
          answered.push([actor, action, payload?.proposal.status ?? refusal(errors[0] as unknown as GraphQLError)]);
        }
      expect(answered).toEqual(expected);
    },
  );

  test('has the life that was agreed', () => {
    const lines = proposalMachine.transitions.map(
      ({ action, from, to, by }) => `${by.join()}: ${action} ${from.join()} > ${to}`,
    );
    expect(lines).toEqual([
      'freelancer: SAVE DRAFT,WITHDRAWN > DRAFT',
      'freelancer: SUBMIT DRAFT > SUBMITTED',
      'freelancer: WITHDRAW SUBMITTED,SHORTLISTED > WITHDRAWN',
      'poster: SHORTLIST SUBMITTED > SHORTLISTED',
      'poster: DECLINE SUBMITTED,SHORTLISTED > DECLINED',
      'poster: ACCEPT SUBMITTED,SHORTLISTED > ACCEPTED',
    ]);
  });
});

/** Who hires may do what posters do; whether it is their job is for the machine. */
function forFreelancers(caller: UserCaller, action: Led): UserCaller {
  const forPosters = action === 'SHORTLIST' || action === 'DECLINE' || action === 'ACCEPT';
  return forPosters && caller.role === 'FREELANCER' ? { ...caller, role: 'HIRING_USER' } : caller;
}

function due(status: ProposalStatus, action: ProposalAction, actor: ProposalActor): unknown {
  const open = proposalMachine.transitions.filter(({ from, by }) => from.includes(status) && by.includes(actor));
  const validActions = open.map((row) => row.action);
  return (
    open.find((row) => row.action === action)?.to ?? { code: 'INVALID_TRANSITION', from: status, action, validActions }
  );
}

function refusal({ extensions }: GraphQLError): unknown {
  return extensions;
}

describe('saving a proposal', () => {
  test('makes a draft, then changes it: there is one for each job and freelancer', async () => {
    const freelancer = await world.freelancer();
    const jobId = await world.publish();
    const { data } = await saved(jobId, freelancer.caller, { quote: ' 400 EUR ', estimatedDays: 3 });
    const first = data.saveProposal.proposal;
    expect(first).toMatchObject({
      pitch: 'I can do this.',
      quote: '400 EUR',
      estimatedDays: 3,
      status: 'DRAFT',
      job: { id: jobId },
      freelancer: { id: freelancer.profileId },
    });
    const again = await saved(jobId, freelancer.caller, { pitch: 'Better words.' });
    expect(again.data.saveProposal.proposal).toMatchObject({ id: first.id, pitch: 'Better words.', quote: null });
  });

  test('makes one even when it is asked for twenty times at once', async () => {
    const freelancer = await world.freelancer();
    const jobId = await world.publish();
    const answers = await Promise.all(Array.from({ length: 20 }, () => saved(jobId, freelancer.caller)));
    expect(answers.flatMap(codes)).toEqual([]);
    expect(new Set(answers.map(({ data }) => data.saveProposal.proposal.id)).size).toBe(1);
  });

  test.each([
    ['an empty pitch', { pitch: ' ' }, ['input.pitch']],
    ['a pitch of more than 5000 characters', { pitch: 'x'.repeat(5001) }, ['input.pitch']],
    [
      'everything that is wrong',
      { pitch: '', quote: 'x'.repeat(201), estimatedDays: 0 },
      ['input.pitch', 'input.quote', 'input.estimatedDays'],
    ],
    ['more days than ten years', { estimatedDays: 3651 }, ['input.estimatedDays']],
  ])('refuses %s', async (_, input, paths) => {
    const { errors } = await saved(await world.publish(), (await world.freelancer()).caller, input);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: paths.map((path) => ({ path })) });
  });

  test.each(['DRAFT', 'SUBMITTED', 'CHANGES_REQUESTED', 'REJECTED', 'SUSPENDED', 'ARCHIVED'] as const)(
    'needs an approved profile, not one that is %s',
    async (status) => {
      const answer = await saved(await world.publish(), (await world.freelancer(status)).caller);
      expect(codes(answer)).toEqual(['FORBIDDEN']);
      expect(answer.errors[0]?.message).toContain(`yours is ${status}`);
    },
  );

  test.each([
    ...outsiders,
    ['a freelancer without a profile', userCaller('FREELANCER'), 'FORBIDDEN'] as const,
    ['who hires', userCaller('HIRING_USER'), 'FORBIDDEN'] as const,
  ])('is refused to %s', async (_, caller, code) => {
    expect(codes(await saved(await world.publish(), caller))).toEqual([code]);
  });

  test('is refused for one’s own job', async () => {
    const freelancer = await world.freelancer();
    const asPoster = { ...freelancer.caller, role: 'HIRING_USER' } as const;
    expect(codes(await saved(await world.publish({}, asPoster), asPoster))).toEqual(['FORBIDDEN']);
  });

  test('is NOT_FOUND for a job that the freelancer may not see', async () => {
    const { caller } = await world.freelancer();
    expect(codes(await saved(await world.draft(), caller))).toEqual(['NOT_FOUND']);
    const hidden = await world.publish({ distribution: 'PRIVATE_OUTREACH' });
    expect(codes(await saved(hidden, caller))).toEqual(['NOT_FOUND']);
    expect(codes(await saved('nothing', caller))).toEqual(['NOT_FOUND']);
  });

  test('is open to who was invited to a private job', async () => {
    const { caller, profileId } = await world.freelancer();
    const jobId = await world.publish({ distribution: 'PRIVATE_OUTREACH' });
    const invite = 'mutation ($input: InviteToJobInput!) { inviteToJob(input: $input) { job { id } } }';
    await world.get(invite, world.poster, { input: { jobId, profileIds: [profileId] } });
    expect(codes(await saved(jobId, caller))).toEqual([]);
  });
});

describe('a job that takes no proposals', () => {
  test.each([
    ['closed', `status = 'CLOSED'`, 'CLOSED'],
    ['past closesAt', `closes_at = now() - interval '1 second'`, 'CLOSED'],
    ['archived', `status = 'ARCHIVED'`, 'ARCHIVED'],
  ])('because it is %s lets no draft in', async (_, change, status) => {
    const freelancer = await world.freelancer();
    const jobId = await world.publish();
    const id = await draft(jobId, freelancer);
    await world.sql(`update jobs set ${change} where id = $1`, [jobId]);
    const answers = [await saved(jobId, freelancer.caller), await lead('SUBMIT', id, freelancer.caller)];
    expect(answers.flatMap(codes)).toEqual(['CONFLICT', 'CONFLICT']);
    expect(answers[0]?.errors[0]?.message).toBe(`The job "A cover" does not accept proposals: it is ${status}.`);
  });

  test('still lets the poster choose among those that came in time', async () => {
    const jobId = await world.publish();
    const id = await submit(jobId);
    await world.sql(`update jobs set closes_at = now() - interval '1 second' where id = $1`, [jobId]);
    expect((await lead('ACCEPT', id, world.poster)).data.acceptProposal.proposal.status).toBe('ACCEPTED');
  });
});

describe('who may do what with a proposal:', () => {
  test.each(Object.keys(led) as Led[])('%s is for the one whom it concerns', async (action) => {
    const [freelancer, other] = [await world.freelancer(), await world.freelancer()];
    const id = await submit(await world.publish(), freelancer);
    const answers = [];
    for (const caller of [guest, machineCaller(), other.caller, userCaller('HIRING_USER'), world.reviewer])
      answers.push(...codes(await lead(action, id, caller)));
    const forPosters = action === 'SHORTLIST' || action === 'DECLINE' || action === 'ACCEPT';
    const forFreelancer = forPosters ? 'FORBIDDEN' : 'NOT_FOUND';
    const asReviewer = 'FORBIDDEN';
    expect(answers).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', forFreelancer, 'NOT_FOUND', asReviewer]);
  });

  test('a draft is NOT_FOUND to the poster', async () => {
    const id = await draft(await world.publish(), await world.freelancer());
    expect(codes(await lead('ACCEPT', id, world.poster))).toEqual(['NOT_FOUND']);
    expect(codes(await lead('ACCEPT', 'nothing', world.poster))).toEqual(['NOT_FOUND']);
  });

  test('a draft is not submitted once the profile is suspended', async () => {
    const { caller, profileId } = await world.freelancer();
    const id = await draft(await world.publish(), { caller, profileId });
    await world.sql(`update freelancer_profiles set status = 'SUSPENDED' where id = $1`, [profileId]);
    expect(codes(await lead('SUBMIT', id, caller))).toEqual(['FORBIDDEN']);
  });
});

describe('who sees proposals:', () => {
  test('the poster, reviewers and admins see what was received; others an empty page', async () => {
    const [drafter, proposer] = [await world.freelancer(), await world.freelancer()];
    const id = await world.publish();
    await draft(id, drafter);
    const submitted = await submit(id, proposer);
    const whole = { edges: [{ node: { id: submitted, status: 'SUBMITTED' } }] };
    for (const caller of [world.poster, world.reviewer, userCaller('ADMIN')])
      expect(await world.get(received, caller, { id })).toEqual({
        job: { proposalCount: 1, myProposal: null, proposals: whole },
      });
    for (const caller of [guest, machineCaller(), userCaller('HIRING_USER'), userCaller('FREELANCER')])
      expect(await world.get(received, caller, { id })).toEqual({
        job: { proposalCount: 1, myProposal: null, proposals: { edges: [] } },
      });
    const own = await world.get(received, proposer.caller, { id });
    expect(own).toEqual({ job: { proposalCount: 1, myProposal: { id: submitted }, proposals: { edges: [] } } });
  });

  test('they can be narrowed by status, which never shows drafts', async () => {
    const id = await world.publish();
    const [first, second] = [await submit(id), await submit(id)];
    await draft(id, await world.freelancer());
    await lead('SHORTLIST', first, world.poster);
    const listed = async (status: string) => {
      const { job } = await world.get(received, world.poster, { id, status });
      return job.proposals.edges.map(({ node }: { node: { id: string } }) => node.id);
    };
    expect(await listed('SHORTLISTED')).toEqual([first]);
    expect(await listed('SUBMITTED')).toEqual([second]);
    expect(await listed('DRAFT')).toEqual([]);
  });

  test('a freelancer lists their own, drafts too, the newest first', async () => {
    const freelancer = await world.freelancer();
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push(await draft(await world.publish(), freelancer));
    const mine =
      'query ($first: Int, $after: String) { myProposals(first: $first, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }';
    const page = (await world.get(mine, freelancer.caller, { first: 2 })).myProposals;
    expect(page.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([ids[2], ids[1]]);
    const rest = await world.get(mine, freelancer.caller, { first: 2, after: page.pageInfo.endCursor });
    expect(rest.myProposals).toMatchObject({ edges: [{ node: { id: ids[0] } }], pageInfo: { hasNextPage: false } });
    for (const [, caller, code] of outsiders) expect(codes(await world.request(mine, caller))).toEqual([code]);
  });

  test('other services get those that the caller may see', async () => {
    const freelancer = await world.freelancer();
    const jobId = await world.publish();
    const id = await draft(jobId, freelancer);
    const entity = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Proposal { id } } }';
    const all = [{ __typename: 'Proposal', id }];
    expect(await world.get(entity, freelancer.caller, { all })).toEqual({ _entities: [{ id }] });
    expect(await world.get(entity, world.poster, { all })).toEqual({ _entities: [null] });
    await lead('SUBMIT', id, freelancer.caller);
    expect(await world.get(entity, world.poster, { all })).toEqual({ _entities: [{ id }] });
    expect(await world.get(entity, guest, { all })).toEqual({ _entities: [null] });
  });
});

describe('accepting a proposal', () => {
  const states = `query ($id: ID!) { job(id: $id) { status validActions proposals(first: 100) { edges { node { id status } } } } }`;

  async function statesOf(id: string) {
    const { job } = await world.get(states, world.poster, { id });
    const nodes: { id: string; status: string }[] = job.proposals.edges.map(({ node }: { node: object }) => node);
    return { ...job, proposals: Object.fromEntries(nodes.map((node) => [node.id, node.status])) };
  }

  test('closes the job and declines what else is open, nothing more', async () => {
    const id = await world.publish();
    const [won, open, shortlisted, withdrawn] = [
      await submit(id),
      await submit(id),
      await submit(id),
      await submit(id),
    ];
    const drafter = await world.freelancer();
    const drafted = await draft(id, drafter);
    await lead('SHORTLIST', shortlisted, world.poster);
    await put(withdrawn, ProposalStatus.WITHDRAWN);
    await lead('ACCEPT', won, world.poster);
    expect(await statesOf(id)).toEqual({
      status: 'CLOSED',
      validActions: ['ARCHIVE'],
      proposals: { [won]: 'ACCEPTED', [open]: 'DECLINED', [shortlisted]: 'DECLINED', [withdrawn]: 'WITHDRAWN' },
    });
    const mine = await world.get('{ myProposals { edges { node { id status job { status } } } } }', drafter.caller);
    expect(mine.myProposals.edges).toEqual([{ node: { id: drafted, status: 'DRAFT', job: { status: 'CLOSED' } } }]);
  });

  test('lets exactly one win, whatever is accepted at the same time', async () => {
    const id = await world.publish();
    const proposals = await Promise.all(Array.from({ length: 10 }, () => submit(id)));
    const tries = Array.from({ length: 50 }, (_, index) => lead('ACCEPT', proposals[index % 10]!, world.poster));
    const answers = await Promise.all(tries);
    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    expect(new Set(answers.flatMap(codes))).toEqual(new Set(['INVALID_TRANSITION']));
    const after = await statesOf(id);
    expect(after.status).toBe('CLOSED');
    expect(Object.values(after.proposals).sort()).toEqual(['ACCEPTED', ...Array.from({ length: 9 }, () => 'DECLINED')]);
  });

  test('races with submitting, withdrawing and closing, and the job stays consistent', async () => {
    const jobId = await world.publish();
    const late = await world.freelancer();
    const leaver = await world.freelancer();
    const [won, left] = [await submit(jobId), await submit(jobId, leaver)];
    const drafted = await draft(jobId, late);
    const act = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { id } } }';
    await Promise.all([
      lead('SUBMIT', drafted, late.caller),
      lead('WITHDRAW', left, leaver.caller),
      lead('ACCEPT', won, world.poster),
      world.request(act, world.poster, { input: { jobId, action: 'CLOSE' } }),
    ]);
    const { status, proposals } = await statesOf(jobId);
    expect([status, proposals[won]]).toEqual(['CLOSED', 'ACCEPTED']);
    expect(Object.values(proposals)).not.toContain('SUBMITTED');
  });
});

test('archiving a job declines what is open', async () => {
  const jobId = await world.publish();
  const id = await submit(jobId);
  const act = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { status } } }';
  await world.get(act, world.poster, { input: { jobId, action: 'ARCHIVE' } });
  const { job } = await world.get(received, world.poster, { id: jobId });
  expect(job.proposals.edges).toEqual([{ node: { id, status: 'DECLINED' } }]);
});
