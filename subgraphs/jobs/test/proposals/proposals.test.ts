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
import {
  errorCodes,
  type Freelancer,
  openJobFixture,
  nonUserCallers,
  type JobFixture,
} from '../fixtures/job-fixture.js';

const fields = 'proposal { id pitch quote estimatedDays status job { id } freelancer { id } createdAt updatedAt }';
const save = `mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { ${fields} } }`;
const received = `query ($id: ID!, $status: ProposalStatus) { job(id: $id) { proposalCount myProposal { id }
  proposals(status: $status) { edges { node { id status } } } } }`;

/** The mutation of each action on an existing proposal. */
const mutations = {
  SUBMIT: 'submitProposal',
  WITHDRAW: 'withdrawProposal',
  SHORTLIST: 'shortlistProposal',
  DECLINE: 'declineProposal',
  ACCEPT: 'acceptProposal',
} as const;
type MutationAction = keyof typeof mutations;

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
});
afterAll(() => fixture.close());

function act(action: MutationAction, proposalId: string, caller: Caller) {
  const name = `${mutations[action][0]!.toUpperCase()}${mutations[action].slice(1)}Input`;
  const document = `mutation ($input: ${name}!) { ${mutations[action]}(input: $input) { ${fields} } }`;
  return fixture.request(document, caller, { input: { proposalId } });
}

function saveProposal(jobId: string, caller: Caller, input: object = {}) {
  return fixture.request(save, caller, { input: { jobId, pitch: 'I can do this.', ...input } });
}

async function draftProposal(jobId: string, by: Freelancer): Promise<string> {
  const { data, errors } = await saveProposal(jobId, by.caller);
  expect(errors).toEqual([]);
  return data.saveProposal.proposal.id;
}

async function submitProposal(jobId: string, by?: Freelancer): Promise<string> {
  const freelancer = by ?? (await fixture.addFreelancer());
  const id = await draftProposal(jobId, freelancer);
  expect(errorCodes(await act('SUBMIT', id, freelancer.caller))).toEqual([]);
  return id;
}

async function setStatus(proposalId: string, status: ProposalStatus): Promise<void> {
  await fixture.sql('update proposals set status = $2 where id = $1', [proposalId, status]);
}

describe('a proposal', () => {
  test.each(Object.values(ProposalStatus))(
    'that is %s follows its transition table for every action and actor',
    async (status) => {
      const freelancer = await fixture.addFreelancer();
      const jobId = await fixture.publishJob();
      const proposalId = await draftProposal(jobId, freelancer);
      const actors: [UserCaller, ProposalActor][] = [
        [freelancer.caller, 'freelancer'],
        [fixture.poster, 'poster'],
      ];
      const expected: unknown[] = [];
      const answered: unknown[] = [];
      for (const [caller, actor] of actors)
        for (const action of proposalActions) {
          if (status === ProposalStatus.DRAFT && actor === 'poster') continue;
          if (action === 'SAVE' && actor === 'poster') continue;
          await setStatus(proposalId, status);
          await fixture.sql(`update jobs set status = 'PUBLISHED', is_filled = false where id = $1`, [jobId]);
          const { data, errors } =
            action === 'SAVE'
              ? await saveProposal(jobId, caller)
              : await act(action, proposalId, withRequiredRole(caller, action));
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

function expectedOutcome(status: ProposalStatus, action: ProposalAction, actor: ProposalActor): unknown {
  const open = proposalMachine.transitions.filter(({ from, by }) => from.includes(status) && by.includes(actor));
  const validActions = open.map((row) => row.action);
  return (
    open.find((row) => row.action === action)?.to ?? { code: 'INVALID_TRANSITION', from: status, action, validActions }
  );
}

function toExtensions({ extensions }: GraphQLError): unknown {
  return extensions;
}

describe('saveProposal', () => {
  test('creates a draft, then changes it: there is one per job and freelancer', async () => {
    const freelancer = await fixture.addFreelancer();
    const jobId = await fixture.publishJob();
    const { data } = await saveProposal(jobId, freelancer.caller, { quote: ' 400 EUR ', estimatedDays: 3 });
    const first = data.saveProposal.proposal;
    expect(first).toMatchObject({
      pitch: 'I can do this.',
      quote: '400 EUR',
      estimatedDays: 3,
      status: 'DRAFT',
      job: { id: jobId },
      freelancer: { id: freelancer.profileId },
    });
    const again = await saveProposal(jobId, freelancer.caller, { pitch: 'Better words.' });
    expect(again.data.saveProposal.proposal).toMatchObject({ id: first.id, pitch: 'Better words.', quote: null });
  });

  test('creates one proposal for twenty concurrent calls', async () => {
    const freelancer = await fixture.addFreelancer();
    const jobId = await fixture.publishJob();
    const answers = await Promise.all(Array.from({ length: 20 }, () => saveProposal(jobId, freelancer.caller)));
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
    const { errors } = await saveProposal(await fixture.publishJob(), (await fixture.addFreelancer()).caller, input);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: paths.map((path) => ({ path })) });
  });

  test.each(['DRAFT', 'SUBMITTED', 'CHANGES_REQUESTED', 'REJECTED', 'SUSPENDED', 'ARCHIVED'] as const)(
    'rejects a caller whose profile is %s',
    async (status) => {
      const answer = await saveProposal(await fixture.publishJob(), (await fixture.addFreelancer(status)).caller);
      expect(errorCodes(answer)).toEqual(['FORBIDDEN']);
      expect(answer.errors[0]?.message).toContain(`yours is ${status}`);
    },
  );

  test.each([
    ...nonUserCallers,
    ['a freelancer without a profile', userCaller('FREELANCER'), 'FORBIDDEN'] as const,
    ['a hiring user', userCaller('HIRING_USER'), 'FORBIDDEN'] as const,
  ])('is rejected for %s', async (_, caller, code) => {
    expect(errorCodes(await saveProposal(await fixture.publishJob(), caller))).toEqual([code]);
  });

  test('is rejected for the poster of the job', async () => {
    const freelancer = await fixture.addFreelancer();
    const asPoster = { ...freelancer.caller, role: 'HIRING_USER' } as const;
    expect(errorCodes(await saveProposal(await fixture.publishJob({}, asPoster), asPoster))).toEqual(['FORBIDDEN']);
  });

  test('returns NOT_FOUND for a job that the freelancer may not see', async () => {
    const { caller } = await fixture.addFreelancer();
    expect(errorCodes(await saveProposal(await fixture.draftJob(), caller))).toEqual(['NOT_FOUND']);
    const hidden = await fixture.publishJob({ distribution: 'PRIVATE_OUTREACH' });
    expect(errorCodes(await saveProposal(hidden, caller))).toEqual(['NOT_FOUND']);
    expect(errorCodes(await saveProposal('nothing', caller))).toEqual(['NOT_FOUND']);
  });

  test('accepts a proposal of an invited freelancer for a private job', async () => {
    const { caller, profileId } = await fixture.addFreelancer();
    const jobId = await fixture.publishJob({ distribution: 'PRIVATE_OUTREACH' });
    const invite = 'mutation ($input: InviteToJobInput!) { inviteToJob(input: $input) { job { id } } }';
    await fixture.execute(invite, fixture.poster, { input: { jobId, profileIds: [profileId] } });
    expect(errorCodes(await saveProposal(jobId, caller))).toEqual([]);
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
    const id = await draftProposal(jobId, freelancer);
    await fixture.sql(`update jobs set ${change} where id = $1`, [jobId]);
    const answers = [await saveProposal(jobId, freelancer.caller), await act('SUBMIT', id, freelancer.caller)];
    expect(answers.flatMap(errorCodes)).toEqual(['CONFLICT', 'CONFLICT']);
    expect(answers[0]?.errors[0]?.message).toBe(`The job "A cover" does not accept proposals: it is ${status}.`);
  });

  test('still allows the poster to accept an earlier proposal', async () => {
    const jobId = await fixture.publishJob();
    const id = await submitProposal(jobId);
    await fixture.sql(`update jobs set closes_at = now() - interval '1 second' where id = $1`, [jobId]);
    expect((await act('ACCEPT', id, fixture.poster)).data.acceptProposal.proposal.status).toBe('ACCEPTED');
  });
});

describe('the permission for', () => {
  test.each(Object.keys(mutations) as MutationAction[])(
    '%s is limited to the freelancer or the poster',
    async (action) => {
      const [freelancer, other] = [await fixture.addFreelancer(), await fixture.addFreelancer()];
      const id = await submitProposal(await fixture.publishJob(), freelancer);
      const answers = [];
      for (const caller of [guest, machineCaller(), other.caller, userCaller('HIRING_USER'), fixture.reviewer])
        answers.push(...errorCodes(await act(action, id, caller)));
      const forPosters = action === 'SHORTLIST' || action === 'DECLINE' || action === 'ACCEPT';
      const forFreelancer = forPosters ? 'FORBIDDEN' : 'NOT_FOUND';
      const asReviewer = 'FORBIDDEN';
      expect(answers).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', forFreelancer, 'NOT_FOUND', asReviewer]);
    },
  );

  test('drafts does not include the poster: NOT_FOUND', async () => {
    const id = await draftProposal(await fixture.publishJob(), await fixture.addFreelancer());
    expect(errorCodes(await act('ACCEPT', id, fixture.poster))).toEqual(['NOT_FOUND']);
    expect(errorCodes(await act('ACCEPT', 'nothing', fixture.poster))).toEqual(['NOT_FOUND']);
  });

  test('SUBMIT ends when the profile is suspended', async () => {
    const { caller, profileId } = await fixture.addFreelancer();
    const id = await draftProposal(await fixture.publishJob(), { caller, profileId });
    await fixture.sql(`update freelancer_profiles set status = 'SUSPENDED' where id = $1`, [profileId]);
    expect(errorCodes(await act('SUBMIT', id, caller))).toEqual(['FORBIDDEN']);
  });
});

describe('the visibility of proposals', () => {
  test('includes the poster, reviewers and admins; other callers get an empty page', async () => {
    const [drafter, proposer] = [await fixture.addFreelancer(), await fixture.addFreelancer()];
    const id = await fixture.publishJob();
    await draftProposal(id, drafter);
    const submitted = await submitProposal(id, proposer);
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
    const [first, second] = [await submitProposal(id), await submitProposal(id)];
    await draftProposal(id, await fixture.addFreelancer());
    await act('SHORTLIST', first, fixture.poster);
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
    for (let count = 0; count < 3; count += 1) ids.push(await draftProposal(await fixture.publishJob(), freelancer));
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
    const id = await draftProposal(jobId, freelancer);
    const entity = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Proposal { id } } }';
    const all = [{ __typename: 'Proposal', id }];
    expect(await fixture.execute(entity, freelancer.caller, { all })).toEqual({ _entities: [{ id }] });
    expect(await fixture.execute(entity, fixture.poster, { all })).toEqual({ _entities: [null] });
    await act('SUBMIT', id, freelancer.caller);
    expect(await fixture.execute(entity, fixture.poster, { all })).toEqual({ _entities: [{ id }] });
    expect(await fixture.execute(entity, guest, { all })).toEqual({ _entities: [null] });
  });
});

describe('acceptProposal', () => {
  const states = `query ($id: ID!) { job(id: $id) { status validActions proposals(first: 100) { edges { node { id status } } } } }`;

  async function readStatuses(id: string) {
    const { job } = await fixture.execute(states, fixture.poster, { id });
    const nodes: { id: string; status: string }[] = job.proposals.edges.map(({ node }: { node: object }) => node);
    return { ...job, proposals: Object.fromEntries(nodes.map((node) => [node.id, node.status])) };
  }

  test('closes the job and declines the other open proposals only', async () => {
    const id = await fixture.publishJob();
    const [won, open, shortlisted, withdrawn] = [
      await submitProposal(id),
      await submitProposal(id),
      await submitProposal(id),
      await submitProposal(id),
    ];
    const drafter = await fixture.addFreelancer();
    const drafted = await draftProposal(id, drafter);
    await act('SHORTLIST', shortlisted, fixture.poster);
    await setStatus(withdrawn, ProposalStatus.WITHDRAWN);
    await act('ACCEPT', won, fixture.poster);
    expect(await readStatuses(id)).toEqual({
      status: 'CLOSED',
      validActions: ['ARCHIVE'],
      proposals: { [won]: 'ACCEPTED', [open]: 'DECLINED', [shortlisted]: 'DECLINED', [withdrawn]: 'WITHDRAWN' },
    });
    const mine = await fixture.execute(
      '{ myProposals { edges { node { id status job { status } } } } }',
      drafter.caller,
    );
    expect(mine.myProposals.edges).toEqual([{ node: { id: drafted, status: 'DRAFT', job: { status: 'CLOSED' } } }]);
  });

  test('accepts exactly one of several concurrent proposals', async () => {
    const id = await fixture.publishJob();
    const proposals = await Promise.all(Array.from({ length: 10 }, () => submitProposal(id)));
    const tries = Array.from({ length: 50 }, (_, index) => act('ACCEPT', proposals[index % 10]!, fixture.poster));
    const answers = await Promise.all(tries);
    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    expect(new Set(answers.flatMap(errorCodes))).toEqual(new Set(['INVALID_TRANSITION']));
    const after = await readStatuses(id);
    expect(after.status).toBe('CLOSED');
    expect(Object.values(after.proposals).sort()).toEqual(['ACCEPTED', ...Array.from({ length: 9 }, () => 'DECLINED')]);
  });

  test('leaves the job consistent under concurrent submit, withdraw and close', async () => {
    const jobId = await fixture.publishJob();
    const late = await fixture.addFreelancer();
    const leaver = await fixture.addFreelancer();
    const [won, left] = [await submitProposal(jobId), await submitProposal(jobId, leaver)];
    const drafted = await draftProposal(jobId, late);
    const actOnJob = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { id } } }';
    await Promise.all([
      act('SUBMIT', drafted, late.caller),
      act('WITHDRAW', left, leaver.caller),
      act('ACCEPT', won, fixture.poster),
      fixture.request(actOnJob, fixture.poster, { input: { jobId, action: 'CLOSE' } }),
    ]);
    const { status, proposals } = await readStatuses(jobId);
    expect([status, proposals[won]]).toEqual(['CLOSED', 'ACCEPTED']);
    expect(Object.values(proposals)).not.toContain('SUBMITTED');
  });
});

test('archiving a job declines its open proposals', async () => {
  const jobId = await fixture.publishJob();
  const id = await submitProposal(jobId);
  const actOnJob = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { status } } }';
  await fixture.execute(actOnJob, fixture.poster, { input: { jobId, action: 'ARCHIVE' } });
  const { job } = await fixture.execute(received, fixture.poster, { id: jobId });
  expect(job.proposals.edges).toEqual([{ node: { id, status: 'DECLINED' } }]);
});
