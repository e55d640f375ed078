/**
 * GraphiQL marks its tabs with `role="tab"` but puts buttons inside, which screen readers cannot reach. This turns them
 * into a plain list of buttons with `aria-current`.
 */
export function makeTabsReachable(container: Element): void {
  const repair = (): void => {
    for (const list of container.querySelectorAll('[role=tablist]')) list.removeAttribute('role');
    for (const tab of container.querySelectorAll('[role=tab], li[aria-selected]')) makeReachable(tab);
  };
  const options = { subtree: true, childList: true, attributeFilter: ['role', 'aria-selected'] };
  new MutationObserver(repair).observe(container, options);
}

function makeReachable(tab: Element): void {
  tab.querySelector('button')?.setAttribute('aria-current', tab.getAttribute('aria-selected') ?? 'false');
  for (const name of ['role', 'aria-selected']) tab.removeAttribute(name);
}
