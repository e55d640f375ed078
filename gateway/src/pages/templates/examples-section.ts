import type { Example } from '../example-operations.js';
import type { LandingPage } from './landing-document.js';
import { html, type Html } from './html.js';

/** Operations to run on the spot. */
export function examplesSection({ examples, explorer }: LandingPage): Html | undefined {
  if (examples.length === 0) return undefined;
  return html`<section id="examples" aria-labelledby="examples-title">
    <h2 id="examples-title">Examples</h2>
    <p class="note">They run against this graph, as whom you chose above.</p>
    ${examples.map((example) => exampleArticle(example, explorer !== 'off'))}
  </section>`;
}

function exampleArticle({ name, kind, title, text }: Example, hasExplorer: boolean): Html {
  const [id, explorer] = [`example-${name}`, `/explorer#query=${encodeURIComponent(text)}`];
  const [verb, waiting] =
    kind === 'subscription' ? ['Listen', 'Events appear here.'] : ['Run', 'The answer appears here.'];
  return html`<article class="example" data-kind="${kind}" aria-labelledby="${id}">
    <header>
      <h3 id="${id}">${title || name}</h3>
      <span class="kind">${kind}</span>
    </header>
    <div class="stage">
      <pre tabindex="0" role="region" aria-label="${name}, the operation"><code>${highlighted(text)}</code></pre>
      <pre class="answer" tabindex="0" role="log" aria-label="${name}, the answer" data-before="${waiting}"></pre>
    </div>
    <p class="actions">
      <button type="button" data-run>${verb}<span class="unseen"> ${title || name}</span></button>
      ${hasExplorer && html`<a href="${explorer}">Open in the explorer<span class="unseen"> ${title || name}</span></a>`}
    </p>
  </article>`;
}

const tokens =
  /(?<note>#.*)|(?<text>"[^"]*")|(?<word>\b(?:query|mutation|subscription|on)\b)|(?<name>\$\w+)|(?<type>\b[A-Z]\w*)/g;

/** Marks what a reader looks for in an operation. */
function highlighted(text: string): Html[] {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(tokens)) {
    const [kind] = Object.entries<string | undefined>(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [
      'text',
    ];
    parts.push(html`${text.slice(end, match.index)}<span class="${kind}">${match[0]}</span>`);
    end = match.index + match[0].length;
  }
  return [...parts, html`${text.slice(end)}`];
}
