import type { DevelopmentClient } from '../development-issuer.js';
import { html, type Html } from './html.js';
import type { PartnerPage } from './partner-document.js';
import { session, signInForm, tokenForm, tokenOptions } from './token-section.js';

/** How a partner gets an access token, and the token that this page sends. */
export function partnerAccessSection(page: PartnerPage): Html {
  return html`<section id="token" aria-labelledby="token-title">
    <h2 id="token-title">Access</h2>
    <ol class="steps">
      <li>
        <p>Exchange the id and the secret of your client for an access token (OAuth 2.0 client credentials).</p>
        ${tokenRequest(page)}
      </li>
      <li>
        <p>
          Send the token with every request. It is valid for an hour: request it once, reuse it, and renew it before it
          expires or after a response with the status 401.
        </p>
        ${apiRequest(page)}
      </li>
    </ol>
    ${credentials(page)}
  </section>`;
}

function tokenRequest({ tokenUrl, clients: [client] }: PartnerPage): Html {
  const [id, secret] = client ? [client.id, client.secret] : ['CLIENT_ID', 'CLIENT_SECRET'];
  return html`<pre tabindex="0" role="region" aria-label="Token request with curl"><code>curl -u ${id}:${secret} \\
  -d grant_type=client_credentials \\
  ${tokenUrl ?? 'https://YOUR_TOKEN_DOMAIN/oauth2/token'}</code></pre>`;
}

function apiRequest({ endpoint }: PartnerPage): Html {
  return html`<pre tabindex="0" role="region" aria-label="Query with curl"><code>curl ${endpoint} \\
  -H "authorization: Bearer $TOKEN" \\
  -H 'content-type: application/json' \\
  -d '{"query":"{ __typename }"}'</code></pre>`;
}

/** The token that the examples send. Before the sign-in, a form for it. */
function credentials({ clients, contract, error }: PartnerPage): Html {
  if (!contract)
    return html`<h3>Schema, examples and limits</h3>
      <p class="note">
        Sign in with an access token that has the scope <code>graph.explore</code>. You stay signed in for 15 minutes.
      </p>
      ${signInForm('Sign in', error)}`;
  return html`<h3>On this page</h3>
    ${clients.length > 0 ? clientPicker(clients) : tokenForm()} ${session('No token: requests are rejected.')}`;
}

function clientPicker(clients: readonly DevelopmentClient[]): Html {
  const options = clients.map(({ id, scopes }) => ({ value: id, name: id, detail: scopes.join(' ') }));
  const none = { value: '', name: 'No token', detail: 'requests are rejected' };
  return tokenOptions('client', 'This page and the explorers send the token of:', [none, ...options]);
}
