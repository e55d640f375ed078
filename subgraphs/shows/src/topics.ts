import type { Bus } from '@marquee/chassis/bus/bus';

/** A show was added or changed. Messages: `{ slug }`. */
export const showChangedTopic = 'show changed';

export function publishShowChange(bus: Bus, slug: string): void {
  bus.publish(showChangedTopic, { slug });
}
