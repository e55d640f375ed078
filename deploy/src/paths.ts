import { fileURLToPath } from 'node:url';

/** The folder with the code of a function, as `npm run build` bundled it. */
export function assetPath(name: 'media' | 'pre-token'): string {
  return fileURLToPath(new URL(`./assets/${name}`, import.meta.url));
}

/** Where the templates of an environment are written, and what goes with them. */
export function templatesPath(name: string): string {
  return fileURLToPath(new URL(`../cdk.out/${name}`, import.meta.url));
}
