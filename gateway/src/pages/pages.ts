import { withCors } from '@marquee/chassis/http/cors';
import type { Handler, Routes } from '@marquee/chassis/http/http-server';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import { corsOptions } from '../http/cors.js';
import type { Identity } from '../identity/identity.js';
import { createPageAccess } from './page-access.js';
import { schemaRoute } from './schema-route.js';
import { openAssets } from './assets.js';
import { loadDevelopmentPeople, developmentTokenRoute } from './development-people.js';
import { openExamples } from './example-operations.js';
import { explorerRoutes } from './explorer-routes.js';
import { landingPageRoute } from './landing-page.js';
import { allowMethods } from './allowed-methods.js';
import { createStatusReader, statusRoute } from './service-status.js';

export interface PagesOptions {
  settings: Pick<GatewaySettings, PagesSetting>;
  engine: Engine;
  identity: Identity;
  log: Logger;
}

type PagesSetting =
  | 'OVERRIDE_LABELS'
  | 'NODE_ENV'
  | 'CORS_ORIGINS'
  | 'DEV_IDENTITY'
  | 'SERVICE_VERSION'
  | 'SUBGRAPH_URLS'
  | 'CALLER_SIGNING_KEY'
  | 'COGNITO_ISSUER'
  | 'LANDING_PAGE'
  | 'EXPLORER'
  | 'EXAMPLES'
  | 'DEV_ISSUER_URL';

/**
 * The routes of all pages and of the files that they load; none with LANDING_PAGE=false.
 * @throws SettingsError if the examples cannot be read
 */
export async function openPages({ settings, engine, identity, log }: PagesOptions): Promise<Routes> {
  if (!settings.LANDING_PAGE) return {};
  const access = createPageAccess(settings, identity);
  const status = createStatusReader(settings, engine);
  const people = loadDevelopmentPeople(settings.DEV_ISSUER_URL, log);
  const examples = await openExamples(settings.EXAMPLES, engine);
  const readOnly = (handler: Handler): Handler => allowMethods(['GET', 'HEAD'], handler);
  return {
    '/': readOnly(landingPageRoute({ settings, engine, access, status, people, examples })),
    '/status': readOnly(statusRoute(status, access)),
    '/schema.graphql': withCors(corsOptions(settings), readOnly(schemaRoute(engine, access))),
    '/assets/*': readOnly(await openAssets(log)),
    ...(settings.EXPLORER !== 'off' && explorerRoutes(access)),
    ...(settings.DEV_ISSUER_URL !== undefined && {
      '/dev/token': developmentTokenRoute(settings.DEV_ISSUER_URL, people),
    }),
  };
}
