import { html, type Html } from './html.js';

/** A text in which words between backticks are code, as in descriptions of a schema. */
export function inlineCode(text: string): Html[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}
