import testSequencer from '@jest/test-sequencer';

// Its types are those of a CommonJS module, where this class is called `default`.
const Sequencer = testSequencer as unknown as typeof testSequencer.default;

type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/** The files that take long; those that start many processes are apart from each other. */
const longFiles = [
  'bench/test/search',
  'local/test/access-matrix',
  'local/test/launcher',
  'gateway/test/live/clients',
  'local/test/chaos',
  'subgraphs/messaging/test/live',
  'gateway/differential',
  'local/test/landing-page',
  'schema/test/registry',
  'local/test/live-graph',
  'deploy/test/deploy',
  'gateway/test/reloading',
  'schema/test/command',
  'gateway/test/live/reloading',
  'local/test/subscriber-scale',
];

/**
 * Begins with what takes long, so that at the end no worker is left alone with one of them. jest knows by itself how
 * long a file takes, but only where it has run before.
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
