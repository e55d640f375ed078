import { htmlDocument } from './html-document.js';
import { html, type Html } from './html.js';
import { signInForm } from './token-section.js';

/** The form for an access token. @param error why the previous token was rejected */
export function signInDocument(endpoint: string, error?: string): Html {
  return htmlDocument({
    title: 'Sign in · Marquee',
    styles: ['landing.css'],
    scripts: ['sign-in.js'],
    endpoint,
    body: html`<body class="sign-in">
      <main>
        <a class="wordmark" href="/">Marquee</a>
        <h1>Sign in to the explorer</h1>
        <p>
          The explorer requires an access token with the scope <code>graph.explore</code>. You stay signed in for 15
          minutes.
        </p>
        ${signInForm('Open the explorer', error)}
      </main>
    </body>`,
  });
}
