import { html, type Html } from './html.js';

/** The response of an operation, which can be folded; with the time of each service where the gateway reports it. */
export function answerPane(name: string): Html {
  return html`<details class="answer" open hidden>
    <summary>Response <span class="outcome"></span></summary>
    <ol class="timing" hidden aria-label="${name}, time of each request to a service"></ol>
    <pre class="response" tabindex="0" role="log" aria-label="${name}, response"></pre>
    <details class="plan" hidden>
      <summary>Query plan</summary>
      <pre tabindex="0" role="region" aria-label="${name}, query plan"></pre>
    </details>
  </details>`;
}
