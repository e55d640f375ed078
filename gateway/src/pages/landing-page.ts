import type { Handler } from '@marquee/chassis/http/http-server';
import { type FindRule, readOverrideRules } from '../admission/overrides/override-rule.js';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import type { DevelopmentIssuer, DevelopmentPerson } from './development-issuer.js';
import type { Examples } from './example-operations.js';
import type { PageAccess } from './page-access.js';
import { pageOrigin } from './page-origin.js';
import { sendPage } from './send-page.js';
import { type StatusReader, withoutHiddenVersions } from './service-status.js';
import type { Snippet } from './snippets.js';
import { type GraphDetails, landingDocument } from './templates/landing-document.js';
import type { OverrideEntry } from './templates/overrides-section.js';
import type { Replacements } from './templates/snippets-section.js';

export interface LandingPageOptions {
  settings: GatewaySettings;
  engine: Engine;
  access: PageAccess;
  status: StatusReader;
  /** The issuer of the embedded run. */
  issuer: DevelopmentIssuer | undefined;
  examples: Examples;
  snippets: readonly Snippet[];
  hasPartner: boolean;
}

/** `/`: describes the graph, shows the status of the services and helps with the first request. */
export function landingPageRoute(options: LandingPageOptions): Handler {
  const { settings, access, status, issuer, hasPartner } = options;
  const findRule = readOverrideRules(settings.OVERRIDE_LABELS);
  return async (request, response) => {
    const [services, canReadSchema, canOpenExplorer, people = []] = await Promise.all([
      status(),
      access.canReadSchema(request),
      access.canOpenExplorer(request),
      issuer?.people(),
    ]);
    const origin = pageOrigin(request, settings.NODE_ENV);
    const page = landingDocument({
      origin,
      services: withoutHiddenVersions(services, canReadSchema),
      people,
      hasIssuer: settings.COGNITO_ISSUER !== undefined,
      chat: chatOf(people, options.engine),
      explorer: settings.EXPLORER === 'off' ? 'off' : canOpenExplorer ? 'open' : 'closed',
      hasPartner,
      graph: canReadSchema ? graphDetails(options, origin, findRule) : undefined,
      mailbox: settings.MAILBOX_URL,
    });
    sendPage(response, 200, page);
  };
}

function graphDetails(
  { settings, engine, examples, snippets }: LandingPageOptions,
  origin: string,
  findRule: FindRule,
): GraphDetails {
  return {
    fields: countRootFields(engine),
    examples: examples(),
    snippets,
    replacements: addressesIn(settings, origin),
    overrides: overridesOf(engine, findRule),
  };
}

/** The programs contain the addresses of `npm start`. */
function addressesIn({ TOKEN_URL: tokenUrl }: GatewaySettings, origin: string): Replacements {
  const replacements = [
    ['ws://localhost:4000', origin.replace(/^http/, 'ws')],
    ['http://localhost:4000', origin],
  ] as const;
  return tokenUrl === undefined ? replacements : [['http://localhost:4010/oauth2/token', tokenUrl], ...replacements];
}

/** Two people of different roles, if the graph has conversations. */
function chatOf(
  people: readonly DevelopmentPerson[],
  engine: Engine,
): readonly [DevelopmentPerson, DevelopmentPerson] | undefined {
  const { schema } = engine.graph();
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const subscriptions = schema.getSubscriptionType()?.getFields() ?? {};
  if (!('startConversation' in mutations && 'sendMessage' in mutations && 'messageAdded' in subscriptions)) return;
  const one = people.find(({ role }) => role === 'HIRING_USER');
  const other = people.find(({ role }) => role === 'FREELANCER');
  return one && other && [one, other];
}

function overridesOf(engine: Engine, findRule: FindRule): OverrideEntry[] {
  return engine.graph().overrideLabels.map(({ name, fields }) => ({
    label: name,
    activeFor: findRule(name).description,
    fields: fields.map(({ type, field, from, to }) => ({ coordinate: `${type}.${field}`, from, to })),
  }));
}

function countRootFields(engine: Engine): GraphDetails['fields'] {
  const { schema } = engine.graph();
  const [queries = 0, mutations = 0, subscriptions = 0] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ].map((root) => Object.keys(root?.getFields() ?? {}).length);
  return { queries, mutations, subscriptions };
}
