import type { Example } from '../example-operations.js';
import type { LandingPage } from './landing-document.js';
import { html, type Html } from './html.js';

/** Example operations that run on the page. */
export function examplesSection({ examples, explorer }: LandingPage): Html | undefined {
  if (examples.length === 0) return undefined;
  return html`<section id="examples" aria-labelledby="examples-title">
    <h2 id="examples-title">Examples</h2>
    <p class="note">They run against this endpoint with the access token selected above.</p>
    ${examples.map((example) => exampleArticle(example, explorer !== 'off'))}
  </section>`;
}

function exampleArticle({ name, kind, title, text }: Example, hasExplorer: boolean): Html {
  const [id, explorer] = [`example-${name}`, `/explorer#query=${encodeURIComponent(text)}`];
  const [verb, placeholder] =
    kind === 'subscription' ? ['Subscribe', 'Events appear here.'] : ['Run', 'The response appears here.'];
  return html`<article class="example" data-kind="${kind}" aria-labelledby="${id}">
    <header>
      <h3 id="${id}">${title || name}</h3>
      <span class="kind">${kind}</span>
    </header>
    <div class="runner">
      <pre tabindex="0" role="region" aria-label="${name}, operation"><code>${highlighted(text)}</code></pre>
      <pre
        class="response"
        tabindex="0"
        role="log"
        aria-label="${name}, response"
        data-placeholder="${placeholder}"
      ></pre>
    </div>
    <p class="actions">
      <button type="button" data-run>${verb}<span class="visually-hidden"> ${title || name}</span></button>
      ${hasExplorer && html`<a href="${explorer}">Open in the explorer<span class="visually-hidden"> ${title || name}</span></a>`}
    </p>
  </article>`;
}

const tokens =
  /(?<comment>#.*)|(?<string>"[^"]*")|(?<keyword>\b(?:query|mutation|subscription|on)\b)|(?<variable>\$\w+)|(?<type>\b[A-Z]\w*)/g;

/** Highlights the syntax of an operation. */
function highlighted(text: string): Html[] {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(tokens)) {
    const [kind] = Object.entries<string | undefined>(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [
      'plain',
    ];
    parts.push(html`${text.slice(end, match.index)}<span class="${kind}">${match[0]}</span>`);
    end = match.index + match[0].length;
  }
  return [...parts, html`${text.slice(end)}`];
}
