import type { Example } from '../example-operations.js';
import { htmlDocument } from './html-document.js';
import { html, type Html } from './html.js';

/** A graph that the explorers show, and the callers and examples that a visitor can choose from. */
export interface ExplorerPage {
  /** The name of the graph, for the title. */
  title: string;
  /** The page to which the explorer belongs. */
  home: string;
  endpoint: string;
  /** The callers of the embedded run; empty elsewhere. */
  callers: readonly ExplorerCaller[];
  /** The member of the token request that names a caller. */
  callerKind: 'user' | 'client';
  examples: readonly Example[];
}

export interface ExplorerCaller {
  value: string;
  name: string;
  detail: string;
}

/** The bundled GraphiQL. */
export function explorerDocument(page: ExplorerPage): Html {
  return htmlDocument({
    title: `Explorer · ${page.title}`,
    styles: ['explorer.css'],
    scripts: ['explorer.js'],
    endpoint: page.endpoint,
    body: html`<body>
      ${explorerBar(page)}
      <main id="explorer" aria-label="Explorer"><p>Loading the explorer…</p></main>
      <noscript><p>The explorer requires JavaScript.</p></noscript>
    </body>`,
  });
}

function explorerBar({ home, callers, callerKind, examples }: ExplorerPage): Html {
  return html`<header class="bar">
    <a class="home" href="${home}">Marquee</a>
    ${callers.length > 0 && callerSelect(callers, callerKind)} ${examples.length > 0 && exampleSelect(examples)}
    <p class="token"><span id="session" role="status"></span> <code id="masked-header" hidden></code></p>
  </header>`;
}

function callerSelect(callers: readonly ExplorerCaller[], kind: ExplorerPage['callerKind']): Html {
  return html`<label>
    Caller
    <select id="caller" data-kind="${kind}" autocomplete="off">
      <option value="">${kind === 'user' ? 'Guest' : 'No token'}</option>
      ${callers.map(
        ({ value, name, detail }) => html`<option value="${value}" data-name="${name}">${name}, ${detail}</option>`,
      )}
    </select>
  </label>`;
}

function exampleSelect(examples: readonly Example[]): Html {
  return html`<label>
    Example
    <select id="example" autocomplete="off">
      <option value="">Choose…</option>
      ${examples.map(({ name, title, text }) => html`<option value="${text}">${title || name}</option>`)}
    </select>
  </label>`;
}

/** Apollo Sandbox: a script from Apollo renders it into the page. */
export function sandboxDocument({ title, home, endpoint }: ExplorerPage): Html {
  return htmlDocument({
    title: `Sandbox · ${title}`,
    styles: ['sandbox.css'],
    scripts: ['sandbox.js'],
    endpoint,
    body: html`<body>
      <main id="sandbox" aria-label="Apollo Sandbox">
        <p id="notice" role="status">Loading Apollo Sandbox from Apollo’s servers…</p>
        <p hidden id="offline">
          Apollo Sandbox could not be loaded. The
          <a href="${home === '/' ? '' : home}/explorer">bundled explorer</a> works without external servers.
        </p>
      </main>
      <noscript><p>The sandbox requires JavaScript.</p></noscript>
    </body>`,
  });
}
