import { fileURLToPath } from 'node:url';

/** The folder with a function's code, as bundled by `npm run build`. */
export function assetPath(name: 'media' | 'pre-token' | 'publisher'): string {
  return fileURLToPath(new URL(`./assets/${name}`, import.meta.url));
}

/** The folder for the templates and assets of an environment. */
export function templatesPath(name: string): string {
  return fileURLToPath(new URL(`../cdk.out/${name}`, import.meta.url));
}
