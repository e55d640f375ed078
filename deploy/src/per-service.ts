/** One value for each of several services. */
export interface PerService<Value> {
  /** @throws Error when the service has no value */
  get(service: string): Value;
  all: readonly Value[];
}

/** Creates the value of each service, in the order of the names. */
export function perService<Value>(services: readonly string[], create: (service: string) => Value): PerService<Value> {
  const values = new Map(services.map((service) => [service, create(service)]));
  return {
    get(service) {
      const value = values.get(service);
      if (value === undefined) throw new Error(`There is nothing for the service "${service}".`);
      return value;
    },
    all: [...values.values()],
  };
}
