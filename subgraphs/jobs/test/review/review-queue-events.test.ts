import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import { createLogTails } from '@marquee/chassis/bus/change-log';
import { openCacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';
import type { Caller } from '@marquee/chassis/identity/caller';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { postgresChangeLog } from '@marquee/chassis/postgres/postgres-change-log';
import { openLog } from '@marquee/chassis/telemetry/log';
import { graphql, type GraphQLSchema } from 'graphql';
import { jobsContext, type ServiceDeps } from '../../src/context.js';
import { schema } from '../../src/service.js';
import { createStore } from '../../src/store.js';
import { topics } from '../../src/topics.js';
import { openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';

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

/** Runs a mutation outside the service, and returns the messages about the review queue or the error code. */
async function collectMessages(caller: Caller, source: string): Promise<unknown[]> {
  const end = new AbortController();
  const messages: unknown[] = [];
  const subscription = (async () => {
    for await (const message of deps.bus.subscribe(topics.reviewQueueChanged, end.signal)) messages.push(message);
  })();
  const { errors } = await graphql({ schema: operations, source, contextValue: jobsContext(caller, deps) });
  await new Promise(setImmediate);
  end.abort();
  await subscription;
  return errors ? [errors[0]?.extensions['code']] : messages;
}

test('publishes every action on a profile, but not a rejected one', async () => {
  const { profileId: id } = await fixture.addFreelancer('SUBMITTED');
  const approve = `mutation { actOnFreelancerProfile(input: { profileId: "${id}", action: APPROVE }) { profile { id } } }`;
  expect(await collectMessages(fixture.reviewer, approve)).toEqual([{ kind: 'PROFILE', id }]);
  expect(await collectMessages(fixture.reviewer, approve)).toEqual(['INVALID_TRANSITION']);
});

test('publishes every asset that is added, changed, reviewed or removed', async () => {
  const { caller, profileId } = await fixture.addFreelancer('APPROVED');
  const link = 'title: "Work", type: LINK, url: "https://example.com/work"';
  const added = await collectMessages(caller, `mutation { addPortfolioAsset(input: { ${link} }) { asset { id } } }`);
  const newest = 'select id from portfolio_assets where profile_id = $1 order by id desc limit 1';
  const [{ id }] = (await fixture.sql(newest, [profileId])) as [{ id: string }];
  expect(added).toEqual([{ kind: 'ASSET', id }]);
  for (const [actor, mutation] of [
    [caller, `updatePortfolioAsset(input: { assetId: "${id}", title: "Other" }) { asset { id } }`],
    [fixture.reviewer, `reviewPortfolioAsset(input: { assetId: "${id}", review: APPROVED }) { asset { id } }`],
    [caller, `removePortfolioAsset(input: { assetId: "${id}" }) { profile { id } }`],
  ] as const)
    expect(await collectMessages(actor, `mutation { ${mutation} }`)).toEqual([{ kind: 'ASSET', id }]);
});
