import type { IncomingMessage } from 'node:http';
import type { Caller } from '@marquee/chassis/identity/caller';
import { header } from '@marquee/chassis/http/http-server';
import { subjectKey } from '@marquee/chassis/identity/caller-key';
import type { ClientName, WorkOrigin } from '../../engine/fair-queue.js';
import { clientNameIn } from '../client-name.js';
import { clientAddress } from './client-address.js';

/** The origin of the operations of an HTTP request. Computed when it is needed, which is only for new operations. */
export class RequestOrigin implements WorkOrigin {
  constructor(
    private readonly request: IncomingMessage,
    private readonly identified: Caller,
    private readonly trustedProxies: number,
  ) {}

  get address(): string {
    return clientAddress(this.request, this.trustedProxies);
  }

  get caller(): string {
    return subjectKey(this.identified);
  }

  get client(): ClientName | undefined {
    return clientNameIn((name) => header(this.request, name));
  }
}
