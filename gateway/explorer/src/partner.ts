import { enableCopyButtons } from './landing/copy-buttons.js';
import { enableExamples } from './landing/run-examples.js';
import { chooseFirstCaller, enableTokenPicker } from './landing/token-picker.js';
import { storeSession } from './session.js';

enableCopyButtons();
enableTokenPicker();
enableExamples();
void chooseFirstCaller();

/** The token of the sign-in form is also the one that the examples send. */
document.querySelector('.sign-in-form')?.addEventListener('submit', ({ currentTarget }) => {
  const token = new FormData(currentTarget as HTMLFormElement).get('token');
  if (typeof token === 'string') storeSession({ token: token.trim() });
});
