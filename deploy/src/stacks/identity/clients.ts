import { Duration, Stack } from 'aws-cdk-lib';
import {
  OAuthScope,
  ResourceServerScope,
  type UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import type { Environment } from '../../environments.js';
import { output } from '../../output.js';
import type { ClientName } from './client-names.js';

/** The scopes of machine clients, and of people who may read the schema. */
const scopes = {
  'shows.read': 'Read the catalogue of shows',
  'shows.write': 'Add, change and remove shows',
  'webhooks.manage': 'Register webhook endpoints and read their deliveries',
  'graph.explore': 'Read the schema and use the explorers',
} as const;

type Scope = keyof typeof scopes;

const identifier = 'marquee';

/** Creates the clients whose tokens the gateway accepts. */
export function createClients(stack: Stack, environment: Environment, pool: UserPool) {
  const server = pool.addResourceServer('Graph', {
    identifier,
    scopes: Object.entries(scopes).map(([scopeName, scopeDescription]) =>
      resourceServerScope(scopeName, scopeDescription),
    ),
  });
  const scopesOf = (...names: Scope[]) =>
    names.map((name) => OAuthScope.resourceServer(server, resourceServerScope(name, scopes[name])));
  const partnerScopes = scopesOf('shows.read', 'webhooks.manage', 'graph.explore');
  const partner = createClient(pool, server, 'partner', machineClient(partnerScopes));
  const clients = [
    createClient(
      pool,
      server,
      'web',
      webClient(environment, scopesOf(...(environment.name === 'dev' ? (['graph.explore'] as const) : []))),
    ),
    partner,
    createClient(pool, server, 'ingest', machineClient(scopesOf('shows.read', 'shows.write'))),
  ];
  return {
    clientIds: clients.map(({ userPoolClientId }) => userPoolClientId),
    partnerClientId: partner.userPoolClientId,
    scopePrefix: `${identifier}/`,
  };
}

function resourceServerScope(scopeName: string, scopeDescription: string): ResourceServerScope {
  return new ResourceServerScope({ scopeName, scopeDescription });
}

function createClient(
  pool: UserPool,
  server: UserPoolResourceServer,
  name: ClientName,
  options: UserPoolClientOptions,
): UserPoolClient {
  const client = pool.addClient(`Client-${name}`, {
    userPoolClientName: name,
    enableTokenRevocation: true,
    ...options,
  });
  client.node.addDependency(server);
  output(Stack.of(client), `Client${name}`, client.userPoolClientId, `The client id of ${name}`);
  return client;
}

/** Web pages cannot keep a secret: PKCE protects the authorization code. No other flow is enabled. */
function webClient({ webOrigins }: Environment, graph: OAuthScope[]): UserPoolClientOptions {
  return {
    generateSecret: false,
    preventUserExistenceErrors: true,
    authFlows: { userSrp: true },
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE, ...graph],
      callbackUrls: webOrigins.map((origin) => `${origin}/signed-in`),
      logoutUrls: webOrigins.map((origin) => `${origin}/`),
    },
    accessTokenValidity: Duration.minutes(15),
    idTokenValidity: Duration.minutes(15),
    refreshTokenValidity: Duration.days(30),
  };
}

function machineClient(graph: OAuthScope[]): UserPoolClientOptions {
  return {
    generateSecret: true,
    authFlows: {},
    oAuth: { flows: { clientCredentials: true }, scopes: graph },
    accessTokenValidity: Duration.hours(1),
  };
}
