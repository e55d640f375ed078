import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Caller, guest, type UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { GraphQLError } from 'graphql';
import { ProposalAction, ProposalStatus } from '../../src/proposals/proposal-model.js';
import { type ProposalActor, proposalMachine } from '../../src/proposals/proposal-machine.js';
import { errorCodes, openJobFixture, nonUserCallers, type JobFixture } from '../fixtures/job-fixture.js';
import {
  createProposalOperations,
  type MutationAction,
  mutations,
  type ProposalOperations,
} from '../fixtures/proposal-operations.js';

const received = `query ($id: ID!, $status: ProposalStatus) { job(id: $id) { proposalCount myProposal { id }
  proposals(status: $status) { edges { node { id status } } } } }`;

type Action = `${ProposalAction}`;

let fixture: JobFixture;
let proposals: ProposalOperations;
beforeAll(async () => {
  fixture = await openJobFixture();
  proposals = createProposalOperations(fixture);
});
afterAll(() => fixture.close());

describe('a proposal', () => {
  test.each(Object.values(ProposalStatus))(
    'that is %s follows its transition table for every action and actor',
    async (status) => {
      const freelancer = await fixture.addFreelancer();
      const jobId = await fixture.publishJob();
      const proposalId = await proposals.draft(jobId, freelancer);
      const actors: [UserCaller, ProposalActor][] = [
        [freelancer.caller, 'freelancer'],
        [fixture.poster, 'poster'],
      ];
      const expected: unknown[] = [];
      const answered: unknown[] = [];
      for (const [caller, actor] of actors)
        for (const action of Object.values(ProposalAction) as Action[]) {
          if (status === ProposalStatus.DRAFT && actor === 'poster') continue;
          if (action === 'SAVE' && actor === 'poster') continue;
          await proposals.setStatus(proposalId, status);
          await fixture.sql(`update jobs set status = 'PUBLISHED', is_filled = false where id = $1`, [jobId]);
          const { data, errors } =
            action === 'SAVE'
              ? await proposals.save(jobId, caller)
              : await proposals.act(action, proposalId, withRequiredRole(caller, action));
          expected.push([actor, action, expectedOutcome(status, action, actor)]);
          const [payload] = Object.values<{ proposal: { status: string } }>(data ?? {});
          answered.push([
            actor,
            action,
            payload?.proposal.status ?? toExtensions(errors[0] as unknown as GraphQLError),
          ]);
        }
      expect(answered).toEqual(expected);
    },
  );

  test('has the transition table of the specification', () => {
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

/** Gives a freelancer the role that the mutation requires, so that the transition table decides. */
function withRequiredRole(caller: UserCaller, action: MutationAction): UserCaller {
  const forPosters = action === 'SHORTLIST' || action === 'DECLINE' || action === 'ACCEPT';
  return forPosters && caller.role === 'FREELANCER' ? { ...caller, role: 'HIRING_USER' } : caller;
}

function expectedOutcome(status: ProposalStatus, action: Action, actor: ProposalActor): unknown {
  const open = proposalMachine.transitions.filter(({ from, by }) => from.includes(status) && by.includes(actor));
  const validActions = open.map((row) => row.action);
  return (
    open.find((row) => String(row.action) === action)?.to ?? {
      code: 'INVALID_TRANSITION',
      from: status,
      action,
      validActions,
    }
  );
}

function toExtensions({ extensions }: GraphQLError): unknown {
  return extensions;
}

describe('saveProposal', () => {
  test('creates a draft, then changes it: there is one per job and freelancer', async () => {
    const freelancer = await fixture.addFreelancer();
    const jobId = await fixture.publishJob();
    const { data } = await proposals.save(jobId, freelancer.caller, { quote: ' 400 EUR ', estimatedDays: 3 });
    const first = data.saveProposal.proposal;
    expect(first).toMatchObject({
      pitch: 'I can do this.',
      quote: '400 EUR',
      estimatedDays: 3,
      status: 'DRAFT',
      job: { id: jobId },
      freelancer: { id: freelancer.profileId },
    });
    const again = await proposals.save(jobId, freelancer.caller, { pitch: 'Better words.' });
    expect(again.data.saveProposal.proposal).toMatchObject({ id: first.id, pitch: 'Better words.', quote: null });
  });

  test('creates one proposal for twenty concurrent calls', async () => {
    const freelancer = await fixture.addFreelancer();
    const jobId = await fixture.publishJob();
    const answers = await Promise.all(Array.from({ length: 20 }, () => proposals.save(jobId, freelancer.caller)));
    expect(answers.flatMap(errorCodes)).toEqual([]);
    expect(new Set(answers.map(({ data }) => data.saveProposal.proposal.id)).size).toBe(1);
  });

  test.each([
    ['an empty pitch', { pitch: ' ' }, ['input.pitch']],
    ['a pitch of more than 5000 characters', { pitch: 'x'.repeat(5001) }, ['input.pitch']],
    [
      'several invalid fields',
      { pitch: '', quote: 'x'.repeat(201), estimatedDays: 0 },
      ['input.pitch', 'input.quote', 'input.estimatedDays'],
    ],
    ['more days than ten years', { estimatedDays: 3651 }, ['input.estimatedDays']],
  ])('rejects %s', async (_, input, paths) => {
    const { errors } = await proposals.save(await fixture.publishJob(), (await fixture.addFreelancer()).caller, input);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: paths.map((path) => ({ path })) });
  });

  test.each(['DRAFT', 'SUBMITTED', 'CHANGES_REQUESTED', 'REJECTED', 'SUSPENDED', 'ARCHIVED'] as const)(
    'rejects a caller whose profile is %s',
    async (status) => {
      const answer = await proposals.save(await fixture.publishJob(), (await fixture.addFreelancer(status)).caller);
      expect(errorCodes(answer)).toEqual(['FORBIDDEN']);
      expect(answer.errors[0]?.message).toContain(`yours is ${status}`);
    },
  );

  test.each([
    ...nonUserCallers,
    ['a freelancer without a profile', userCaller('FREELANCER'), 'FORBIDDEN'] as const,
    ['a hiring user', userCaller('HIRING_USER'), 'FORBIDDEN'] as const,
  ])('is rejected for %s', async (_, caller, code) => {
    expect(errorCodes(await proposals.save(await fixture.publishJob(), caller))).toEqual([code]);
  });

  test('is rejected for the poster of the job', async () => {
    const freelancer = await fixture.addFreelancer();
    const asPoster = { ...freelancer.caller, role: 'HIRING_USER' } as const;
    expect(errorCodes(await proposals.save(await fixture.publishJob({}, asPoster), asPoster))).toEqual(['FORBIDDEN']);
  });

  test('returns NOT_FOUND for a job that the freelancer may not see', async () => {
    const { caller } = await fixture.addFreelancer();
    expect(errorCodes(await proposals.save(await fixture.draftJob(), caller))).toEqual(['NOT_FOUND']);
    const hidden = await fixture.publishJob({ distribution: 'PRIVATE_OUTREACH' });
    expect(errorCodes(await proposals.save(hidden, caller))).toEqual(['NOT_FOUND']);
    expect(errorCodes(await proposals.save('nothing', caller))).toEqual(['NOT_FOUND']);
  });

  test('accepts a proposal of an invited freelancer for a private job', async () => {
    const { caller, profileId } = await fixture.addFreelancer();
    const jobId = await fixture.publishJob({ distribution: 'PRIVATE_OUTREACH' });
    const invite = 'mutation ($input: InviteToJobInput!) { inviteToJob(input: $input) { job { id } } }';
    await fixture.execute(invite, fixture.poster, { input: { jobId, profileIds: [profileId] } });
    expect(errorCodes(await proposals.save(jobId, caller))).toEqual([]);
  });
});

describe('a job that does not accept proposals', () => {
  test.each([
    ['closed', `status = 'CLOSED'`, 'CLOSED'],
    ['past closesAt', `closes_at = now() - interval '1 second'`, 'CLOSED'],
    ['archived', `status = 'ARCHIVED'`, 'ARCHIVED'],
  ])('because it is %s rejects saving and submitting', async (_, change, status) => {
    const freelancer = await fixture.addFreelancer();
    const jobId = await fixture.publishJob();
    const id = await proposals.draft(jobId, freelancer);
    await fixture.sql(`update jobs set ${change} where id = $1`, [jobId]);
    const answers = [
      await proposals.save(jobId, freelancer.caller),
      await proposals.act('SUBMIT', id, freelancer.caller),
    ];
    expect(answers.flatMap(errorCodes)).toEqual(['CONFLICT', 'CONFLICT']);
    expect(answers[0]?.errors[0]?.message).toBe(`The job "A cover" does not accept proposals: it is ${status}.`);
  });

  test('still allows the poster to accept an earlier proposal', async () => {
    const jobId = await fixture.publishJob();
    const id = await proposals.submit(jobId);
    await fixture.sql(`update jobs set closes_at = now() - interval '1 second' where id = $1`, [jobId]);
    expect((await proposals.act('ACCEPT', id, fixture.poster)).data.acceptProposal.proposal.status).toBe('ACCEPTED');
  });
});

describe('the permission for', () => {
  test.each(Object.keys(mutations) as MutationAction[])(
    '%s is limited to the freelancer or the poster',
    async (action) => {
      const [freelancer, other] = [await fixture.addFreelancer(), await fixture.addFreelancer()];
      const id = await proposals.submit(await fixture.publishJob(), freelancer);
      const answers = [];
      for (const caller of [guest, machineCaller(), other.caller, userCaller('HIRING_USER'), fixture.reviewer])
        answers.push(...errorCodes(await proposals.act(action, id, caller)));
      const forPosters = action === 'SHORTLIST' || action === 'DECLINE' || action === 'ACCEPT';
      const forFreelancer = forPosters ? 'FORBIDDEN' : 'NOT_FOUND';
      const asReviewer = 'FORBIDDEN';
      expect(answers).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', forFreelancer, 'NOT_FOUND', asReviewer]);
    },
  );

  test('drafts does not include the poster: NOT_FOUND', async () => {
    const id = await proposals.draft(await fixture.publishJob(), await fixture.addFreelancer());
    expect(errorCodes(await proposals.act('ACCEPT', id, fixture.poster))).toEqual(['NOT_FOUND']);
    expect(errorCodes(await proposals.act('ACCEPT', 'nothing', fixture.poster))).toEqual(['NOT_FOUND']);
  });

  test('SUBMIT ends when the profile is suspended', async () => {
    const { caller, profileId } = await fixture.addFreelancer();
    const id = await proposals.draft(await fixture.publishJob(), { caller, profileId });
    await fixture.sql(`update freelancer_profiles set status = 'SUSPENDED' where id = $1`, [profileId]);
    expect(errorCodes(await proposals.act('SUBMIT', id, caller))).toEqual(['FORBIDDEN']);
  });
});

describe('validActions of a proposal', () => {
  const actions = 'query ($id: ID!) { proposal(id: $id) { validActions } }';
  const read = async (id: string, caller: Caller) =>
    (await fixture.execute(actions, caller, { id })).proposal?.validActions ?? null;

  test('are those of the caller, in its status', async () => {
    const freelancer = await fixture.addFreelancer();
    const id = await proposals.draft(await fixture.publishJob(), freelancer);
    expect(await read(id, freelancer.caller)).toEqual(['SAVE', 'SUBMIT']);
    expect(await read(id, fixture.poster)).toBeNull();
    await proposals.act('SUBMIT', id, freelancer.caller);
    expect(await read(id, freelancer.caller)).toEqual(['WITHDRAW']);
    expect(await read(id, fixture.poster)).toEqual(['SHORTLIST', 'DECLINE', 'ACCEPT']);
    expect(await read(id, fixture.reviewer)).toEqual([]);
    expect(await read(id, guest)).toBeNull();
  });

  test('include neither SAVE nor SUBMIT once the job accepts no proposals', async () => {
    const freelancer = await fixture.addFreelancer();
    const jobId = await fixture.publishJob();
    const id = await proposals.draft(jobId, freelancer);
    await fixture.sql(`update jobs set status = 'CLOSED' where id = $1`, [jobId]);
    expect(await read(id, freelancer.caller)).toEqual([]);
  });
});

describe('the visibility of proposals', () => {
  test('includes the poster, reviewers and admins; other callers get an empty page', async () => {
    const [drafter, proposer] = [await fixture.addFreelancer(), await fixture.addFreelancer()];
    const id = await fixture.publishJob();
    await proposals.draft(id, drafter);
    const submitted = await proposals.submit(id, proposer);
    const whole = { edges: [{ node: { id: submitted, status: 'SUBMITTED' } }] };
    for (const caller of [fixture.poster, fixture.reviewer, userCaller('ADMIN')])
      expect(await fixture.execute(received, caller, { id })).toEqual({
        job: { proposalCount: 1, myProposal: null, proposals: whole },
      });
    for (const caller of [guest, machineCaller(), userCaller('HIRING_USER'), userCaller('FREELANCER')])
      expect(await fixture.execute(received, caller, { id })).toEqual({
        job: { proposalCount: 1, myProposal: null, proposals: { edges: [] } },
      });
    const own = await fixture.execute(received, proposer.caller, { id });
    expect(own).toEqual({ job: { proposalCount: 1, myProposal: { id: submitted }, proposals: { edges: [] } } });
  });

  test('never includes drafts when they are filtered by status', async () => {
    const id = await fixture.publishJob();
    const [first, second] = [await proposals.submit(id), await proposals.submit(id)];
    await proposals.draft(id, await fixture.addFreelancer());
    await proposals.act('SHORTLIST', first, fixture.poster);
    const listed = async (status: string) => {
      const { job } = await fixture.execute(received, fixture.poster, { id, status });
      return job.proposals.edges.map(({ node }: { node: { id: string } }) => node.id);
    };
    expect(await listed('SHORTLISTED')).toEqual([first]);
    expect(await listed('SUBMITTED')).toEqual([second]);
    expect(await listed('DRAFT')).toEqual([]);
  });

  test('includes the own proposals of a freelancer with drafts, newest first', async () => {
    const freelancer = await fixture.addFreelancer();
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push(await proposals.draft(await fixture.publishJob(), freelancer));
    const mine =
      'query ($first: Int, $after: String) { myProposals(first: $first, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }';
    const page = (await fixture.execute(mine, freelancer.caller, { first: 2 })).myProposals;
    expect(page.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([ids[2], ids[1]]);
    const rest = await fixture.execute(mine, freelancer.caller, { first: 2, after: page.pageInfo.endCursor });
    expect(rest.myProposals).toMatchObject({ edges: [{ node: { id: ids[0] } }], pageInfo: { hasNextPage: false } });
    for (const [, caller, code] of nonUserCallers)
      expect(errorCodes(await fixture.request(mine, caller))).toEqual([code]);
  });

  test('is the same for entity references', async () => {
    const freelancer = await fixture.addFreelancer();
    const jobId = await fixture.publishJob();
    const id = await proposals.draft(jobId, freelancer);
    const entity = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Proposal { id } } }';
    const all = [{ __typename: 'Proposal', id }];
    expect(await fixture.execute(entity, freelancer.caller, { all })).toEqual({ _entities: [{ id }] });
    expect(await fixture.execute(entity, fixture.poster, { all })).toEqual({ _entities: [null] });
    await proposals.act('SUBMIT', id, freelancer.caller);
    expect(await fixture.execute(entity, fixture.poster, { all })).toEqual({ _entities: [{ id }] });
    expect(await fixture.execute(entity, guest, { all })).toEqual({ _entities: [null] });
  });
});
