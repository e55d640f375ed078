import type { DevelopmentPerson } from '../development-issuer.js';
import { html, type Html } from './html.js';

/** How a visitor gets an access token, and the one that this page sends. */
export function tokenSection(people: readonly DevelopmentPerson[], hasIssuer: boolean): Html {
  const noIssuer = html`<p>No token issuer is configured: all requests are sent as a guest.</p>`;
  return html`<section id="token" aria-labelledby="token-title">
    <h2 id="token-title">Access token</h2>
    ${people.length > 0 ? userPicker(people) : hasIssuer ? tokenForm() : noIssuer}
    ${session('Not signed in: requests are sent as a guest.')}
  </section>`;
}

function userPicker(people: readonly DevelopmentPerson[]): Html {
  const options = people.map(({ sub, name, role }) => ({ value: sub, name, detail: roleText(role) }));
  const guest = { value: '', name: 'Guest', detail: 'no token' };
  return tokenOptions('user', 'Choose a sample user: this page and the explorers send their access token.', [
    guest,
    ...options,
  ]);
}

/** A role as a visitor reads it, such as `hiring user`. */
export function roleText(role: string): string {
  return role.replaceAll('_', ' ').toLowerCase();
}

/** A caller whose token the issuer of the embedded run creates; the value of none is empty. */
interface TokenOption {
  value: string;
  name: string;
  detail: string;
}

/** @param kind the member of the token request that names the caller */
export function tokenOptions(kind: 'user' | 'client', legend: string, options: readonly TokenOption[]): Html {
  return html`<form id="callers">
    <fieldset>
      <legend>${legend}</legend>
      <div class="people">
        ${options.map(
          ({ value, name, detail }) =>
            html`<label>
              <input
                type="radio"
                name="${kind}"
                value="${value}"
                data-name="${name}"
                ${value === '' && html`checked`}
              />
              <span>${name} <small>${detail}</small></span>
            </label>`,
        )}
      </div>
    </fieldset>
  </form>`;
}

/** A form for a token, which the page keeps in the browser tab. */
export function tokenForm(): Html {
  return html`<form id="token-form">
    <label for="token-input">Access token (stored in this browser tab only)</label>
    <div class="endpoint">
      <input id="token-input" name="token" type="password" autocomplete="off" spellcheck="false" />
      <button class="secondary">Use this token</button>
    </div>
  </form>`;
}

/** A form that exchanges a token for a cookie of the pages. */
export function signInForm(action: string, error: string | undefined): Html {
  return html`${error !== undefined && html`<p class="error" role="alert">${error}</p>`}
    <form method="post" class="sign-in-form">
      <label for="token-input">Access token</label>
      <input
        id="token-input"
        name="token"
        type="password"
        required
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
      />
      <button>${action}</button>
    </form>`;
}

/** The token that the page sends, masked. */
export function session(withoutToken: string): Html {
  return html`<p class="session" role="status" id="session" data-none="${withoutToken}">${withoutToken}</p>
    <p class="masked" id="authorization" hidden>
      <code id="masked-header"></code>
      <button type="button" class="secondary" id="copy-header">
        Copy<span class="visually-hidden"> the authorization header</span>
      </button>
    </p>`;
}
