import { storeSession, readSession, sessionHeaders } from '../session.js';

/** Lets a visitor become somebody: one of the people of an embedded run, or whose token they paste. */
export function enableTokenPicker(): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>('#people input'))
    radio.addEventListener('change', () => void become(radio));
  document.querySelector<HTMLFormElement>('#pasted')?.addEventListener('submit', (event) => {
    event.preventDefault();
    paste(event.currentTarget as HTMLFormElement);
  });
  showSession();
}

async function become(radio: HTMLInputElement): Promise<void> {
  const { value: sub, dataset } = radio;
  if (sub === '') return change(undefined);
  const body = JSON.stringify({ user: sub });
  const response = await fetch('/dev/token', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  if (!response.ok) return say('The issuer of this run does not answer. You ask as a guest.');
  const { access_token: token } = (await response.json()) as { access_token: string };
  change({ token, person: { sub, name: dataset['name'] ?? sub } });
}

function paste(form: HTMLFormElement): void {
  const token = new FormData(form).get('token');
  const text = typeof token === 'string' ? token.trim().replace(/^bearer\s+/i, '') : '';
  change(text === '' ? undefined : { token: text });
}

function change(session: Parameters<typeof storeSession>[0]): void {
  storeSession(session);
  showSession();
}

function showSession(): void {
  const session = readSession();
  const held = document.getElementById('held');
  const header = document.getElementById('header');
  if (held) held.hidden = !session;
  if (header) header.textContent = session ? `authorization: ${sessionHeaders()['authorization']}` : '';
  say(session ? `You ask as ${session.person?.name ?? 'whoever the token names'}.` : 'You ask as a guest.');
  choose(session?.person?.sub ?? '');
}

function choose(sub: string): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>('#people input')) radio.checked = radio.value === sub;
}

function say(text: string): void {
  const asking = document.getElementById('asking');
  if (asking) asking.textContent = text;
}
