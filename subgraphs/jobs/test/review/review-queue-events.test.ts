import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import type { Caller } from '@marquee/chassis/identity/caller';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { openLog } from '@marquee/chassis/telemetry/log';
import { graphql, type GraphQLSchema } from 'graphql';
import { jobsContext, type ServiceDeps } from '../../src/context.js';
import { schema } from '../../src/service.js';
import { createStore } from '../../src/store.js';
import { topics } from '../../src/topics.js';
import { openWorld, type World } from '../fixtures/job-fixture.js';

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

/** Runs a mutation beside the service, and returns what it told the reviewers. */
async function told(caller: Caller, source: string): Promise<unknown[]> {
  const end = new AbortController();
  const heard: unknown[] = [];
  const listening = (async () => {
    for await (const message of surroundings.bus.subscribe(topics.reviewQueueChanged, end.signal)) heard.push(message);
  })();
  const { errors } = await graphql({ schema: operations, source, contextValue: jobsContext(caller, surroundings) });
  await new Promise(setImmediate);
  end.abort();
  await listening;
  return errors ? [errors[0]?.extensions['code']] : heard;
}

test('reviewers hear of every action on a profile, and of none that was refused', async () => {
  const { profileId: id } = await world.freelancer('SUBMITTED');
  const approve = `mutation { actOnFreelancerProfile(input: { profileId: "${id}", action: APPROVE }) { profile { id } } }`;
  expect(await told(world.reviewer, approve)).toEqual([{ kind: 'PROFILE', id }]);
  expect(await told(world.reviewer, approve)).toEqual(['INVALID_TRANSITION']);
});

test('reviewers hear of every asset that comes, changes, is judged and goes', async () => {
  const { caller, profileId } = await world.freelancer('APPROVED');
  const link = 'title: "Work", type: LINK, url: "https://example.com/work"';
  const added = await told(caller, `mutation { addPortfolioAsset(input: { ${link} }) { asset { id } } }`);
  const newest = 'select id from portfolio_assets where profile_id = $1 order by id desc limit 1';
  const [{ id }] = (await world.sql(newest, [profileId])) as [{ id: string }];
  expect(added).toEqual([{ kind: 'ASSET', id }]);
  for (const [who, mutation] of [
    [caller, `updatePortfolioAsset(input: { assetId: "${id}", title: "Other" }) { asset { id } }`],
    [world.reviewer, `reviewPortfolioAsset(input: { assetId: "${id}", review: APPROVED }) { asset { id } }`],
    [caller, `removePortfolioAsset(input: { assetId: "${id}" }) { profile { id } }`],
  ] as const)
    expect(await told(who, `mutation { ${mutation} }`)).toEqual([{ kind: 'ASSET', id }]);
});
