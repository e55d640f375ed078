import { openTemplates, synthesize, type Templates } from './templates.js';

/** The templates under test. */
export let prod: Templates;
export let shared: Templates;

/** Synthesizes the templates; call it before the first assertion. */
export function synthesizeAll(): void {
  synthesize('prod', 'delivery');
  prod = openTemplates('prod');
  shared = openTemplates('delivery');
}
