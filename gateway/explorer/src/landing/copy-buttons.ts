/** Buttons with `data-copy` copy the text of the element with that id. */
export function enableCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]'))
    button.addEventListener('click', () => void copy(button));
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const text = document.getElementById(button.dataset['copy'] ?? '')?.textContent ?? '';
  const label = button.firstChild;
  if (!label) return;
  const before = label.textContent;
  await navigator.clipboard.writeText(text).then(
    () => (label.textContent = 'Copied'),
    () => (label.textContent = 'Copying failed'),
  );
  setTimeout(() => (label.textContent = before), 2_000);
}
