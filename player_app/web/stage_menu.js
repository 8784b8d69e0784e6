// A small menu: one for the whole stage, shown above everything beside the button that opened it.
const menu = find('.menu');
let opener = null;

/** A moment as people write it, short. */
const when = (at) => new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function closeMenu(isBack = true) {
  if (!opener) return;
  const from = opener;
  opener = null;
  from.setAttribute('aria-expanded', 'false');
  menu.hidePopover();
  if (isBack) (from.isConnected ? from : ground).focus({ preventScroll: true });
}

/** An item: `label` and what it `does`; a `note` says what follows from it, `isHere` marks the one that holds now. */
function menuItem(item) {
  const role = item.isHere === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': String(item.isHere) };
  const choose = once(() => { closeMenu(); item.does(); });
  return make('button', { type: 'button', tabindex: -1, ...role, on: { click: choose } },
    make('span', { text: item.label }), item.note && make('small', { text: item.note }));
}

function placeMenu(button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4;
  menu.style.left = Math.max(8, Math.min(at.right - width, innerWidth - width - 8)) + 'px';
  menu.style.top = (below + height > innerHeight - 8 ? Math.max(8, at.top - height - 4) : below) + 'px';
}

function openMenu(button, label, items) {
  if (opener === button) { closeMenu(); return; }
  closeMenu(false);
  if (!items.length) return;
  opener = button;
  button.setAttribute('aria-expanded', 'true');
  menu.setAttribute('aria-label', label);
  menu.replaceChildren(...items.map(menuItem));
  menu.showPopover();
  placeMenu(button);
  (menu.querySelector('[aria-checked=true]') || menu.firstElementChild).focus({ preventScroll: true });
}

/** A button of three dots that opens a menu; what stands in it is asked for when it opens. */
function moreButton(label, items, more = {}) {
  const button = signButton('more', label, () => openMenu(button, label, items()), { 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'data-name': 'more', ...more });
  return button;
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function watchMenu() {
  menu.addEventListener('keydown', (event) => {
    const items = [...menu.children];
    const at = items.indexOf(document.activeElement);
    const wanted = event.key in STEPS ? at + STEPS[event.key] : event.key === 'Home' ? 0 : event.key === 'End' ? -1 : null;
    if (wanted !== null) { event.preventDefault(); items.at(wanted % items.length).focus(); }
    if (event.key === 'Escape' || event.key === 'Tab') { event.preventDefault(); event.stopPropagation(); closeMenu(); }
  });
  document.addEventListener('pointerdown', (event) => {
    if (opener && !menu.contains(event.target) && !opener.contains(event.target)) closeMenu(false);
  });
  // The ground moves while a reply is coming: the menu goes with its button for as long as that can be seen.
  ground.addEventListener('scroll', () => {
    const at = opener && opener.getBoundingClientRect();
    if (at) at.bottom > 0 && at.top < innerHeight && opener.isConnected ? placeMenu(opener) : closeMenu();
  }, { passive: true });
  window.addEventListener('resize', () => closeMenu(false));
}
