import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '@marquee/chassis/http/json-response';
import type { Routes } from '@marquee/chassis/http/http-server';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { callerRates } from '../admission/rates/rate-limiter.js';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import type { Identity } from '../identity/identity.js';
import { allowMethods } from './allowed-methods.js';
import { rootFields } from './contract-fields.js';
import type { DevelopmentIssuer } from './development-issuer.js';
import { type Examples, openExamples } from './example-operations.js';
import { explorerRoutes } from './explorer-routes.js';
import { createPageAccess, type PageAccess } from './page-access.js';
import { contentSecurityPolicies, pageHeaders } from './page-headers.js';
import { pageOrigin } from './page-origin.js';
import { createPartnerChanges, type PartnerChanges } from './partner-changes.js';
import { postmanCollection } from './postman-collection.js';
import { printedSchema, schemaRoute } from './schema-route.js';
import { sendPage } from './send-page.js';
import { signIn } from './sign-in.js';
import type { ExplorerPage } from './templates/explorer-documents.js';
import { partnerDocument, partnerEndpoint, type PartnerContract } from './templates/partner-document.js';

export interface PartnerPagesOptions {
  settings: GatewaySettings;
  /** Runs operations over the contract. */
  engine: Engine;
  /** Accepts machine clients only. */
  identity: Identity;
  issuer: DevelopmentIssuer | undefined;
  log: Logger;
}

interface PartnerContext extends PartnerPagesOptions {
  access: PageAccess;
  examples: Examples;
  changes: PartnerChanges;
}

/**
 * The pages of partners. They show the contract only, and in production only to machine clients with the scope
 * `graph.explore`: how to get a token is public, everything else is not.
 * @throws SettingsError if the examples cannot be read
 */
export async function openPartnerPages(options: PartnerPagesOptions): Promise<Routes> {
  const { settings, engine, identity, log } = options;
  const access = createPageAccess(settings, identity, 'partner-explorer');
  const examples = await openExamples(settings.EXAMPLES, 'partner.graphql', engine);
  const context = { ...options, access, examples, changes: createPartnerChanges(settings, log) };
  const explorers = explorerRoutes('/partner/', partnerEndpoint, access, () => explorerPage(context));
  return {
    '/partner': allowMethods(['GET', 'HEAD', 'POST'], async (request, response) => {
      const rejection = request.method === 'POST' ? await signIn(access, request, response) : undefined;
      if (request.method === 'POST' && !rejection) return;
      await sendPartnerPage(context, request, response, rejection);
    }),
    '/partner/schema.graphql': allowMethods(['GET', 'HEAD'], schemaRoute(engine, access)),
    '/partner/collection.json': allowMethods(['GET', 'HEAD'], (request, response) =>
      sendCollection(context, request, response),
    ),
    ...(settings.EXPLORER !== 'off' && explorers),
  };
}

async function sendPartnerPage(
  context: PartnerContext,
  request: IncomingMessage,
  response: ServerResponse,
  rejection: { status: number; reason: string } | undefined,
): Promise<void> {
  const { settings, access, issuer } = context;
  const isMember = await access.canReadSchema(request);
  const page = partnerDocument({
    endpoint: `${pageOrigin(request, settings.NODE_ENV)}${partnerEndpoint}`,
    tokenUrl: settings.TOKEN_URL,
    clients: (await issuer?.partners()) ?? [],
    contract: isMember ? await contractOf(context) : undefined,
    error: rejection?.reason,
  });
  sendPage(response, rejection?.status ?? 200, page);
}

async function contractOf({ settings, engine, examples, changes }: PartnerContext): Promise<PartnerContract> {
  const { schema } = engine.graph();
  return {
    queries: rootFields(schema),
    schema: printedSchema(schema),
    examples: examples(),
    versions: await changes(),
    rates: callerRates(settings),
    limits: settings,
    hasExplorer: settings.EXPLORER !== 'off',
  };
}

async function sendCollection(
  { settings, access, examples }: PartnerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeaders(new Map(Object.entries(pageHeaders(contentSecurityPolicies.nothing))));
  if (!(await access.canReadSchema(request)))
    return sendJson(response, 403, { message: 'The collection requires the scope graph.explore.' });
  const endpoint = `${pageOrigin(request, settings.NODE_ENV)}${partnerEndpoint}`;
  response.setHeader('content-disposition', 'attachment; filename="marquee-partner.postman_collection.json"');
  sendJson(response, 200, postmanCollection(examples(), { endpoint, tokenUrl: settings.TOKEN_URL }));
}

async function explorerPage({ issuer, examples }: PartnerContext): Promise<ExplorerPage> {
  const clients = (await issuer?.partners()) ?? [];
  return {
    title: 'Partner API · Marquee',
    home: '/partner',
    endpoint: partnerEndpoint,
    callers: clients.map(({ id, scopes }) => ({ value: id, name: id, detail: scopes.join(' ') })),
    callerKind: 'client',
    examples: examples(),
  };
}
