import { html, type Html } from './html.js';

/** A label of progressive overrides, as the landing page shows it. */
export interface OverrideEntry {
  label: string;
  /** A description of the callers that it is active for, for example `25 % of callers`. */
  activeFor: string;
  fields: readonly { coordinate: string; from: string; to: string }[];
}

/** Empty without labels. */
export function overridesSection(overrides: readonly OverrideEntry[]): Html {
  if (overrides.length === 0) return html``;
  return html`<section id="overrides" aria-labelledby="overrides-title">
    <h2 id="overrides-title">Progressive overrides</h2>
    <p class="note">Fields that move to another service, for some callers first.</p>
    <dl class="overrides">
      ${overrides.map(
        ({ label, activeFor, fields }) =>
          html`<dt><code>${label}</code>, active for ${activeFor}</dt>
            ${fields.map(
              ({ coordinate, from, to }) => html`<dd><code>${coordinate}</code> moves from ${from} to ${to}</dd>`,
            )}`,
      )}
    </dl>
  </section>`;
}
