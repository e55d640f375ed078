import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import { changeTopic, createLogTails } from '@marquee/chassis/bus/change-log';
import { openCacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';
import type { Caller } from '@marquee/chassis/identity/caller';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { postgresChangeLog } from '@marquee/chassis/postgres/postgres-change-log';
import { openLog } from '@marquee/chassis/telemetry/log';
import { graphql, type GraphQLSchema } from 'graphql';
import { jobsContext, type ServiceDeps } from '../../src/context.js';
import { schema } from '../../src/service.js';
import { createStore } from '../../src/store.js';
import { proposalStream, publishedJobStream, topics } from '../../src/topics.js';
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
  const logTails = createLogTails(postgresChangeLog(fixture.source), { ...tail, safetyMs: 60_000 });
  const mediaIds = createOwnedIds(randomBytes(32));
  const { webhooks } = fixture;
  deps = { store: createStore(fixture.source), bus, cache, tail, logTails, mediaIds, webhooks };
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

/** The proposals in the log of a job after a sequence. */
async function loggedSince(jobId: string, sequence: number): Promise<string[]> {
  const { changes } = await postgresChangeLog(fixture.source).read(proposalStream(jobId), sequence, 10);
  return changes.map(({ subject }) => subject);
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
    const published = { stream: publishedJobStream };
    const topic = changeTopic(publishedJobStream);
    expect(await collectMessages(topic, () => act(jobId, 'APPROVE', fixture.reviewer))).toEqual([published]);
    expect(await collectMessages(topic, () => act(jobId, 'CLOSE', fixture.poster))).toEqual([]);
    expect(await collectMessages(topic, () => act(jobId, 'REOPEN', fixture.poster))).toEqual([published]);
  });

  test('publishes no message for a job in private outreach', async () => {
    const jobId = await fixture.draftJob({ distribution: 'PRIVATE_OUTREACH' });
    await act(jobId, 'SUBMIT', fixture.poster);
    expect(
      await collectMessages(changeTopic(publishedJobStream), () => act(jobId, 'APPROVE', fixture.reviewer)),
    ).toEqual([]);
  });

  test('publishes every proposal that an acceptance changes', async () => {
    const jobId = await fixture.publishJob();
    const [won, lost] = [await propose(jobId), await propose(jobId)];
    const messages = await collectMessages(changeTopic(proposalStream(jobId)), () =>
      run(accept, fixture.poster, { proposalId: won }),
    );
    expect(messages).toEqual([{ stream: proposalStream(jobId) }]);
    expect(await loggedSince(jobId, 2)).toEqual([won, lost]);
  });

  test('publishes a proposal that is saved', async () => {
    const jobId = await fixture.publishJob();
    const { caller } = await fixture.addFreelancer();
    const messages = await collectMessages(changeTopic(proposalStream(jobId)), () =>
      run(save, caller, { jobId, pitch: 'I can do this.' }),
    );
    expect(messages).toEqual([{ stream: proposalStream(jobId) }]);
    expect(await loggedSince(jobId, 0)).toEqual([]);
  });

  test('publishes the proposals that archiving a job declines', async () => {
    const jobId = await fixture.publishJob();
    const proposalId = await propose(jobId);
    const topic = changeTopic(proposalStream(jobId));
    expect(await collectMessages(topic, () => act(jobId, 'ARCHIVE', fixture.poster))).toHaveLength(1);
    expect(await loggedSince(jobId, 1)).toEqual([proposalId]);
  });

  test('publishes changes to the review queue of jobs', async () => {
    const jobId = await fixture.draftJob();
    const messages = await collectMessages(topics.reviewQueueChanged, () => act(jobId, 'SUBMIT', fixture.poster));
    expect(messages).toEqual([{ kind: 'JOB', id: jobId }]);
  });
});
