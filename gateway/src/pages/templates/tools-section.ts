import { html, type Html } from './html.js';
import type { LandingPage } from './landing-document.js';

/** The other pages of the gateway. */
export function toolsSection({ explorer, graph, hasPartner, mailbox }: LandingPage): Html {
  const requirement = html`<span class="requirement">Requires the scope <code>graph.explore</code>.</span>`;
  const explorerRequirement = explorer === 'closed' && requirement;
  return html`<section id="tools" aria-labelledby="tools-title">
    <h2 id="tools-title">Tools</h2>
    <ul class="tools">
      ${
        explorer !== 'off' && [
          tool('/explorer', 'Explorer', html`GraphiQL with subscriptions; works offline. ${explorerRequirement}`),
          tool('/sandbox', 'Apollo Sandbox', html`Loaded from Apollo’s servers. ${explorerRequirement}`),
        ]
      }
      ${tool('/schema.graphql', 'Schema', html`The complete API schema as SDL. ${!graph && requirement}`)}
      ${hasPartner && tool('/partner', 'Partner API', html`Access, schema, limits and examples for partners.`)}
      ${mailbox !== undefined && tool(mailbox, 'Mailbox', html`The emails of this system. They stay on this machine.`)}
    </ul>
  </section>`;
}

function tool(path: string, name: string, description: Html): Html {
  return html`<li>
    <a href="${path}">${name}</a>
    <p>${description}</p>
  </li>`;
}
