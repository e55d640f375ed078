import { actAs, type CallerKind } from '../development-caller.js';
import { maskedHeader, readSession, type Session, sessionHeaders, storeSession } from '../session.js';

/** Connects the choice of a caller, or the form for a pasted token, to the session. */
export function enableTokenPicker(): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>('#callers input'))
    radio.addEventListener('change', () => void chooseCaller(radio));
  document.querySelector<HTMLFormElement>('#token-form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    useToken(event.currentTarget as HTMLFormElement);
  });
  document.getElementById('copy-header')?.addEventListener('click', () => void copyHeader());
  showSession();
}

/** Chooses the first caller with a token, unless there is a session. */
export async function chooseFirstCaller(): Promise<void> {
  const radio = document.querySelector<HTMLInputElement>('#callers input:not([value=""])');
  if (radio && !readSession()) await chooseCaller(radio);
}

async function chooseCaller({ name, value, dataset }: HTMLInputElement): Promise<void> {
  try {
    await actAs(name as CallerKind, value, dataset['name'] ?? value);
    showSession();
  } catch (failure) {
    showMessage(`${(failure as Error).message} Requests are sent without a token.`);
  }
}

function useToken(form: HTMLFormElement): void {
  const token = new FormData(form).get('token');
  const text = typeof token === 'string' ? token.trim().replace(/^bearer\s+/i, '') : '';
  storeSession(text === '' ? undefined : { token: text });
  form.reset();
  showSession();
}

function showSession(): void {
  const session = readSession();
  const masked = maskedHeader();
  const [line, code] = [document.getElementById('authorization'), document.getElementById('masked-header')];
  if (line) line.hidden = masked === undefined;
  if (code) code.textContent = masked ?? '';
  showMessage(sessionMessage(session));
  for (const radio of document.querySelectorAll<HTMLInputElement>('#callers input'))
    radio.checked = radio.value === (session?.caller?.value ?? '');
}

function sessionMessage(session: Session | undefined): string {
  if (!session) return document.getElementById('session')?.dataset['none'] ?? '';
  return session.caller ? `Signed in as ${session.caller.name}.` : 'Signed in with the pasted token.';
}

function showMessage(text: string): void {
  const message = document.getElementById('session');
  if (message) message.textContent = text;
}

async function copyHeader(): Promise<void> {
  const label = document.getElementById('copy-header')?.firstChild;
  await navigator.clipboard.writeText(`authorization: ${sessionHeaders()['authorization'] ?? ''}`).then(
    () => label && (label.textContent = 'Copied'),
    () => label && (label.textContent = 'Copying failed'),
  );
  setTimeout(() => label && (label.textContent = 'Copy'), 2_000);
}
