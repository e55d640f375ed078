import { htmlDocument } from './html-document.js';
import { html } from './html.js';

/** GraphiQL, bundled. */
export const explorerDocument = htmlDocument({
  title: 'Explorer · Marquee',
  styles: ['explorer.css'],
  scripts: ['explorer.js'],
  body: html`<body>
    <main id="explorer" aria-label="Explorer"><p>The explorer is loading…</p></main>
    <noscript><p>The explorer needs JavaScript.</p></noscript>
  </body>`,
});

/** Apollo Sandbox: its script comes from Apollo, and draws into the page. */
export const sandboxDocument = htmlDocument({
  title: 'Sandbox · Marquee',
  styles: ['sandbox.css'],
  scripts: ['sandbox.js'],
  body: html`<body>
    <main id="sandbox" aria-label="Apollo Sandbox">
      <p id="notice" role="status">Apollo Sandbox is loading from Apollo’s servers…</p>
      <p hidden id="offline">
        Apollo Sandbox cannot be reached. The <a href="/explorer">bundled explorer</a> needs nobody else’s servers.
      </p>
    </main>
    <noscript><p>The sandbox needs JavaScript.</p></noscript>
  </body>`,
});
