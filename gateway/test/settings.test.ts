import { describe, expect, test } from '@jest/globals';
import { readSettings, SettingsError } from '@marquee/chassis/config/settings';
import { start } from '@marquee/chassis/process/run-service';
import { testKeys } from '@marquee/testkit/test-keys';
import { gatewaySettings } from '../src/config.js';
import { service } from '../src/service.js';
import { gatewayEnvironment } from './fixtures/gateway.js';
import { supergraphFile, textFile } from './fixtures/sample-graph.js';

const issuer = { COGNITO_ISSUER: 'https://issuer.test/pool', COGNITO_CLIENT_IDS: 'web' };

describe('the environment', () => {
  test('requires a supergraph, a port and a signing key only', async () => {
    const { privateKey } = await testKeys();
    const settings = readSettings(gatewaySettings, { SUPERGRAPH: 'x', PORT: '1', CALLER_SIGNING_KEY: privateKey });
    expect(settings).toMatchObject({
      NODE_ENV: 'production',
      SUBGRAPH_URLS: {},
      SUBGRAPH_TIMEOUT_SECONDS: 5,
      COGNITO_CLIENT_IDS: [],
      SCOPE_PREFIX: 'marquee/',
      CORS_ORIGINS: [],
      DEV_IDENTITY: false,
      BODY_LIMIT_GUEST_BYTES: 262_144,
      BODY_LIMIT_IMPORT_BYTES: 2_097_152,
      BODY_LIMIT_USER_BYTES: 524_288,
    });
  });

  test('is rejected with all problems at once, by name and without values', () => {
    const problems = problemsOf({
      PORT: 'x',
      SUBGRAPH_URLS: '{"users":"secret"}',
      CALLER_SIGNING_KEY: '{"d":"secret"}',
    });
    for (const name of ['SUPERGRAPH', 'PORT', 'SUBGRAPH_URLS.users', 'CALLER_SIGNING_KEY.kid'])
      expect(problems).toContain(`${name}: `);
    expect(problems).not.toContain('secret');
  });

  test.each([
    ['development identities', { DEV_IDENTITY: 'true' }, 'DEV_IDENTITY: must not be true'],
    ['an explorer that is open to everyone', { EXPLORER: 'open' }, 'EXPLORER: must be off or scope'],
    ['the issuer of the local run', { DEV_ISSUER_URL: 'https://issuer.test' }, 'DEV_ISSUER_URL: must not be set'],
    [
      'an issuer without TLS',
      { ...issuer, COGNITO_ISSUER: 'http://issuer.test' },
      'COGNITO_ISSUER: must be an https URL',
    ],
    [
      'keys without TLS',
      { ...issuer, COGNITO_JWKS_URI: 'http://issuer.test' },
      'COGNITO_JWKS_URI: must be an https URL',
    ],
  ])('rejects %s in production and accepts it in development', async (_, variables, problem) => {
    const { CALLER_SIGNING_KEY = '' } = await gatewayEnvironment('x');
    const common = { SUPERGRAPH: 'x', PORT: '0', CALLER_SIGNING_KEY, ...variables };
    expect(problemsOf(common)).toContain(problem);
    expect(problemsOf({ ...common, NODE_ENV: 'development' })).toBe('');
  });

  test.each([
    ['an issuer without clients', { COGNITO_ISSUER: 'https://issuer.test' }, 'COGNITO_CLIENT_IDS: '],
    [
      'partners without a contract',
      { PARTNER_CLIENT_IDS: 'partner' },
      'PARTNER_SUPERGRAPH: expected the supergraph of the contract',
    ],
    ['a wildcard origin', { CORS_ORIGINS: '*' }, 'CORS_ORIGINS.0: '],
    ['an origin with a path', { CORS_ORIGINS: 'https://a.test, https://b.test/app' }, 'CORS_ORIGINS.1: '],
    ['a key of another type', { CALLER_SIGNING_KEY: '{"kty":"RSA","kid":"1"}' }, 'CALLER_SIGNING_KEY.kty: '],
  ])('rejects %s', async (_, variables, problem) => {
    expect(problemsOf({ ...(await gatewayEnvironment('x')), ...variables })).toContain(problem);
  });

  function problemsOf(variables: Record<string, string>): string {
    try {
      readSettings(gatewaySettings, variables);
      return '';
    } catch (failure) {
      return (failure as Error).message;
    }
  }
});

describe('the supergraph', () => {
  test.each([
    ['does not exist', async () => '/nowhere/supergraph.graphql', 'the file does not exist'],
    ['is not GraphQL', () => textFile('supergraph.graphql', 'nonsense {'), 'is not a supergraph'],
    ['is a plain schema', () => textFile('supergraph.graphql', 'type Query { a: Int }'), 'is not a supergraph'],
    ['has no URL for a service', () => supergraphFile([withoutUrl]), 'no http URL for it'],
  ])('is rejected if it %s', async (_, path, reason) => {
    const starting = start(service, await gatewayEnvironment(await path()));
    await expect(starting).rejects.toThrow(SettingsError);
    await expect(starting).rejects.toThrow(reason);
  });

  test('of partners is rejected with the name of its variable', async () => {
    const environment = await gatewayEnvironment(await supergraphFile([{ ...withoutUrl, url: 'http://127.0.0.1:9' }]));
    const starting = start(service, { ...environment, PARTNER_SUPERGRAPH: '/nowhere/partner.graphql' });
    await expect(starting).rejects.toThrow('PARTNER_SUPERGRAPH: cannot read "/nowhere/partner.graphql"');
  });

  test('is accepted without the URL of a service that SUBGRAPH_URLS has', async () => {
    const environment = await gatewayEnvironment(await supergraphFile([withoutUrl]));
    const running = await start(service, { ...environment, SUBGRAPH_URLS: '{"users":"http://127.0.0.1:9/graphql"}' });
    expect(running.url).toMatch(/^http:/);
    await running.close();
  });

  const withoutUrl = { name: 'users', url: '', sdl: 'type Query { a: Int }' };
});
