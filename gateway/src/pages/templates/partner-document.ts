import type { CallerRates } from '../../admission/rates/rate-limiter.js';
import type { DevelopmentClient } from '../development-issuer.js';
import type { Example } from '../example-operations.js';
import type { ContractVersion } from '../partner-changes.js';
import type { ContractField } from '../contract-fields.js';
import { changesSection } from './changes-section.js';
import { exampleArticle } from './example-article.js';
import { htmlDocument } from './html-document.js';
import { html, type Html } from './html.js';
import { inlineCode } from './inline-code.js';
import { limitsSection, type PartnerLimits } from './limits-section.js';
import { partnerAccessSection } from './partner-access-section.js';

/** The data shown on the page of partners. */
export interface PartnerPage {
  /** The URL of the partner API. */
  endpoint: string;
  /** Where machine clients request their tokens, if it is known. */
  tokenUrl: string | undefined;
  /** The partners of the embedded run. */
  clients: readonly DevelopmentClient[];
  /** The contract; undefined for a visitor who has to sign in first. */
  contract: PartnerContract | undefined;
  /** Why the token of the sign-in form was rejected. */
  error?: string | undefined;
}

/** The parts of the page that show the contract. */
export interface PartnerContract {
  queries: readonly ContractField[];
  /** As SDL. */
  schema: string;
  examples: readonly Example[];
  versions: readonly ContractVersion[];
  rates: CallerRates;
  limits: PartnerLimits;
  hasExplorer: boolean;
}

export const partnerEndpoint = '/partner/graphql';

export function partnerDocument(page: PartnerPage): Html {
  const { contract } = page;
  return htmlDocument({
    title: 'Partner API · Marquee',
    styles: ['landing.css'],
    scripts: ['partner.js'],
    endpoint: partnerEndpoint,
    body: html`<body>
      <a class="skip" href="#main">Skip to main content</a>
      <header class="banner">
        <a class="wordmark" href="/">Marquee</a>
        ${contract && navigation(contract)}
      </header>
      <main id="main" tabindex="-1">
        ${[introduction(page), partnerAccessSection(page)]} ${contract && contractSections(contract)}
      </main>
      <footer><p>Partners see the fields of their contract, at every address and over every transport.</p></footer>
    </body>`,
  });
}

function navigation({ examples, versions }: PartnerContract): Html {
  return html`<nav aria-label="On this page">
    <a href="#token">Access</a>
    ${examples.length > 0 && html`<a href="#examples">Examples</a>`}
    <a href="#schema">Schema</a>
    <a href="#limits">Limits</a>
    ${versions.length > 0 && html`<a href="#changes">Changes</a>`}
  </nav>`;
}

function introduction({ endpoint }: PartnerPage): Html {
  return html`<section class="introduction" aria-labelledby="title">
    <h1 id="title">Partner API</h1>
    <p class="lead">
      A stable part of the Marquee graph for the programs of partners: GraphQL over HTTPS, with an access token of your
      client.
    </p>
    <div class="endpoint">
      <code id="endpoint">${endpoint}</code>
      <button type="button" class="secondary" data-copy="endpoint">
        Copy<span class="visually-hidden"> the endpoint URL</span>
      </button>
    </div>
  </section>`;
}

function contractSections(contract: PartnerContract): Html[] {
  return [
    examplesSection(contract),
    schemaSection(contract),
    limitsSection(contract.rates, contract.limits),
    changesSection(contract.versions),
  ];
}

function examplesSection({ examples, hasExplorer }: PartnerContract): Html {
  if (examples.length === 0) return html``;
  const explorer = hasExplorer ? '/partner/explorer' : undefined;
  return html`<section id="examples" aria-labelledby="examples-title">
    <h2 id="examples-title">Examples</h2>
    <p class="note">
      They run here with the token above. <a href="/partner/collection.json" download>Download them as a collection</a>
      for Postman, Insomnia, Bruno or Hoppscotch.
    </p>
    ${examples.map((example) => exampleArticle(example, explorer))}
  </section>`;
}

function schemaSection({ queries, schema, hasExplorer }: PartnerContract): Html {
  return html`<section id="schema" aria-labelledby="schema-title">
    <h2 id="schema-title">Schema</h2>
    <dl class="fields">
      ${queries.map(
        ({ signature, description }) =>
          html`<dt><code>${signature}</code></dt>
            <dd>${inlineCode(description)}</dd>`,
      )}
    </dl>
    <p class="links">
      ${hasExplorer && html`<a href="/partner/explorer">Explorer</a> <a href="/partner/sandbox">Apollo Sandbox</a>`}
      <a href="/partner/schema.graphql">Schema as SDL</a>
    </p>
    <details>
      <summary>The whole schema</summary>
      <pre class="tall" tabindex="0" role="region" aria-label="The schema of the contract"><code>${schema}</code></pre>
    </details>
  </section>`;
}
