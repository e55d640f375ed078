import type { DevelopmentPerson } from '../development-people.js';
import type { LandingPage } from './landing-document.js';
import { html, type Html } from './html.js';

/** How a visitor gets a token, and which one this page sends. */
export function tokenSection({ people, issuer }: LandingPage): Html {
  return html`<section id="token" aria-labelledby="token-title">
    <h2 id="token-title">Token</h2>
    ${people.length > 0 ? choice(people) : pasting(issuer)}
    <p class="asking" role="status" id="asking">You ask as a guest.</p>
    <details id="held" hidden>
      <summary>The header that is sent</summary>
      <pre tabindex="0" role="region" aria-label="The authorization header"><code id="header"></code></pre>
      <button type="button" class="quiet" data-copy="header">Copy<span class="unseen"> the header</span></button>
    </details>
    ${issuer !== undefined && forPrograms(people.length > 0 ? issuer : 'https://YOUR_USER_POOL_DOMAIN')}
  </section>`;
}

function forPrograms(origin: string): Html {
  return html`<h3>For a program</h3>
    <p class="note">A client id and its secret buy a token with the client’s scopes, for an hour.</p>
    <pre tabindex="0" role="region" aria-label="Client credentials with curl"><code>curl -u CLIENT_ID:CLIENT_SECRET \\
  -d grant_type=client_credentials \\
  ${origin}/oauth2/token</code></pre>`;
}

function choice(people: readonly DevelopmentPerson[]): Html {
  return html`<form id="people">
    <fieldset>
      <legend>Pick somebody of the example world, and this page and the explorers ask as them.</legend>
      <div class="people">
        ${person('', 'A guest', 'no token', true)}
        ${people.map(({ sub, name, role }) => person(sub, name, role, false))}
      </div>
    </fieldset>
  </form>`;
}

function person(sub: string, name: string, role: string, isChosen: boolean): Html {
  return html`<label>
    <input type="radio" name="user" value="${sub}" data-name="${name}" ${isChosen && html`checked`} />
    <span>${name} <small>${role.replaceAll('_', ' ').toLowerCase()}</small></span>
  </label>`;
}

function pasting(issuer: string | undefined): Html {
  if (issuer === undefined) return html`<p>This gateway has no issuer of tokens: everybody is a guest.</p>`;
  return html`<p>
      Sign in through the application; its access token counts here as well. Tokens come from <code>${issuer}</code>.
    </p>
    <form id="pasted">
      <label for="pasted-token">Access token, kept in this tab alone</label>
      <div class="address">
        <input id="pasted-token" name="token" type="password" autocomplete="off" spellcheck="false" />
        <button>Ask with it</button>
      </div>
    </form>`;
}
