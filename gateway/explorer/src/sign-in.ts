/** Stores the submitted token in the session, so that the explorer can send it with its requests. */
import { storeSession } from './session.js';

document.querySelector('form')?.addEventListener('submit', ({ currentTarget }) => {
  const token = new FormData(currentTarget as HTMLFormElement).get('token');
  if (typeof token === 'string') storeSession({ token: token.trim() });
});
