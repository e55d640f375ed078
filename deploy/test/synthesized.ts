import { openTemplates, synthesize, type Templates } from './templates.js';

/** The templates that claims are about. */
export let prod: Templates;
export let shared: Templates;

/** Makes them, before the first claim. */
export function synthesizeAll(): void {
  synthesize('prod', 'delivery');
  prod = openTemplates('prod');
  shared = openTemplates('delivery');
}
