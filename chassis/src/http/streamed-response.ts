import type { ServerResponse } from 'node:http';

/** Milliseconds for which a client may read nothing of a response that has an end. */
export const stalledMs = 30_000;

/**
 * Writes text to a response that is sent in several pieces. Resolves when more can be written, so that a slow reader
 * makes the sender wait instead of filling the memory.
 * @param timeoutMs milliseconds after which the connection of a client that reads nothing is closed; none by default
 */
export async function writeText(response: ServerResponse, text: string, timeoutMs?: number): Promise<void> {
  if (response.closed || response.destroyed || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => response.destroy(), timeoutMs);
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
    await writeText(response, piece, stalledMs);
  }
  response.end();
}
