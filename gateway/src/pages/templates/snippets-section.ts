import type { Snippet } from '../snippets.js';
import { html, type Html } from './html.js';
import { inlineCode } from './inline-code.js';

/** The addresses in the programs, and those of this gateway that replace them. */
export type Replacements = readonly (readonly [string, string])[];

/** A tab with a program for each kind of reader; empty without programs. */
export function snippetsSection(snippets: readonly Snippet[], replacements: Replacements): Html {
  if (snippets.length === 0) return html``;
  return html`<section id="teams" aria-labelledby="teams-title">
    <h2 id="teams-title">For your team</h2>
    <div class="tabs">
      <div role="tablist" aria-labelledby="teams-title">
        ${snippets.map(
          ({ name, title }) =>
            html`<button type="button" role="tab" id="tab-${name}" aria-controls="panel-${name}">${title}</button>`,
        )}
      </div>
      ${snippets.map((snippet) => panel(snippet, replacements))}
    </div>
  </section>`;
}

function panel({ name, title, description, code }: Snippet, replacements: Replacements): Html {
  const text = replacements.reduce((replaced, [from, to]) => replaced.replaceAll(from, to), code);
  return html`<div role="tabpanel" id="panel-${name}" aria-labelledby="tab-${name}">
    <p class="note">${inlineCode(description)}</p>
    <pre
      class="tall"
      tabindex="0"
      role="region"
      aria-label="Program for ${title}"
    ><code id="code-${name}">${text}</code></pre>
    <button type="button" class="secondary" data-copy="code-${name}">
      Copy<span class="visually-hidden"> the program for ${title}</span>
    </button>
  </div>`;
}
