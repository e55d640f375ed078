import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { estimateFetches } from '@marquee/gateway/admission/limits/fetch-estimate';
import { countFetches } from '@marquee/gateway/admission/limits/plan-fetches';
import { operationsOf } from '@marquee/gateway/engine/document-definitions';
import * as fc from 'fast-check';
import { type DocumentNode, print } from 'graphql';
import { ArbitraryTrial, generateOperations } from '../src/arbitrary-trial.js';
import { loadCatalogue } from '../src/catalogue.js';
import { findDocuments } from '../src/find-documents.js';
import { createTestbed, type Testbed } from '../src/testbed.js';

const runs = 15;

test.each(loadCatalogue())('the estimate of fetches is at most that of the plan: $name', async (entry) => {
  const testbed = createTestbed(entry);
  const { schema } = testbed.graph;
  const trials = fc.sample(new ArbitraryTrial(schema, generateOperations(schema)), { numRuns: runs, seed: 7 });
  for (const { document } of trials as { document: DocumentNode }[]) await expectLowerBound(testbed, document);
});

test('the estimate is exact for most operations of the tests', async () => {
  const testbed = createTestbed(loadCatalogue().find(({ name }) => name === 'marquee')!);
  const documents = findDocuments(fileURLToPath(new URL('../../../', import.meta.url)), testbed.graph.schema);
  let exact = 0;
  for (const document of documents) exact += (await expectLowerBound(testbed, document)) ? 1 : 0;
  expect(exact / documents.length).toBeGreaterThan(0.8);
});

/** Returns whether the estimate is exact. */
async function expectLowerBound({ graph }: Testbed, document: DocumentNode): Promise<boolean> {
  const prepared = await graph.prepare(document, undefined).catch(() => undefined);
  if (!prepared) return true;
  const [operation] = operationsOf(document);
  const estimated = estimateFetches(graph.supergraphSchema, document, operation!);
  const planned = countFetches(prepared.plan, graph.supergraphSchema);
  if (estimated > planned) throw new Error(`estimated ${estimated}, planned ${planned}: ${print(document)}`);
  return estimated === planned;
}
