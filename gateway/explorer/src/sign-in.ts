/** Keeps the token that opens the explorer, so that the explorer has it for the graph. */
import { storeSession } from './session.js';

document.querySelector('form')?.addEventListener('submit', ({ currentTarget }) => {
  const token = new FormData(currentTarget as HTMLFormElement).get('token');
  if (typeof token === 'string') storeSession({ token: token.trim() });
});
