import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';
import { gatewayImports, importDirection } from './lint/import-direction.mjs';

/** The packages that all others may import: the runtime library, and the contracts between the services. */
const shared = 'chassis|events';

/** Packages that must not import each other. `schema` and `local` assemble them and may import all. */
const isolatedPackages = [
  { files: 'chassis/**/*.ts', mayImport: 'chassis' },
  { files: 'client/**/*.ts', mayImport: 'client' },
  { files: 'schema/events/**/*.ts', mayImport: shared },
  { files: 'gateway/**/*.ts', mayImport: `${shared}|gateway` },
  ...JSON.parse(readFileSync(new URL('subgraphs/services.json', import.meta.url), 'utf8')).map(({ name }) => ({
    files: `subgraphs/${name}/**/*.ts`,
    mayImport: `${shared}|${name}`,
  })),
];

/** Disallowed syntax; each message states the rule. */
const disallowedSyntax = [
  { selector: 'ExportAllDeclaration', message: 'Name what you export; `export *` hides the origin of names.' },
  {
    selector: ':matches(ExportDefaultDeclaration, ExportSpecifier[exported.name="default"])',
    message: 'Export by name.',
  },
  {
    selector:
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression',
    message: 'Write a function declaration, which may follow its use.',
  },
];

const mocks = {
  selector: 'CallExpression[callee.object.name="jest"][callee.property.name=/mock/i]',
  message: 'Test the real implementation: modules are not mocked.',
};

const vagueFileName = {
  selector: 'Program',
  message: 'Name a file by its content: utils, helpers, common and types are too vague.',
};

/** Globals of Node that plain scripts use. */
const scriptGlobals = [
  'AbortSignal',
  'Buffer',
  'Response',
  'URL',
  'URLSearchParams',
  'clearTimeout',
  'console',
  'fetch',
  'process',
  'setTimeout',
];

/** Imports that are disallowed in all files. */
function restrictedImports(...patterns) {
  const environment = { importNames: ['env'], message: 'Only config.ts may read the environment.' };
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
function testPackage({ files, mayImport }) {
  return { files: files.replace('**', 'test/**'), mayImport: `${mayImport}|testkit` };
}

/** Disallows imports of other packages, static and dynamic. */
function importRules({ files, mayImport }) {
  const others = `^@marquee.(?!(${mayImport})(.|$))`;
  const message = 'Packages must not import each other: refer to entities of other services by key.';
  return {
    files: [files],
    rules: {
      'no-restricted-imports': restrictedImports({ regex: others, message }),
      'no-restricted-syntax': [
        'error',
        ...disallowedSyntax,
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
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
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
      // Implementations of async interfaces need not await.
      '@typescript-eslint/require-await': 'off',
      // Services are objects of closures, which do not use `this`.
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
        { object: 'process', property: 'env', message: 'Only config.ts may read the environment: use readSettings.' },
      ],
      'no-restricted-syntax': ['error', ...disallowedSyntax, mocks],
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
  ...isolatedPackages.map(importRules),
  ...isolatedPackages.map(testPackage).map(importRules),
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
    // Responses have the disallowedSyntax that the test selects.
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
    // Jest requires default exports, and declaration files describe third-party modules.
    files: ['local/src/testing/{setup,teardown,runtime,sequencer}.ts', '**/*.d.ts'],
    rules: { 'no-restricted-syntax': ['error', disallowedSyntax[0], disallowedSyntax[2]] },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: Object.fromEntries(scriptGlobals.map((name) => [name, 'readonly'])) },
  },
  {
    files: ['examples/react-page/*.{js,jsx}'],
    languageOptions: {
      globals: { document: 'readonly', fetch: 'readonly' },
      parserOptions: { ecmaFeatures: { jsx: true } },
    },
  },
  {
    files: ['**/{utils,util,helpers,helper,common,types}.*', '**/{utils,util,helpers,helper,common,types}/**'],
    rules: { 'no-restricted-syntax': ['error', vagueFileName] },
  },
);
