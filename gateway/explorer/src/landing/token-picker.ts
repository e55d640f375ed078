import { readSession, type Session, sessionHeaders, storeSession } from '../session.js';

/** Connects the choice of a sample user, or the form for a pasted token, to the session. */
export function enableTokenPicker(): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>('#people input'))
    radio.addEventListener('change', () => void chooseUser(radio));
  document.querySelector<HTMLFormElement>('#token-form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    useToken(event.currentTarget as HTMLFormElement);
  });
  showSession();
}

async function chooseUser(radio: HTMLInputElement): Promise<void> {
  const { value: sub, dataset } = radio;
  if (sub === '') return setSession(undefined);
  const body = JSON.stringify({ user: sub });
  const response = await fetch('/dev/token', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  if (!response.ok) return showMessage('The token issuer is not responding. Requests are sent as a guest.');
  const { access_token: token } = (await response.json()) as { access_token: string };
  setSession({ token, person: { sub, name: dataset['name'] ?? sub } });
}

function useToken(form: HTMLFormElement): void {
  const token = new FormData(form).get('token');
  const text = typeof token === 'string' ? token.trim().replace(/^bearer\s+/i, '') : '';
  setSession(text === '' ? undefined : { token: text });
}

function setSession(session: Session | undefined): void {
  storeSession(session);
  showSession();
}

function showSession(): void {
  const session = readSession();
  const details = document.getElementById('authorization');
  const header = document.getElementById('header');
  if (details) details.hidden = !session;
  if (header) header.textContent = session ? `authorization: ${sessionHeaders()['authorization']}` : '';
  showMessage(sessionMessage(session));
  checkUser(session?.person?.sub ?? '');
}

function checkUser(sub: string): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>('#people input')) radio.checked = radio.value === sub;
}

function sessionMessage(session: Session | undefined): string {
  if (!session) return 'Not signed in: requests are sent as a guest.';
  return session.person ? `Signed in as ${session.person.name}.` : 'Signed in with the pasted token.';
}

function showMessage(text: string): void {
  const message = document.getElementById('session');
  if (message) message.textContent = text;
}
