/** What the explorer takes of packages that bring no types, or whose types need those of such packages. */
declare module 'react' {
  export function createElement(type: unknown, properties?: object, ...children: unknown[]): object;
}

declare module 'react-dom/client' {
  export function createRoot(place: Element): { render(element: object): void };
}

declare module 'graphiql' {
  export const GraphiQL: { Logo: unknown };
}
