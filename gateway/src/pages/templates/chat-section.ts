import type { DevelopmentPerson } from '../development-issuer.js';
import { html, type Html } from './html.js';
import { roleText } from './token-section.js';

/** A conversation of two sample users, side by side. */
export function chatSection([one, other]: readonly [DevelopmentPerson, DevelopmentPerson]): Html {
  return html`<section class="chat" aria-labelledby="chat-title">
    <h2 id="chat-title">Live</h2>
    <p class="note">Two people in one conversation, each with their own WebSocket. Write on either side.</p>
    <div class="sides">${[side(one), side(other)]}</div>
  </section>`;
}

function side({ sub, name, role }: DevelopmentPerson): Html {
  return html`<div class="side" data-user="${sub}">
    <h3>${name} <small>${roleText(role)}</small></h3>
    <div class="messages" role="log" tabindex="0" aria-label="Conversation of ${name}"></div>
    <form>
      <input aria-label="Message from ${name}" placeholder="Message" maxlength="1024" autocomplete="off" disabled />
      <button class="secondary" disabled>Send<span class="visually-hidden"> as ${name}</span></button>
    </form>
    <p class="connection" role="status">connecting …</p>
  </div>`;
}
