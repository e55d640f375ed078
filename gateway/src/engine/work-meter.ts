import type { Work } from '@marquee/chassis/http/request-work';

/** Adds up the work of one operation in all services. */
export class WorkMeter {
  cpuMs = 0;
  statements = 0;
  bytes = 0;
  fetches = 0;

  add({ cpuMs, statements, bytes }: Work): void {
    this.cpuMs += cpuMs;
    this.statements += statements;
    this.bytes += bytes;
    this.fetches += 1;
  }

  /** Adds the share of one of several that the work was done for. */
  addShare({ cpuMs, statements, bytes, fetches }: WorkMeter, of: number): void {
    this.cpuMs += cpuMs / of;
    this.statements += statements / of;
    this.bytes += bytes / of;
    this.fetches += fetches / of;
  }
}
