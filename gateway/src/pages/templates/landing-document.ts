import type { DevelopmentPerson } from '../development-issuer.js';
import type { Example } from '../example-operations.js';
import { firstQuery } from '../first-query.js';
import type { ServiceStatus } from '../service-status.js';
import type { Snippet } from '../snippets.js';
import { exampleArticle } from './example-article.js';
import { firstScreen } from './first-screen.js';
import { htmlDocument } from './html-document.js';
import { html, type Html } from './html.js';
import { type OverrideEntry, overridesSection } from './overrides-section.js';
import { type Replacements, snippetsSection } from './snippets-section.js';
import { tokenSection } from './token-section.js';
import { toolsSection } from './tools-section.js';

/** The data shown on the landing page. */
export interface LandingPage {
  /** The origin under which the visitor reaches the gateway. */
  origin: string;
  services: readonly ServiceStatus[];
  people: readonly DevelopmentPerson[];
  hasIssuer: boolean;
  /** The two people whose conversation the page shows. */
  chat: readonly [DevelopmentPerson, DevelopmentPerson] | undefined;
  /** `off`: not served; `closed`: this visitor has to sign in first. */
  explorer: 'off' | 'closed' | 'open';
  /** Whether there is a page for partners. */
  hasPartner: boolean;
  /** The parts for visitors who may read the schema; undefined for all others. */
  graph: GraphDetails | undefined;
  /** The page with the emails of a local run. */
  mailbox: string | undefined;
}

export interface GraphDetails {
  fields: { queries: number; mutations: number; subscriptions: number };
  examples: readonly Example[];
  snippets: readonly Snippet[];
  replacements: Replacements;
  /** The labels of progressive overrides. */
  overrides: readonly OverrideEntry[];
}

export function landingDocument(page: LandingPage): Html {
  const { graph, people, hasIssuer } = page;
  return htmlDocument({
    title: 'Marquee',
    styles: ['landing.css'],
    scripts: ['landing.js'],
    body: html`<body>
      <a class="skip" href="#main">Skip to main content</a>
      <header class="banner">
        <a class="wordmark" href="/">Marquee</a>
        ${navigation(page)}
      </header>
      <main id="main" tabindex="-1">
        ${[firstScreen(page), serviceSection(page)]}
        ${graph && [tokenSection(people, hasIssuer), examplesSection(graph, page), snippetsSection(graph.snippets, graph.replacements)]}
        ${[toolsSection(page), overridesSection(graph?.overrides ?? [])]}
      </main>
      <footer><p>The gateway authenticates every caller; each service authorizes every request.</p></footer>
    </body>`,
  });
}

function navigation({ graph }: LandingPage): Html {
  const { examples = [], snippets = [] } = graph ?? {};
  return html`<nav aria-label="On this page">
    <a href="#services">Services</a>
    ${graph && html`<a href="#token">Access token</a>`} ${examples.length > 1 && html`<a href="#examples">Examples</a>`}
    ${snippets.length > 0 && html`<a href="#teams">Your team</a>`}
    <a href="#tools">Tools</a>
  </nav>`;
}

function serviceSection({ services }: LandingPage): Html {
  return html`<section id="services" aria-labelledby="services-title">
    <h2 id="services-title">Services</h2>
    <p class="note">
      Refreshed every few seconds. While a service is down, its fields are null with the error
      <code>UPSTREAM_UNAVAILABLE</code>; all other fields are served.
    </p>
    <ul class="services">
      ${services.map(
        ({ name, state, version }) =>
          html`<li data-service="${name}" data-state="${state}">
            <span class="indicator" aria-hidden="true"></span>
            <strong>${name}</strong>
            <span class="state">${state}</span>
            <span class="version">${version}</span>
          </li>`,
      )}
    </ul>
    <p class="visually-hidden" role="status" id="status-changes"></p>
  </section>`;
}

/** The first query is on the first screen. */
function examplesSection({ examples }: GraphDetails, { explorer }: LandingPage): Html {
  const others = examples.filter((example) => example !== firstQuery(examples));
  if (others.length === 0) return html``;
  return html`<section id="examples" aria-labelledby="examples-title">
    <h2 id="examples-title">Examples</h2>
    <p class="note">They run against this endpoint with the access token selected above.</p>
    ${others.map((example) => exampleArticle(example, explorer === 'off' ? undefined : '/explorer'))}
  </section>`;
}
