import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import { openCacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';
import type { Caller } from '@marquee/chassis/identity/caller';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { openLog } from '@marquee/chassis/telemetry/log';
import { graphql, type GraphQLSchema } from 'graphql';
import { jobsContext, type ServiceDeps } from '../../src/context.js';
import { schema } from '../../src/service.js';
import { createStore } from '../../src/store.js';
import { topics } from '../../src/topics.js';
import { actOnJobMutation, openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';

const save = 'mutation ($input: SaveProposalInput!) { result: saveProposal(input: $input) { proposal { id } } }';
const submit = 'mutation ($input: SubmitProposalInput!) { result: submitProposal(input: $input) { proposal { id } } }';
const accept = 'mutation ($input: AcceptProposalInput!) { result: acceptProposal(input: $input) { proposal { id } } }';

let fixture: JobFixture;
let deps: ServiceDeps;
let operations: GraphQLSchema;
beforeAll(async () => {
  fixture = await openJobFixture();
  operations = await schema();
  const bus = createProcessBus();
  const log = openLog('test', '0', 'silent');
  const tail = { bus, log, intervalMs: 60_000 };
  const cache = await openCacheInvalidator({ BUS_PREFIX: '' }, log);
  deps = { store: createStore(fixture.source), bus, cache, tail, mediaIds: createOwnedIds(randomBytes(32)) };
});
afterAll(() => fixture.close());

/** Runs an operation outside the service, with a bus that the test subscribes to. */
async function run(source: string, caller: Caller, input: object) {
  const contextValue = jobsContext(caller, deps);
  const { data, errors } = await graphql({ schema: operations, source, contextValue, variableValues: { input } });
  expect(errors).toBeUndefined();
  // The mutations of this file alias their field as `result`.
  return data as { result: { proposal: { id: string } } };
}

/** Returns the messages that are published on a topic while the work runs. */
async function collectMessages(topic: string, work: () => Promise<unknown>): Promise<unknown[]> {
  const end = new AbortController();
  const messages: unknown[] = [];
  const subscription = (async () => {
    for await (const message of deps.bus.subscribe(topic, end.signal)) messages.push(message);
  })();
  await work();
  await new Promise(setImmediate);
  end.abort();
  await subscription;
  return messages;
}

function act(jobId: string, action: string, caller: Caller): Promise<unknown> {
  return run(actOnJobMutation, caller, { jobId, action });
}

async function propose(jobId: string): Promise<string> {
  const { caller } = await fixture.addFreelancer();
  const { proposal } = (await run(save, caller, { jobId, pitch: 'I can do this.' })).result;
  await run(submit, caller, { proposalId: proposal.id });
  return proposal.id;
}

describe('the jobs service', () => {
  test('publishes a message each time that a job becomes public', async () => {
    const jobId = await fixture.draftJob();
    await act(jobId, 'SUBMIT', fixture.poster);
    const published = { jobId };
    expect(await collectMessages(topics.jobPublished, () => act(jobId, 'APPROVE', fixture.reviewer))).toEqual([
      published,
    ]);
    expect(await collectMessages(topics.jobPublished, () => act(jobId, 'CLOSE', fixture.poster))).toEqual([]);
    expect(await collectMessages(topics.jobPublished, () => act(jobId, 'REOPEN', fixture.poster))).toEqual([published]);
  });

  test('publishes no message for a job in private outreach', async () => {
    const jobId = await fixture.draftJob({ distribution: 'PRIVATE_OUTREACH' });
    await act(jobId, 'SUBMIT', fixture.poster);
    expect(await collectMessages(topics.jobPublished, () => act(jobId, 'APPROVE', fixture.reviewer))).toEqual([]);
  });

  test('publishes every proposal that an acceptance changes', async () => {
    const jobId = await fixture.publishJob();
    const [won, lost] = [await propose(jobId), await propose(jobId)];
    const messages = await collectMessages(topics.proposalChanged, () =>
      run(accept, fixture.poster, { proposalId: won }),
    );
    expect(messages).toHaveLength(2);
    expect(messages).toEqual(
      expect.arrayContaining([
        { jobId, proposalId: won },
        { jobId, proposalId: lost },
      ]),
    );
  });

  test('publishes a proposal that is saved', async () => {
    const jobId = await fixture.publishJob();
    const { caller } = await fixture.addFreelancer();
    const messages = await collectMessages(topics.proposalChanged, () =>
      run(save, caller, { jobId, pitch: 'I can do this.' }),
    );
    expect(messages).toEqual([{ jobId, proposalId: expect.any(String) }]);
  });

  test('publishes the proposals that archiving a job declines', async () => {
    const jobId = await fixture.publishJob();
    const proposalId = await propose(jobId);
    expect(await collectMessages(topics.proposalChanged, () => act(jobId, 'ARCHIVE', fixture.poster))).toEqual([
      { jobId, proposalId },
    ]);
  });

  test('publishes changes to the review queue of jobs', async () => {
    const jobId = await fixture.draftJob();
    const messages = await collectMessages(topics.reviewQueueChanged, () => act(jobId, 'SUBMIT', fixture.poster));
    expect(messages).toEqual([{ kind: 'JOB', id: jobId }]);
  });
});
