import { redisSettings } from '@marquee/chassis/bus/open-bus';
import { flag, json, list, processSettings, s3Settings } from '@marquee/chassis/config/settings';
import { z } from 'zod';
import { limitSettings } from './limit-settings.js';

const count = z.coerce.number().int().positive();
const positive = z.coerce.number().positive();
const httpUrl = z.url({ protocol: /^https?$/ });
const origin = z.string().refine(isOrigin, 'expected an origin such as https://app.example.com');
const signingKey = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string().min(1),
});

/** A label, and conditions on the caller: alternatives separated by `|`, each of conditions separated by `+`. */
const condition = /(?:guest|user|machine|role:\w+|scope:[^\s,|+=]+|percent\((?:\d{1,2}(?:\.\d{1,8})?|100)\))/.source;
const overrideRule = new RegExp(`^[a-zA-Z][\\w\\-:./]*(?:=${condition}(?:[|+]${condition})*)?$`);

/** The environment variables of the gateway. */
export const gatewaySettings = processSettings
  .extend({
    SUPERGRAPH: z.string().describe('Supergraph schema: the path of a file, or `s3://bucket/key`.'),
    SUPERGRAPH_POLL_SECONDS: positive
      .max(3600)
      .default(2)
      .describe('Interval at which the supergraph is checked for a change. An invalid one is rejected.'),
    PARTNER_SUPERGRAPH: z
      .string()
      .optional()
      .describe(
        'Supergraph schema of the contract for partners, served at `/partner/graphql`: a path or `s3://` URL. Required with `PARTNER_CLIENT_IDS`.',
      ),
    PARTNER_CLIENT_IDS: list
      .default([])
      .describe('Client ids of partners, separated by commas. They may use only the contract, at every path.'),
    PARTNER_CHANGES: z
      .string()
      .optional()
      .describe(
        'Changes of the contract in its versions, as the schema registry writes them, for the page of partners: a path or `s3://` URL.',
      ),
    ...s3Settings,
    USAGE_REGISTRY: z
      .string()
      .optional()
      .describe(
        'Schema registry to which the use of the schema is reported, per client: a directory, or `s3://bucket/prefix`. Without it nothing is counted.',
      ),
    USAGE_SECONDS: positive.max(86_400).default(3_600).describe('Interval at which the use of the schema is reported.'),
    PREVIEW_REGISTRY: z
      .string()
      .optional()
      .describe(
        'Schema registry whose preview graphs are served at `/preview/<name>`: a directory, or `s3://bucket/prefix`. Not for production.',
      ),
    SUBGRAPH_URLS: json
      .pipe(z.record(z.string(), httpUrl))
      .default({})
      .describe('JSON object of subgraph name to URL. Replaces the URLs in the supergraph.'),
    SUBGRAPH_TIMEOUT_SECONDS: positive
      .max(300)
      .default(5)
      .describe('Deadline of one request to a subgraph, including the time in its queue and all retries.'),
    SUBGRAPH_CONCURRENCY: count.default(64).describe('Maximum of concurrent requests to one subgraph.'),
    SUBGRAPH_QUEUE: z.coerce
      .number()
      .int()
      .min(0)
      .default(1_000)
      .describe('Maximum of requests that wait for one subgraph. Further requests fail at once.'),
    SUBGRAPH_RETRIES: z.coerce
      .number()
      .int()
      .min(0)
      .max(10)
      .default(2)
      .describe('Retries of a query after a failed connection, 502 or 503. Mutations are never retried.'),
    SUBGRAPH_BREAKER_CALLS: count
      .default(20)
      .describe(
        'Calls that the circuit breaker of a subgraph considers; it may open when more than half of them fail.',
      ),
    SUBGRAPH_BREAKER_SECONDS: positive
      .max(300)
      .default(5)
      .describe(
        'Time for which an open circuit breaker, or one for an operation of a caller, rejects calls before it probes.',
      ),
    OVERRIDE_LABELS: list
      .pipe(
        z.array(z.string().regex(overrideRule, 'expected a label, or label=conditions such as role:ADMIN|percent(5)')),
      )
      .default([])
      .describe('Active labels of `@override`, separated by commas: `label`, or `label=conditions` for some callers.'),
    CALLER_SIGNING_KEY: json
      .pipe(signingKey)
      .describe('Private Ed25519 JSON Web Key with a `kid`, which signs the caller for subgraphs.'),
    COGNITO_ISSUER: httpUrl
      .optional()
      .describe('Issuer (`iss`) of access tokens. Without it all tokens are rejected and all callers are guests.'),
    COGNITO_CLIENT_IDS: list
      .default([])
      .describe('Accepted client ids of access tokens, separated by commas. Required with `COGNITO_ISSUER`.'),
    COGNITO_JWKS_URI: httpUrl
      .optional()
      .describe('URL of the public keys of the issuer. Default: `/.well-known/jwks.json` below the issuer.'),
    TOKEN_URL: httpUrl.optional().describe('URL at which machine clients request tokens, for the page of partners.'),
    TOKEN_MAX_SECONDS: count
      .default(86_400)
      .describe('Longest lifetime of an access token, from `iat` to `exp`. A token with a longer one is rejected.'),
    SCOPE_PREFIX: z
      .string()
      .default('marquee/')
      .describe('Prefix of scopes in tokens, which is removed. Scopes without it are ignored.'),
    CORS_ORIGINS: list
      .pipe(z.array(origin))
      .default([])
      .describe(
        "Origins whose pages may call the gateway and open WebSockets, separated by commas. The gateway's own pages may always, and outside of production those of localhost.",
      ),
    DEV_IDENTITY: flag
      .default(false)
      .describe('Identifies callers by `X-Dev-User-Id`, `X-Dev-Role` and `X-Dev-Email`. Not allowed in production.'),
    LANDING_PAGE: flag
      .default(true)
      .describe('Whether to serve the pages: `/`, `/status`, `/schema.graphql`, the explorers, and those of partners.'),
    EXPLORER: z
      .enum(['off', 'scope', 'open'])
      .default('scope')
      .describe('Access to the explorers: none, callers with the scope `graph.explore`, or all (not in production).'),
    EXAMPLES: z
      .string()
      .optional()
      .describe(
        'Path of a directory with examples for the pages: named operations in `operations.graphql` and `partner.graphql`, and programs in `snippets/`.',
      ),
    DEV_ISSUER_URL: httpUrl
      .optional()
      .describe('Token issuer of the local run, with people at `/people`. Not allowed in production.'),
    MAILBOX_URL: httpUrl
      .optional()
      .describe('Page with the emails of the local run, to which the landing page links. Not allowed in production.'),
    BODY_LIMIT_GUEST_BYTES: count.default(256 * 1024).describe('Maximum body of a request from a guest.'),
    BODY_LIMIT_USER_BYTES: count.default(512 * 1024).describe('Maximum body of a request from a user.'),
    BODY_LIMIT_IMPORT_BYTES: count
      .default(2 * 1024 * 1024)
      .describe('Maximum body of a request from a machine client or an admin: imports are large.'),
    PRINCIPAL_SECONDS: positive
      .max(25)
      .default(25)
      .describe('Time for which the role and the status of a user are cached.'),
    ...limitSettings,
    TRUSTED_PROXIES: z.coerce
      .number()
      .int()
      .min(0)
      .max(10)
      .default(0)
      .describe('Number of proxies in front of the gateway whose `X-Forwarded-For` is trusted.'),
    TRUSTED_DOCUMENTS: z
      .enum(['off', 'on', 'only'])
      .default('off')
      .describe('`on` serves the documents of the manifests by their ids; `only` rejects all others.'),
    TRUSTED_DOCUMENTS_FILE: list
      .default([])
      .describe('Manifests of trusted documents, separated by commas: paths or `s3://` URLs. Changes take effect.'),
    PERSISTED_QUERIES: flag.default(true).describe('Whether clients may register automatic persisted queries.'),
    ...redisSettings,
  })
  .superRefine(forbidDevelopmentInProduction)
  .superRefine(requireClientIds)
  .superRefine(requirePartnerSupergraph);

export type GatewaySettings = z.output<typeof gatewaySettings>;

interface ProductionChecked {
  NODE_ENV: string;
  DEV_IDENTITY: boolean;
  EXPLORER: string;
  DEV_ISSUER_URL?: string | undefined;
  MAILBOX_URL?: string | undefined;
  COGNITO_ISSUER?: string | undefined;
  COGNITO_JWKS_URI?: string | undefined;
  COGNITO_CLIENT_IDS: string[];
}

function forbidDevelopmentInProduction(settings: ProductionChecked, context: z.RefinementCtx): void {
  if (settings.NODE_ENV !== 'production') return;
  if (settings.DEV_IDENTITY) reject(context, 'DEV_IDENTITY', 'must not be true with NODE_ENV=production');
  if (settings.EXPLORER === 'open') reject(context, 'EXPLORER', 'must be off or scope with NODE_ENV=production');
  for (const name of ['DEV_ISSUER_URL', 'MAILBOX_URL'] as const)
    if (settings[name] !== undefined) reject(context, name, 'must not be set with NODE_ENV=production');
  for (const name of ['COGNITO_ISSUER', 'COGNITO_JWKS_URI'] as const)
    if (settings[name]?.startsWith('http:')) reject(context, name, 'must be an https URL with NODE_ENV=production');
}

function requireClientIds(settings: ProductionChecked, context: z.RefinementCtx): void {
  if (settings.COGNITO_ISSUER !== undefined && settings.COGNITO_CLIENT_IDS.length === 0)
    reject(context, 'COGNITO_CLIENT_IDS', 'expected at least one client id, since COGNITO_ISSUER is set');
}

interface PartnerChecked {
  PARTNER_SUPERGRAPH?: string | undefined;
  PARTNER_CLIENT_IDS: string[];
}

function requirePartnerSupergraph(settings: PartnerChecked, context: z.RefinementCtx): void {
  if (settings.PARTNER_CLIENT_IDS.length > 0 && settings.PARTNER_SUPERGRAPH === undefined)
    reject(context, 'PARTNER_SUPERGRAPH', 'expected the supergraph of the contract, since PARTNER_CLIENT_IDS is set');
}

function reject(context: z.RefinementCtx, name: string, message: string): void {
  context.addIssue({ code: 'custom', path: [name], message });
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
