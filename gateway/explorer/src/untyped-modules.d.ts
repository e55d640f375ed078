/** Minimal declarations for packages that have no types, or whose types depend on such packages. */
declare module 'react' {
  export function createElement(type: unknown, properties?: object, ...children: unknown[]): object;
}

declare module 'react-dom/client' {
  export function createRoot(container: Element): { render(element: object): void };
}

declare module 'graphiql' {
  export const GraphiQL: { Logo: unknown };
}
