import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';
import { gatewayImports, importDirection } from './lint/import-direction.mjs';

/** The one room that every other may import. */
const open = 'chassis';

/** The rooms that import no other room; `schema` and `local` put the rooms together and may. */
const rooms = [
  { files: 'chassis/**/*.ts', mayImport: 'chassis' },
  { files: 'gateway/**/*.ts', mayImport: `${open}|gateway` },
  ...JSON.parse(readFileSync(new URL('subgraphs/services.json', import.meta.url), 'utf8')).map(({ name }) => ({
    files: `subgraphs/${name}/**/*.ts`,
    mayImport: `${open}|${name}`,
  })),
];

/** What the shape of the code must not be; each message is a rule of the house. */
const shape = [
  { selector: 'ExportAllDeclaration', message: 'Name what you export; `export *` hides where things come from.' },
  {
    selector: ':matches(ExportDefaultDeclaration, ExportSpecifier[exported.name="default"])',
    message: 'Export by name.',
  },
  {
    selector:
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression',
    message: 'Write a function declaration, which can stand below its use.',
  },
];

const mocks = {
  selector: 'CallExpression[callee.object.name="jest"][callee.property.name=/mock/i]',
  message: 'Test the real thing: no module is mocked.',
};

const namelessFile = {
  selector: 'Program',
  message: 'Name a file by the noun it holds; utils, helpers, common and types say nothing.',
};

/** What a plain script finds in Node without importing it. */
const scriptGlobals = ['AbortSignal', 'Buffer', 'URL', 'clearTimeout', 'console', 'fetch', 'process', 'setTimeout'];

/** Imports that no file may have, however it writes them. */
function restrictedImports(...patterns) {
  const environment = { importNames: ['env'], message: 'Only config.ts sees the environment.' };
  const sideways = {
    regex: '^(\\.\\./)+[^.].*/(src|dist|test)/',
    message: 'Import another package by its name.',
  };
  return [
    'error',
    { paths: ['node:process', 'process'].map((name) => ({ name, ...environment })), patterns: [sideways, ...patterns] },
  ];
}

/** Tests may also import the test kit. */
function testRoom({ files, mayImport }) {
  return { files: files.replace('**', 'test/**'), mayImport: `${mayImport}|testkit` };
}

/** The static and the dynamic form of "no room imports another room". */
function roomRules({ files, mayImport }) {
  const others = `^@marquee.(?!(${mayImport})(.|$))`;
  const message = 'No room imports another room: refer to its things by key.';
  return {
    files: [files],
    rules: {
      'no-restricted-imports': restrictedImports({ regex: others, message }),
      'no-restricted-syntax': [
        'error',
        ...shape,
        mocks,
        { selector: `ImportExpression[source.value=/${others}/]`, message },
        { selector: `TSImportType[source.value=/${others}/]`, message },
      ],
    },
  };
}

export default defineConfig(
  { ignores: ['**/dist/', '**/cdk.out/', '.data/', '.turbo/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_$' }],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Functions of an interface are async whether or not one of them waits.
      '@typescript-eslint/require-await': 'off',
      // Services are objects of closures, which know no `this`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      eqeqeq: 'error',
      'max-depth': ['error', 3],
      'no-console': 'error',
      'no-restricted-imports': restrictedImports(),
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config.ts sees the environment: use readSettings.' },
      ],
      'no-restricted-syntax': ['error', ...shape, mocks],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
    },
  },
  {
    files: ['**/src/**/*.ts'],
    rules: {
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', { max: 30, skipBlankLines: true, skipComments: true }],
    },
  },
  ...rooms.map(roomRules),
  ...rooms.map(testRoom).map(roomRules),
  {
    files: ['gateway/src/**/*.ts'],
    plugins: {
      gateway: {
        rules: {
          'import-direction': importDirection(fileURLToPath(new URL('gateway/src', import.meta.url)), gatewayImports),
        },
      },
    },
    rules: { 'gateway/import-direction': 'error' },
  },
  {
    files: ['**/config.ts', 'chassis/src/config/settings.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/test/**/*.ts'],
    extends: [jest.configs['flat/recommended'], jest.configs['flat/style']],
    rules: {
      'max-lines': ['error', 400],
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
      'jest/no-disabled-tests': 'error',
      'jest/prefer-importing-jest-globals': 'error',
    },
  },
  {
    // What a service answered has the shape that the test asked for.
    files: ['**/test/**/*.ts', 'testkit/src/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // jest calls what these files export by default, and a declaration says what a foreign module exports.
    files: ['local/src/testing/{setup,teardown,runtime,sequencer}.ts', '**/*.d.ts'],
    rules: { 'no-restricted-syntax': ['error', shape[0], shape[2]] },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: Object.fromEntries(scriptGlobals.map((name) => [name, 'readonly'])) },
  },
  {
    files: ['**/{utils,util,helpers,helper,common,types}.*', '**/{utils,util,helpers,helper,common,types}/**'],
    rules: { 'no-restricted-syntax': ['error', namelessFile] },
  },
);
