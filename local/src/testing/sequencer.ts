import testSequencer from '@jest/test-sequencer';

// The types describe a CommonJS module, which exports the class as `default`.
const Sequencer = testSequencer as unknown as typeof testSequencer.default;

type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/** Slow test files, longest first; those that start many processes are not adjacent. */
const longFiles = [
  'bench/test/search',
  'local/test/access-matrix',
  'local/test/launcher',
  'gateway/test/live/client-connections',
  'local/test/chaos',
  'subgraphs/messaging/test/live',
  'gateway/differential',
  'local/test/landing-page',
  'schema/test/registry',
  'local/test/live-graph',
  'deploy/test/deploy',
  'gateway/test/supergraph-reloading',
  'schema/test/command',
  'gateway/test/live/replanning',
  'local/test/subscriber-scale',
];

/**
 * Runs slow test files first, so that no worker runs one alone at the end. Jest itself knows the duration of a file only
 * after it has run on this machine.
 */
export default class LongFirst extends Sequencer {
  override async sort(tests: Tests): Promise<Tests> {
    return (await super.sort(tests)).sort((one, other) => rankOf(one.path) - rankOf(other.path));
  }
}

function rankOf(path: string): number {
  const rank = longFiles.findIndex((part) => path.includes(part));
  return rank === -1 ? longFiles.length : rank;
}
