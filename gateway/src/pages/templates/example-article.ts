import type { Example } from '../example-operations.js';
import { answerPane } from './answer-pane.js';
import { highlighted } from './highlighted.js';
import { html, type Html } from './html.js';
import { inlineCode } from './inline-code.js';

/** An example operation that runs on the page. @param explorer the path of the explorer, if there is one */
export function exampleArticle({ name, kind, title, text }: Example, explorer: string | undefined): Html {
  const id = `example-${name}`;
  const link = `${explorer}#query=${encodeURIComponent(text)}`;
  const verb = kind === 'subscription' ? 'Subscribe' : 'Run';
  return html`<article class="example runner" data-kind="${kind}" aria-labelledby="${id}">
    <header>
      <h3 id="${id}">${inlineCode(title || name)}</h3>
      <span class="kind">${kind}</span>
    </header>
    <pre
      tabindex="0"
      role="region"
      aria-label="${name}, operation"
    ><code data-operation>${highlighted(text)}</code></pre>
    <p class="actions">
      <button type="button" class="secondary" data-run>
        ${verb}<span class="visually-hidden"> ${title || name}</span>
      </button>
      ${explorer !== undefined && html`<a href="${link}">Open in the explorer<span class="visually-hidden"> ${title || name}</span></a>`}
    </p>
    ${answerPane(name)}
  </article>`;
}
