import type { DevelopmentPerson } from '../development-people.js';
import type { Example } from '../example-operations.js';
import type { ServiceStatus } from '../service-status.js';
import { examplesSection } from './examples-section.js';
import { htmlDocument } from './html-document.js';
import { html, type Html } from './html.js';
import { tokenSection } from './token-section.js';

/** What the front page says. */
export interface LandingPage {
  /** Where the visitor finds the gateway. */
  origin: string;
  services: readonly ServiceStatus[];
  fields: { queries: number; mutations: number; subscriptions: number };
  people: readonly DevelopmentPerson[];
  issuer: string | undefined;
  examples: readonly Example[];
  /** Whether there are explorers, and whether this visitor may open them. */
  explorer: 'off' | 'closed' | 'open';
  seesSchema: boolean;
}

export function landingDocument(front: LandingPage): Html {
  return htmlDocument({
    title: 'Marquee',
    styles: ['landing.css'],
    scripts: ['landing.js'],
    body: html`<body>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="sign">
        <a class="wordmark" href="/">Marquee</a>
        <nav aria-label="On this page">
          <a href="#services">Services</a>
          <a href="#token">Token</a>
          ${front.examples.length > 0 && html`<a href="#examples">Examples</a>`}
          <a href="#further">Further</a>
        </nav>
      </header>
      <main id="main" tabindex="-1">
        ${[introduction(front), serviceSection(front), tokenSection(front), examplesSection(front), furtherSection(front)]}
      </main>
      <footer><p>Every caller is verified here once, and every service decides for itself.</p></footer>
    </body>`,
  });
}

function introduction({ origin, fields }: LandingPage): Html {
  return html`<section class="introduction" aria-labelledby="title">
    <h1 id="title">One graph,<br />one address</h1>
    <p class="lede">
      People and what they post, a catalogue of shows, freelancers and the jobs made for them, private conversations:
      four services, each with its own data, behind a single GraphQL endpoint.
    </p>
    <div class="address">
      <code id="address">${origin}/graphql</code>
      <button type="button" class="quiet" data-copy="address">Copy<span class="unseen"> the address</span></button>
    </div>
    <p class="note">
      <code>POST</code> for queries and mutations. For live data graphql-ws on the same path, or <code>POST</code> with
      <code>accept: text/event-stream</code>.
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
    <p class="note">Live. While one is down, its fields are null with a reason, and all others are served.</p>
    <ul class="board" id="board">
      ${services.map(
        ({ name, state, version }) =>
          html`<li data-service="${name}" data-state="${state}">
            <span class="bulb" aria-hidden="true"></span>
            <strong>${name}</strong>
            <span class="state">${state}</span>
            <span class="version">${version}</span>
          </li>`,
      )}
    </ul>
    <p class="unseen" role="status" id="news"></p>
  </section>`;
}

function furtherSection({ explorer, seesSchema, origin }: LandingPage): Html {
  const scoped = html`<span class="needs">needs the scope <code>graph.explore</code></span>`;
  return html`<section id="further" aria-labelledby="further-title">
    <h2 id="further-title">Further</h2>
    <ul class="doors">
      ${
        explorer !== 'off' &&
        html`<li>
            <a href="/explorer">Explorer</a>
            <p>GraphiQL with live data, served from here: it works offline. ${explorer === 'closed' && scoped}</p>
          </li>
          <li>
            <a href="/sandbox">Apollo Sandbox</a>
            <p>Apollo’s explorer, loaded from Apollo’s servers. ${explorer === 'closed' && scoped}</p>
          </li>`
      }
      <li>
        <a href="/schema.graphql">Schema</a>
        <p>Everything that can be asked, as SDL. ${!seesSchema && scoped}</p>
      </li>
    </ul>
    <h3>From a terminal</h3>
    <pre tabindex="0" role="region" aria-label="A query with curl"><code>curl ${origin}/graphql \\
  -H 'content-type: application/json' \\
  -d '{"query":"{ __typename }"}'</code></pre>
  </section>`;
}
