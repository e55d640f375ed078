import type { IncomingMessage } from 'node:http';
import { type Handler, header } from '@marquee/chassis/http/http-server';
import { type FindRule, readOverrideRules } from '../admission/overrides/override-rule.js';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import type { PageAccess } from './page-access.js';
import type { DevelopmentPeople } from './development-people.js';
import type { Examples } from './example-operations.js';
import { pageHeaders, contentSecurityPolicies } from './page-headers.js';
import { landingDocument } from './templates/landing-document.js';
import type { OverrideEntry } from './templates/overrides-section.js';
import { type StatusReader, withoutHiddenVersions } from './service-status.js';

export interface LandingPageOptions {
  settings: Pick<GatewaySettings, 'NODE_ENV' | 'COGNITO_ISSUER' | 'EXPLORER' | 'DEV_ISSUER_URL' | 'OVERRIDE_LABELS'>;
  engine: Engine;
  access: PageAccess;
  status: StatusReader;
  people: DevelopmentPeople;
  examples: Examples;
}

/** `/`: describes the graph, shows the status of the services and helps with the first request. */
export function landingPageRoute({ settings, engine, access, status, people, examples }: LandingPageOptions): Handler {
  const findRule = readOverrideRules(settings.OVERRIDE_LABELS);
  return async (request, response) => {
    const [services, canReadSchema, canOpenExplorer, sampleUsers] = await Promise.all([
      status(),
      access.canReadSchema(request),
      access.canOpenExplorer(request),
      people(),
    ]);
    const document = landingDocument({
      origin: originOf(request, settings.NODE_ENV),
      services: withoutHiddenVersions(services, canReadSchema),
      fields: countRootFields(engine),
      people: sampleUsers,
      issuer: settings.COGNITO_ISSUER,
      examples: examples(),
      explorer: settings.EXPLORER === 'off' ? 'off' : canOpenExplorer ? 'open' : 'closed',
      canReadSchema,
      overrides: canReadSchema ? overridesOf(engine, findRule) : [],
    });
    response
      .writeHead(200, { ...pageHeaders(contentSecurityPolicies.page), 'content-type': 'text/html; charset=utf-8' })
      .end(document.text);
  };
}

/** In production a load balancer terminates TLS. */
function originOf(request: IncomingMessage, environment: string): string {
  const scheme = environment === 'production' ? 'https' : 'http';
  return `${scheme}://${header(request, 'host') ?? 'localhost'}`;
}

function overridesOf(engine: Engine, findRule: FindRule): OverrideEntry[] {
  return engine.graph().overrideLabels.map(({ name, fields }) => ({
    label: name,
    activeFor: findRule(name).description,
    fields: fields.map(({ type, field, from, to }) => ({ coordinate: `${type}.${field}`, from, to })),
  }));
}

function countRootFields(engine: Engine): { queries: number; mutations: number; subscriptions: number } {
  const { schema } = engine.graph();
  const [queries = 0, mutations = 0, subscriptions = 0] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ].map((root) => Object.keys(root?.getFields() ?? {}).length);
  return { queries, mutations, subscriptions };
}
