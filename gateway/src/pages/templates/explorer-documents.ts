import { htmlDocument } from './html-document.js';
import { html } from './html.js';

/** The bundled GraphiQL. */
export const explorerDocument = htmlDocument({
  title: 'Explorer · Marquee',
  styles: ['explorer.css'],
  scripts: ['explorer.js'],
  body: html`<body>
    <main id="explorer" aria-label="Explorer"><p>Loading the explorer…</p></main>
    <noscript><p>The explorer requires JavaScript.</p></noscript>
  </body>`,
});

/** Apollo Sandbox: a script from Apollo renders it into the page. */
export const sandboxDocument = htmlDocument({
  title: 'Sandbox · Marquee',
  styles: ['sandbox.css'],
  scripts: ['sandbox.js'],
  body: html`<body>
    <main id="sandbox" aria-label="Apollo Sandbox">
      <p id="notice" role="status">Loading Apollo Sandbox from Apollo’s servers…</p>
      <p hidden id="offline">
        Apollo Sandbox could not be loaded. The <a href="/explorer">bundled explorer</a> works without external servers.
      </p>
    </main>
    <noscript><p>The sandbox requires JavaScript.</p></noscript>
  </body>`,
});
