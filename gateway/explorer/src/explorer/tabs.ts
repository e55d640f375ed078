/**
 * The explorer's tabs are marked up as tabs that hold buttons, which a screen reader cannot reach. They become what
 * they are: a list of buttons, one of them current.
 */
export function makeTabsReachable(place: Element): void {
  const repair = (): void => {
    for (const list of place.querySelectorAll('[role=tablist]')) list.removeAttribute('role');
    for (const tab of place.querySelectorAll('[role=tab], li[aria-selected]')) makeReachable(tab);
  };
  const options = { subtree: true, childList: true, attributeFilter: ['role', 'aria-selected'] };
  new MutationObserver(repair).observe(place, options);
}

function makeReachable(tab: Element): void {
  tab.querySelector('button')?.setAttribute('aria-current', tab.getAttribute('aria-selected') ?? 'false');
  for (const name of ['role', 'aria-selected']) tab.removeAttribute(name);
}
