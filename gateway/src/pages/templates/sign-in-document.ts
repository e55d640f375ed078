import { htmlDocument } from './html-document.js';
import { html, type Html } from './html.js';

/** The form for an access token. @param error why the previous token was rejected */
export function signInDocument(error?: string): Html {
  return htmlDocument({
    title: 'Sign in · Marquee',
    styles: ['landing.css'],
    scripts: ['sign-in.js'],
    body: html`<body class="sign-in">
      <main>
        <a class="wordmark" href="/">Marquee</a>
        <h1>Sign in to the explorer</h1>
        <p>
          The explorer requires an access token with the scope <code>graph.explore</code>. You stay signed in for 15
          minutes.
        </p>
        ${error !== undefined && html`<p class="error" role="alert">${error}</p>`}
        <form method="post">
          <label for="token">Access token</label>
          <textarea id="token" name="token" rows="5" required autocomplete="off" spellcheck="false"></textarea>
          <button>Open the explorer</button>
        </form>
      </main>
    </body>`,
  });
}
