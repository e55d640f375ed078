import type { ServerResponse } from 'node:http';

/** Milliseconds for which a client may read nothing while there is more to send. */
const stalledMs = 30_000;

/**
 * Writes text to a response that is sent in several pieces. Resolves when more can be written, so that a slow reader
 * makes the sender wait instead of filling the memory; the connection of a client that reads nothing is closed.
 */
export async function writeText(response: ServerResponse, text: string): Promise<void> {
  if (response.closed || response.destroyed || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => response.destroy(), stalledMs);
    const settle = (): void => {
      clearTimeout(timer);
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}

/** Writes all pieces and ends the response. Stops reading them when the client leaves. */
export async function sendPieces(response: ServerResponse, pieces: AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) {
    if (response.closed || response.destroyed) return;
    await writeText(response, piece);
  }
  response.end();
}
