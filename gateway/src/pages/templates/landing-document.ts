import type { DevelopmentPerson } from '../development-people.js';
import type { Example } from '../example-operations.js';
import type { ServiceStatus } from '../service-status.js';
import { examplesSection } from './examples-section.js';
import { htmlDocument } from './html-document.js';
import { html, type Html } from './html.js';
import { type OverrideEntry, overridesSection } from './overrides-section.js';
import { tokenSection } from './token-section.js';

/** The data shown on the landing page. */
export interface LandingPage {
  /** The origin under which the visitor reaches the gateway. */
  origin: string;
  services: readonly ServiceStatus[];
  fields: { queries: number; mutations: number; subscriptions: number };
  people: readonly DevelopmentPerson[];
  issuer: string | undefined;
  examples: readonly Example[];
  /** `off`: not served; `closed`: this visitor has to sign in first. */
  explorer: 'off' | 'closed' | 'open';
  canReadSchema: boolean;
  /** The labels of progressive overrides; empty for visitors who may not read the schema. */
  overrides: readonly OverrideEntry[];
}

export function landingDocument(page: LandingPage): Html {
  return htmlDocument({
    title: 'Marquee',
    styles: ['landing.css'],
    scripts: ['landing.js'],
    body: html`<body>
      <a class="skip" href="#main">Skip to main content</a>
      <header class="banner">
        <a class="wordmark" href="/">Marquee</a>
        <nav aria-label="On this page">
          <a href="#services">Services</a>
          <a href="#token">Access token</a>
          ${page.examples.length > 0 && html`<a href="#examples">Examples</a>`}
          <a href="#tools">Tools</a>
        </nav>
      </header>
      <main id="main" tabindex="-1">
        ${[
          introduction(page),
          serviceSection(page),
          overridesSection(page.overrides),
          tokenSection(page),
          examplesSection(page),
          toolsSection(page),
        ]}
      </main>
      <footer><p>The gateway authenticates every caller; each service authorizes every request.</p></footer>
    </body>`,
  });
}

function introduction({ origin, fields }: LandingPage): Html {
  return html`<section class="introduction" aria-labelledby="title">
    <h1 id="title">One graph,<br />one endpoint</h1>
    <p class="lead">
      Users and their activity feed, a catalogue of shows, freelancers and jobs, and private conversations: four
      subgraphs, each with its own data store, behind one federated GraphQL endpoint.
    </p>
    <div class="endpoint">
      <code id="endpoint">${origin}/graphql</code>
      <button type="button" class="secondary" data-copy="endpoint">
        Copy<span class="visually-hidden"> the endpoint URL</span>
      </button>
    </div>
    <p class="note">
      Send queries and mutations with <code>POST</code>. For subscriptions, use <code>graphql-ws</code> on the same URL,
      or <code>POST</code> with <code>accept: text/event-stream</code>.
    </p>
    <dl class="figures">
      ${Object.entries(fields).map(
        ([name, count]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${count}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
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

function toolsSection({ explorer, canReadSchema, origin }: LandingPage): Html {
  const requirement = html`<span class="requirement">Requires the scope <code>graph.explore</code>.</span>`;
  return html`<section id="tools" aria-labelledby="tools-title">
    <h2 id="tools-title">Tools</h2>
    <ul class="tools">
      ${
        explorer !== 'off' &&
        html`<li>
            <a href="/explorer">Explorer</a>
            <p>
              GraphiQL with subscriptions, served by this gateway; works offline.
              ${explorer === 'closed' && requirement}
            </p>
          </li>
          <li>
            <a href="/sandbox">Apollo Sandbox</a>
            <p>Apollo’s explorer, loaded from Apollo’s servers. ${explorer === 'closed' && requirement}</p>
          </li>`
      }
      <li>
        <a href="/schema.graphql">Schema</a>
        <p>The complete API schema as SDL. ${!canReadSchema && requirement}</p>
      </li>
    </ul>
    <h3>With curl</h3>
    <pre tabindex="0" role="region" aria-label="A query with curl"><code>curl ${origin}/graphql \\
  -H 'content-type: application/json' \\
  -d '{"query":"{ __typename }"}'</code></pre>
  </section>`;
}
