/**
 * One run for the whole repository: the stores start once, and each test file creates its own schema and table. Tests
 * import their own package from source and other packages from their build.
 */
export default {
  testMatch: ['<rootDir>/**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.data/'],
  modulePathIgnorePatterns: ['<rootDir>/.data/', '<rootDir>/.turbo/'],
  testEnvironment: 'node',
  // The custom runtime leaves nothing in the context to clean up.
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
  // For two cores: four workers, since tests often wait for processes, sockets and timers.
  maxWorkers: 4,
  // Only a test that hangs takes this long: a busy machine may run a test a hundred times slower than a quick one.
  testTimeout: 180_000,
};
