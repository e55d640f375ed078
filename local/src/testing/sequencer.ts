import testSequencer from '@jest/test-sequencer';

// Its types are those of a CommonJS module, where this class is called `default`.
const Sequencer = testSequencer as unknown as typeof testSequencer.default;

type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/** The files that take longest, most of all first. */
const longest = [
  'bench/test/search',
  'local/test/launcher',
  'local/test/door',
  'local/test/chaos',
  'schema/test/registry',
  'gateway/test/live/clients',
  'gateway/differential',
  'subgraphs/messaging/test/live',
  'schema/test/command',
  'local/test/live',
  'local/test/matrix',
  'gateway/test/live/reloading',
  'gateway/test/reloading',
  'gateway/test/process',
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
