import { windowExtension, type WindowGrant, type WindowRequest } from '@marquee/chassis/graphql/stream-window';

/** Events of a stream that a subgraph may send before they are read. */
const windowSize = 128;

/** The window of one stream on the side of its reader. */
export interface ReadWindow {
  /** Requests the window, in the extensions of the operation. */
  extension: { [windowExtension]: WindowRequest };
  /** Called after each event that was read. */
  onRead(): void;
}

let lastId = 0;

/** @param grant lets the subgraph send further events; called once for each half of the window */
export function openReadWindow(grant: (grant: WindowGrant) => void): ReadWindow {
  const id = String((lastId += 1));
  let events = 0;
  return {
    extension: { [windowExtension]: { id, size: windowSize } },
    onRead() {
      events += 1;
      if (events < windowSize / 2) return;
      grant({ id, events });
      events = 0;
    },
  };
}
