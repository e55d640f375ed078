/**
 * One run for the whole repository: the stores start once, every file makes a schema and a table of its own,
 * and a single total is printed. Tests read their own package from source and the others as they are built.
 */
export default {
  testMatch: ['<rootDir>/**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.data/'],
  modulePathIgnorePatterns: ['<rootDir>/.data/', '<rootDir>/.turbo/'],
  testEnvironment: 'node',
  // Nothing of a test is left in the context that would be cleaned: see the runtime.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  runtime: '<rootDir>/local/dist/testing/runtime.js',
  testSequencer: '<rootDir>/local/dist/testing/sequencer.js',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: '<rootDir>/local/dist/testing/setup.js',
  globalTeardown: '<rootDir>/local/dist/testing/teardown.js',
  // Two cores, and two more workers for the time that tests wait for processes, sockets and clocks.
  maxWorkers: 4,
  testTimeout: 30_000,
};
