import { busSettings } from '@marquee/chassis/bus/open-bus';
import { flag, json, list, processSettings } from '@marquee/chassis/config/settings';
import { z } from 'zod';

const limit = z.coerce.number().int().positive();

/** What the gateway reads from its environment; the keys are the variables' names. */
export const gatewaySettings = processSettings
  .extend({
    /** The supergraph that composition wrote: a path, or `s3://bucket/key`. */
    SUPERGRAPH: z.string(),
    /** The supergraph of the contract for partners, served at /partner/graphql: a path, or `s3://bucket/key`. */
    PARTNER_SUPERGRAPH: z.string().optional(),
    /** `client_id`s of partners: they get nothing but what is in the contract, anywhere. */
    PARTNER_CLIENT_IDS: list.default([]),
    /** Where the bucket is. */
    AWS_REGION: z.string().optional(),
    /** An address that speaks like S3, in place of AWS. */
    S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
    /** How often it is looked at for a change. */
    SUPERGRAPH_POLL_SECONDS: z.coerce.number().positive().max(3600).default(2),
    /** A JSON object of subgraph name to URL, in place of the addresses in the supergraph. */
    SUBGRAPH_URLS: json.pipe(z.record(z.string(), z.url({ protocol: /^https?$/ }))).default({}),
    /** Seconds that a subgraph has for one answer, with waiting for its turn and all attempts. */
    SUBGRAPH_TIMEOUT_SECONDS: z.coerce.number().positive().max(300).default(5),
    /** Requests to one subgraph at the same time. */
    SUBGRAPH_CONCURRENCY: z.coerce.number().int().positive().default(64),
    /** Requests that may wait for their turn at one subgraph; more are turned away at once. */
    SUBGRAPH_QUEUE: z.coerce.number().int().min(0).default(1_000),
    /** How often a query is sent again when its connection fails or it meets a 502 or 503. */
    SUBGRAPH_RETRIES: z.coerce.number().int().min(0).max(10).default(2),
    /** So many last requests to a subgraph are looked at: when more than half have failed, it is not asked for a while. */
    SUBGRAPH_BREAKER_CALLS: z.coerce.number().int().positive().default(20),
    /** Seconds until a subgraph that is not asked any more is tried again with one request. */
    SUBGRAPH_BREAKER_SECONDS: z.coerce.number().positive().max(300).default(5),
    /** A private Ed25519 JSON Web Key with a `kid`: subgraphs check callers with its public half. */
    CALLER_SIGNING_KEY: json.pipe(
      z.looseObject({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        d: z.string(),
        kid: z.string().min(1),
      }),
    ),
    /** `iss` of the access tokens that count. Without it every token is refused and guests are served. */
    COGNITO_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
    /** `client_id`s of the access tokens that count. */
    COGNITO_CLIENT_IDS: list.default([]),
    /** Where the issuer publishes its keys; `/.well-known/jwks.json` under the issuer when left out. */
    COGNITO_JWKS_URI: z.url({ protocol: /^https?$/ }).optional(),
    /** What a scope begins with in a token. It is taken off; scopes that begin otherwise do not count. */
    SCOPE_PREFIX: z.string().default('marquee/'),
    /** Origins whose pages may call the gateway. */
    CORS_ORIGINS: list
      .pipe(z.array(z.string().refine(isOrigin, 'expected an origin such as https://app.example.com')))
      .default([]),
    /** Takes the caller from the headers X-Dev-User-Id, X-Dev-Role and X-Dev-Email. Never in production. */
    DEV_IDENTITY: flag.default(false),
    /** The pages for people: `/`, `/status`, `/schema.graphql` and the explorers. */
    LANDING_PAGE: flag.default(true),
    /** Who may open the explorers: nobody, members of the scope graph.explore, or everyone, never in production. */
    EXPLORER: z.enum(['off', 'scope', 'open']).default('scope'),
    /** Path of a GraphQL file with named operations that the front door offers to run. */
    EXAMPLES: z.string().optional(),
    /** An issuer that names its people at /people and gives anyone their tokens at /token. Never in production. */
    DEV_ISSUER_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** Largest body of a guest's request, in bytes. */
    BODY_LIMIT_GUEST_BYTES: z.coerce
      .number()
      .int()
      .positive()
      .default(256 * 1024),
    /** Largest body of an identified caller's request, in bytes. */
    BODY_LIMIT_IDENTIFIED_BYTES: z.coerce
      .number()
      .int()
      .positive()
      .default(2 * 1024 * 1024),
    /** Seconds that a user's role and activity count as they were last told. */
    PRINCIPAL_SECONDS: z.coerce.number().positive().max(25).default(25),
    /** Seconds between two looks at who is behind a socket; with the former it is how long the deactivated stay. */
    LIVE_REVALIDATE_SECONDS: z.coerce.number().positive().max(5).default(5),
    /** Events that may wait for a client that reads slowly, by subscription; more end it with SLOW_CONSUMER. */
    LIVE_QUEUE_EVENTS: z.coerce.number().int().positive().default(256),
    /** Seconds after which a stream that its subgraph never began ends with UPSTREAM_UNAVAILABLE. */
    LIVE_START_TIMEOUT_SECONDS: z.coerce.number().positive().max(300).default(10),
    /** Operations that run over one socket at the same time. */
    LIVE_OPERATIONS_PER_SOCKET: z.coerce.number().int().positive().default(100),
    /** Sockets and event streams of one signed-in caller at the same time, in this process. */
    LIVE_SOCKETS_PER_CALLER: z.coerce.number().int().positive().default(50),
    /** Sockets from one address at the same time, in this process. */
    LIVE_SOCKETS_PER_ADDRESS: z.coerce.number().int().positive().default(10_000),
    /** Messages a second over one socket, its pings too; three seconds of them may come at once. */
    LIVE_MESSAGES_PER_SECOND: z.coerce.number().positive().default(50),
    /** Fields below one another. */
    GUARD_DEPTH: limit.default(12),
    /** Fields that are given another name. */
    GUARD_ALIASES: limit.default(30),
    /** Fields at the root of one operation. */
    GUARD_ROOT_FIELDS: limit.default(20),
    /** Directives in one operation. */
    GUARD_DIRECTIVES: limit.default(50),
    /** Tokens of a document; also fields of one operation, once its fragments are written out. */
    GUARD_TOKENS: limit.default(2000),
    /** Cost of one operation, by `@cost` and `@listSize`. */
    GUARD_COST: limit.default(5000),
    /** Items that a list without `@listSize` is taken to have. */
    GUARD_LIST_SIZE: limit.default(10),
    /** Fetches that one operation takes of the services. */
    GUARD_FETCHES: limit.default(30),
    /** Requests a second of one signed-in caller, over all roads; 0 for no limit. Production has 50 unless told. */
    RATE_PER_CALLER: z.coerce.number().min(0).optional(),
    /** Requests a second from one address, over all roads; 0 for no limit. Production has 200 unless told. */
    RATE_PER_ADDRESS: z.coerce.number().min(0).optional(),
    /** Seconds of that rate that may come at once after a silence. */
    RATE_BURST_SECONDS: z.coerce.number().min(1).max(3600).default(10),
    /**
     * Connections from one address at the same time, sockets apart, and requests that are answered at the same time.
     * Connections are counted only where no proxy is trusted: all of them come from the proxy's address.
     */
    CONNECTIONS_PER_ADDRESS: limit.default(1_000),
    /** Connections at the same time, sockets too: the process needs a file descriptor for each. */
    CONNECTIONS: limit.default(15_000),
    /** Proxies between clients and the gateway whose X-Forwarded-For counts; 0 looks at the connection alone. */
    TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
    /** `on` serves the documents of the manifest by their hash, `only` nothing else. */
    TRUSTED_DOCUMENTS: z.enum(['off', 'on', 'only']).default('off'),
    /** Path of the manifest: a persisted query manifest, as the registry of operations has them. */
    TRUSTED_DOCUMENTS_FILE: z.string().optional(),
    /** Whether clients may register documents by their hash, as automatic persisted queries. */
    PERSISTED_QUERIES: flag.default(true),
    ...busSettings,
  })
  .superRefine(refuseDevelopmentInProduction)
  .superRefine(needClientsOfIssuer)
  .superRefine(needContractOfPartners);

export type GatewaySettings = z.output<typeof gatewaySettings>;

interface Guarded {
  NODE_ENV: string;
  DEV_IDENTITY: boolean;
  EXPLORER: string;
  DEV_ISSUER_URL?: string | undefined;
  COGNITO_ISSUER?: string | undefined;
  COGNITO_JWKS_URI?: string | undefined;
  COGNITO_CLIENT_IDS: string[];
}

function refuseDevelopmentInProduction(settings: Guarded, context: z.RefinementCtx): void {
  if (settings.NODE_ENV !== 'production') return;
  if (settings.DEV_IDENTITY) refuse(context, 'DEV_IDENTITY', 'must not be true with NODE_ENV=production');
  if (settings.EXPLORER === 'open') refuse(context, 'EXPLORER', 'must be off or scope with NODE_ENV=production');
  if (settings.DEV_ISSUER_URL !== undefined)
    refuse(context, 'DEV_ISSUER_URL', 'must not be set with NODE_ENV=production');
  for (const name of ['COGNITO_ISSUER', 'COGNITO_JWKS_URI'] as const)
    if (settings[name]?.startsWith('http:')) refuse(context, name, 'must be an https URL with NODE_ENV=production');
}

function needClientsOfIssuer(settings: Guarded, context: z.RefinementCtx): void {
  if (settings.COGNITO_ISSUER !== undefined && settings.COGNITO_CLIENT_IDS.length === 0)
    refuse(context, 'COGNITO_CLIENT_IDS', 'expected at least one client id, since COGNITO_ISSUER is set');
}

interface Partnered {
  PARTNER_SUPERGRAPH?: string | undefined;
  PARTNER_CLIENT_IDS: string[];
}

function needContractOfPartners(settings: Partnered, context: z.RefinementCtx): void {
  if (settings.PARTNER_CLIENT_IDS.length > 0 && settings.PARTNER_SUPERGRAPH === undefined)
    refuse(context, 'PARTNER_SUPERGRAPH', 'expected the contract, since PARTNER_CLIENT_IDS is set');
}

function refuse(context: z.RefinementCtx, name: string, message: string): void {
  context.addIssue({ code: 'custom', path: [name], message });
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
