import { Duration, type Stack } from 'aws-cdk-lib';
import {
  OAuthScope,
  ResourceServerScope,
  type UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import type { Environment } from '../../environments.js';

/** What programs may be allowed, and people who may look at the schema. */
const scopes = {
  'shows.read': 'Read the catalogue of shows',
  'shows.write': 'Add, change and remove shows',
  'graph.explore': 'Read the schema and use the explorers',
} as const;

type Scope = keyof typeof scopes;

const identifier = 'marquee';

/** The clients whose tokens count, and what their scopes begin with. */
export function createClients(stack: Stack, environment: Environment, pool: UserPool) {
  const server = pool.addResourceServer('Graph', {
    identifier,
    scopes: Object.entries(scopes).map(([scopeName, scopeDescription]) => described(scopeName, scopeDescription)),
  });
  const may = (...names: Scope[]) =>
    names.map((name) => OAuthScope.resourceServer(server, described(name, scopes[name])));
  const partner = createClient(pool, server, 'partner', program(may('shows.read', 'graph.explore')));
  const clients = [
    createClient(
      pool,
      server,
      'web',
      web(environment, may(...(environment.name === 'dev' ? (['graph.explore'] as const) : []))),
    ),
    partner,
    createClient(pool, server, 'ingest', program(may('shows.read', 'shows.write'))),
  ];
  return {
    clientIds: clients.map(({ userPoolClientId }) => userPoolClientId),
    partnerClientId: partner.userPoolClientId,
    scopePrefix: `${identifier}/`,
  };
}

function described(scopeName: string, scopeDescription: string): ResourceServerScope {
  return new ResourceServerScope({ scopeName, scopeDescription });
}

function createClient(
  pool: UserPool,
  server: UserPoolResourceServer,
  name: string,
  options: UserPoolClientOptions,
): UserPoolClient {
  const client = pool.addClient(`Client-${name}`, {
    userPoolClientName: name,
    enableTokenRevocation: true,
    ...options,
  });
  client.node.addDependency(server);
  return client;
}

/** Pages keep no secret: they prove with PKCE that a code is theirs. No other flow gives them tokens. */
function web({ webOrigins }: Environment, graph: OAuthScope[]): UserPoolClientOptions {
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

function program(graph: OAuthScope[]): UserPoolClientOptions {
  return {
    generateSecret: true,
    authFlows: {},
    oAuth: { flows: { clientCredentials: true }, scopes: graph },
    accessTokenValidity: Duration.hours(1),
  };
}
