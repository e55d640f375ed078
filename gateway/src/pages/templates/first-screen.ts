import type { Example } from '../example-operations.js';
import { firstQuery } from '../first-query.js';
import { answerPane } from './answer-pane.js';
import { chatSection } from './chat-section.js';
import { highlighted } from './highlighted.js';
import { html, type Html } from './html.js';
import type { GraphDetails, LandingPage } from './landing-document.js';

/** The graph in a sentence, one query to run, and a live conversation. */
export function firstScreen({ origin, graph, chat, explorer }: LandingPage): Html {
  const example = firstQuery(graph?.examples ?? []);
  return html`<div class="first-screen">
    <section class="introduction" aria-labelledby="title">
      <h1 id="title">One graph, one&nbsp;endpoint</h1>
      <p class="lead">
        Users and their activity feed, a catalogue of shows, freelancers and jobs, and private conversations:
        independent services behind one federated GraphQL endpoint.
      </p>
      <div class="endpoint">
        <code id="endpoint">${origin}/graphql</code>
        <button type="button" class="secondary" data-copy="endpoint">
          Copy<span class="visually-hidden"> the endpoint URL</span>
        </button>
      </div>
      ${example && startRunner(example)} ${!graph && explorer === 'closed' && signInLink} ${graph && figures(graph)}
    </section>
    ${chat && chatSection(chat)}
  </div>`;
}

const signInLink = html`<p class="actions"><a class="primary" href="/explorer">Sign in to explore</a></p>`;

function startRunner({ name, title, text }: Example): Html {
  return html`<article class="example runner start" data-kind="query" aria-label="${title || name}">
    <pre
      tabindex="0"
      role="region"
      aria-label="${name}, operation"
    ><code data-operation>${highlighted(text)}</code></pre>
    <p class="actions"><button type="button" class="primary" data-run>Run a query</button></p>
    ${answerPane(name)}
  </article>`;
}

function figures({ fields }: GraphDetails): Html {
  return html`<dl class="figures">
    ${Object.entries(fields).map(
      ([name, count]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${count}</dd>
        </div>`,
    )}
  </dl>`;
}
