import type { DevelopmentPerson } from '../development-people.js';
import type { LandingPage } from './landing-document.js';
import { html, type Html } from './html.js';

/** How a visitor gets an access token, and which one this page sends. */
export function tokenSection({ people, issuer }: LandingPage): Html {
  return html`<section id="token" aria-labelledby="token-title">
    <h2 id="token-title">Access token</h2>
    ${people.length > 0 ? userPicker(people) : tokenForm(issuer)}
    <p class="session" role="status" id="session">Not signed in: requests are sent as a guest.</p>
    <details id="authorization" hidden>
      <summary>The <code>authorization</code> header</summary>
      <pre tabindex="0" role="region" aria-label="Authorization header"><code id="header"></code></pre>
      <button type="button" class="secondary" data-copy="header">
        Copy<span class="visually-hidden"> the header</span>
      </button>
    </details>
    ${issuer !== undefined && machineSection(people.length > 0 ? issuer : 'https://YOUR_USER_POOL_DOMAIN')}
  </section>`;
}

function machineSection(origin: string): Html {
  return html`<h3>Machine clients</h3>
    <p class="note">
      A machine client exchanges its id and secret for an access token with its scopes (OAuth 2.0 client credentials).
      The token is valid for one hour.
    </p>
    <pre tabindex="0" role="region" aria-label="Token request with curl"><code>curl -u CLIENT_ID:CLIENT_SECRET \\
  -d grant_type=client_credentials \\
  ${origin}/oauth2/token</code></pre>`;
}

function userPicker(people: readonly DevelopmentPerson[]): Html {
  return html`<form id="people">
    <fieldset>
      <legend>Choose a sample user: this page and the explorers send their access token.</legend>
      <div class="people">
        ${option('', 'Guest', 'no token', true)} ${people.map(({ sub, name, role }) => option(sub, name, role, false))}
      </div>
    </fieldset>
  </form>`;
}

function option(sub: string, name: string, role: string, isChosen: boolean): Html {
  return html`<label>
    <input type="radio" name="user" value="${sub}" data-name="${name}" ${isChosen && html`checked`} />
    <span>${name} <small>${role.replaceAll('_', ' ').toLowerCase()}</small></span>
  </label>`;
}

function tokenForm(issuer: string | undefined): Html {
  if (issuer === undefined) return html`<p>No token issuer is configured: all requests are sent as a guest.</p>`;
  return html`<p>
      Sign in to the application and paste its access token here. Tokens are issued by <code>${issuer}</code>.
    </p>
    <form id="token-form">
      <label for="token-input">Access token (stored in this browser tab only)</label>
      <div class="endpoint">
        <input id="token-input" name="token" type="password" autocomplete="off" spellcheck="false" />
        <button>Use this token</button>
      </div>
    </form>`;
}
