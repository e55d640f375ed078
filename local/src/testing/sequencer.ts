import testSequencer from '@jest/test-sequencer';

// Its types are those of a CommonJS module, where this class is called `default`.
const Sequencer = testSequencer as unknown as typeof testSequencer.default;

type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/** The files that take longest, most of all first. */
const longest = [
  'local/test/matrix',
  'bench/test/search',
  'local/test/chaos',
  'local/test/launcher',
  'local/test/door',
  'gateway/test/live/clients',
  'schema/test/registry',
  'gateway/differential',
  'subgraphs/messaging/test/live',
  'schema/test/command',
  'local/test/live',
  'gateway/test/reloading',
  'gateway/test/live/reloading',
  'local/test/crowd',
];

/**
 * Begins with what takes longest, so that at the end no worker is left alone with one of them. jest knows by itself how
 * long a file takes, but only where it has run before.
 */
export default class LongestFirst extends Sequencer {
  override async sort(tests: Tests): Promise<Tests> {
    return (await super.sort(tests)).sort((one, other) => rankOf(one.path) - rankOf(other.path));
  }
}

function rankOf(path: string): number {
  const rank = longest.findIndex((part) => path.includes(part));
  return rank === -1 ? longest.length : rank;
}
