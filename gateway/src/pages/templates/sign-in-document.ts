import { htmlDocument } from './html-document.js';
import { html, type Html } from './html.js';

/** Asks for a token. @param refusal what was wrong with the one before */
export function signInDocument(refusal?: string): Html {
  return htmlDocument({
    title: 'Explorer · Marquee',
    styles: ['landing.css'],
    scripts: ['sign-in.js'],
    body: html`<body class="gate">
      <main>
        <a class="wordmark" href="/">Marquee</a>
        <h1>The explorer needs a token</h1>
        <p>
          It is open to members of the scope <code>graph.explore</code>. The page stays open for a quarter of an hour.
        </p>
        ${refusal !== undefined && html`<p class="refusal" role="alert">${refusal}</p>`}
        <form method="post">
          <label for="token">Access token</label>
          <textarea id="token" name="token" rows="5" required autocomplete="off" spellcheck="false"></textarea>
          <button>Open the explorer</button>
        </form>
      </main>
    </body>`,
  });
}
