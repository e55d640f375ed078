import { withCors } from '@marquee/chassis/http/cors';
import type { Handler, Routes } from '@marquee/chassis/http/http-server';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import { corsOptions } from '../http/cors.js';
import type { Identity } from '../identity/identity.js';
import { allowMethods } from './allowed-methods.js';
import { openAssets } from './assets.js';
import { createDevelopmentIssuer, type DevelopmentIssuer } from './development-issuer.js';
import { developmentTokenRoute } from './development-tokens.js';
import { type Examples, openExamples } from './example-operations.js';
import { explorerRoutes } from './explorer-routes.js';
import { landingPageRoute } from './landing-page.js';
import { createPageAccess } from './page-access.js';
import { openPartnerPages } from './partner-pages.js';
import { schemaRoute } from './schema-route.js';
import { createStatusReader, statusRoute } from './service-status.js';
import { openSnippets } from './snippets.js';
import type { ExplorerPage } from './templates/explorer-documents.js';
import { roleText } from './templates/token-section.js';

export interface PagesOptions {
  settings: GatewaySettings;
  engine: Engine;
  /** Rejects partners. */
  identity: Identity;
  /** The partner API, if there is one. */
  partner: { engine: Engine; identity: Identity } | undefined;
  log: Logger;
}

/**
 * The routes of all pages and of the files that they load; none with LANDING_PAGE=false.
 * @throws SettingsError if the examples cannot be read
 */
export async function openPages({ settings, engine, identity, partner, log }: PagesOptions): Promise<Routes> {
  if (!settings.LANDING_PAGE) return {};
  const access = createPageAccess(settings, identity, 'explorer');
  const status = createStatusReader(settings, engine);
  const { DEV_ISSUER_URL: issuerUrl, PARTNER_CLIENT_IDS: partnerIds } = settings;
  const issuer = issuerUrl === undefined ? undefined : createDevelopmentIssuer(issuerUrl, partnerIds, log);
  const examples = await openExamples(settings.EXAMPLES, 'operations.graphql', engine);
  const snippets = await openSnippets(settings.EXAMPLES);
  const landing = { settings, engine, access, status, issuer, examples, snippets, hasPartner: partner !== undefined };
  return {
    '/': readOnly(landingPageRoute(landing)),
    '/status': readOnly(statusRoute(status, access)),
    '/schema.graphql': withCors(corsOptions(settings), readOnly(schemaRoute(engine, access))),
    '/assets/*': readOnly(await openAssets(log)),
    ...(settings.EXPLORER !== 'off' && explorerRoutes('/', '/graphql', access, () => explorerPage(issuer, examples))),
    ...(issuer && { '/dev/token': developmentTokenRoute(issuer) }),
    ...(partner && (await openPartnerPages({ settings, ...partner, issuer, log }))),
  };
}

function readOnly(handler: Handler): Handler {
  return allowMethods(['GET', 'HEAD'], handler);
}

async function explorerPage(issuer: DevelopmentIssuer | undefined, examples: Examples): Promise<ExplorerPage> {
  const people = (await issuer?.people()) ?? [];
  return {
    title: 'Marquee',
    home: '/',
    endpoint: '/graphql',
    callers: people.map(({ sub, name, role }) => ({ value: sub, name, detail: roleText(role) })),
    callerKind: 'user',
    examples: examples(),
  };
}
