/** The alias of the publisher function for a service, which its deploy role may invoke. */
export function publisherAlias(service: string): string {
  return service;
}

/** The alias for preview graphs of a service, which the role for branches of pull requests may invoke. */
export function previewAlias(service: string): string {
  return `${service}-preview`;
}
