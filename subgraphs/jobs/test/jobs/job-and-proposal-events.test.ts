import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import type { Caller } from '@marquee/chassis/identity/caller';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { openLog } from '@marquee/chassis/telemetry/log';
import { graphql, type GraphQLSchema } from 'graphql';
import { jobsContext, type ServiceDeps } from '../../src/context.js';
import { schema } from '../../src/service.js';
import { createStore } from '../../src/store.js';
import { topics } from '../../src/topics.js';
import { actOnJobMutation, openWorld, type World } from '../fixtures/job-fixture.js';

const save = 'mutation ($input: SaveProposalInput!) { result: saveProposal(input: $input) { proposal { id } } }';
const submit = 'mutation ($input: SubmitProposalInput!) { result: submitProposal(input: $input) { proposal { id } } }';
const accept = 'mutation ($input: AcceptProposalInput!) { result: acceptProposal(input: $input) { proposal { id } } }';

let world: World;
let surroundings: ServiceDeps;
let operations: GraphQLSchema;
beforeAll(async () => {
  world = await openWorld();
  operations = await schema();
  const bus = createProcessBus();
  const tail = { bus, log: openLog('test', '0', 'silent'), intervalMs: 60_000 };
  surroundings = { store: createStore(world.source), bus, tail, mediaIds: createOwnedIds(randomBytes(32)) };
});
afterAll(() => world.close());

/** Runs an operation beside the service, on a bus that the test hears. */
async function run(source: string, caller: Caller, input: object) {
  const contextValue = jobsContext(caller, surroundings);
  const { data, errors } = await graphql({ schema: operations, source, contextValue, variableValues: { input } });
  expect(errors).toBeUndefined();
  // What a test asked for has the shape that it asked for.
  return data as { result: { proposal: { id: string } } };
}

/** What is told on a topic while the work is done. */
async function told(topic: string, work: () => Promise<unknown>): Promise<unknown[]> {
  const end = new AbortController();
  const heard: unknown[] = [];
  const listening = (async () => {
    for await (const message of surroundings.bus.subscribe(topic, end.signal)) heard.push(message);
  })();
  await work();
  await new Promise(setImmediate);
  end.abort();
  await listening;
  return heard;
}

function act(jobId: string, action: string, caller: Caller): Promise<unknown> {
  return run(actOnJobMutation, caller, { jobId, action });
}

async function propose(jobId: string): Promise<string> {
  const { caller } = await world.freelancer();
  const { proposal } = (await run(save, caller, { jobId, pitch: 'I can do this.' })).result;
  await run(submit, caller, { proposalId: proposal.id });
  return proposal.id;
}

describe('the bus', () => {
  test('tells of a job that becomes public, each time', async () => {
    const jobId = await world.draft();
    await act(jobId, 'SUBMIT', world.poster);
    const published = { jobId };
    expect(await told(topics.jobPublished, () => act(jobId, 'APPROVE', world.reviewer))).toEqual([published]);
    expect(await told(topics.jobPublished, () => act(jobId, 'CLOSE', world.poster))).toEqual([]);
    expect(await told(topics.jobPublished, () => act(jobId, 'REOPEN', world.poster))).toEqual([published]);
  });

  test('does not tell of a job for a few', async () => {
    const jobId = await world.draft({ distribution: 'PRIVATE_OUTREACH' });
    await act(jobId, 'SUBMIT', world.poster);
    expect(await told(topics.jobPublished, () => act(jobId, 'APPROVE', world.reviewer))).toEqual([]);
  });

  test('tells of every proposal that an acceptance changes', async () => {
    const jobId = await world.publish();
    const [won, lost] = [await propose(jobId), await propose(jobId)];
    const heard = await told(topics.proposalChanged, () => run(accept, world.poster, { proposalId: won }));
    expect(heard).toHaveLength(2);
    expect(heard).toEqual(
      expect.arrayContaining([
        { jobId, proposalId: won },
        { jobId, proposalId: lost },
      ]),
    );
  });

  test('tells of a proposal that is saved', async () => {
    const jobId = await world.publish();
    const { caller } = await world.freelancer();
    const heard = await told(topics.proposalChanged, () => run(save, caller, { jobId, pitch: 'I can do this.' }));
    expect(heard).toEqual([{ jobId, proposalId: expect.any(String) }]);
  });

  test('tells what declining by archiving changes', async () => {
    const jobId = await world.publish();
    const proposalId = await propose(jobId);
    expect(await told(topics.proposalChanged, () => act(jobId, 'ARCHIVE', world.poster))).toEqual([
      { jobId, proposalId },
    ]);
  });

  test('tells reviewers when the queue of jobs changes', async () => {
    const jobId = await world.draft();
    const heard = await told(topics.reviewQueueChanged, () => act(jobId, 'SUBMIT', world.poster));
    expect(heard).toEqual([{ kind: 'JOB', id: jobId }]);
  });
});
