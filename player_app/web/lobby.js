// The lobby: who is on, where one was, and the way back from another browser.
const MANY = 8;
const list = find('.cards');

function dress() {
  find('.mark').textContent = say('front.title');
  find('h1').textContent = say('lobby.title');
  find('.return').setAttribute('aria-label', say('lobby.return_link'));
  find('.return').append(sign('link'), make('span', { text: say('lobby.return_link') }));
  find('.data').setAttribute('aria-label', say('play.your_data'));
  find('.data').append(sign('person'), make('span', { text: say('play.your_data') }));
  find('.search label').append(sign('look'), make('span', { class: 'sr', text: say('lobby.search') }));
  find('#lobby-search').placeholder = say('lobby.search');
  find('#return-title').textContent = say('lobby.return_title');
  find('.return-link p').textContent = say('lobby.return_text');
  find('.return-link .copy').textContent = say('lobby.copy');
  find('.return-link .close').textContent = say('lobby.close');
  find('.return-link input').setAttribute('aria-label', say('lobby.return_link'));
}

async function openReturnLink() {
  const dialog = find('.return-link');
  const shown = find('.told', dialog);
  shown.textContent = '';
  dialog.showModal();
  try {
    const link = await ask('GET', '/api/v1/people/me/return-link');
    find('input', dialog).value = location.origin + link.path;
    find('input', dialog).select();
  } catch (refused) {
    shown.textContent = refused.message;
  }
}

/** Copying needs a secure address; elsewhere the old way, and failing that the link stands there selected. */
async function copyReturnLink() {
  const field = find('.return-link input');
  field.select();
  let done = false;
  try {
    await navigator.clipboard.writeText(field.value);
    done = true;
  } catch {
    done = document.execCommand('copy');
  }
  if (done) find('.return-link .told').textContent = say('lobby.copied');
}

function search() {
  const wanted = find('#lobby-search').value.trim().toLocaleLowerCase();
  let found = 0;
  for (const card of list.children) {
    card.hidden = !card.dataset.words.includes(wanted);
    if (!card.hidden) found += 1;
  }
  const key = found === 0 ? 'lobby.found_none' : found === 1 ? 'lobby.found_one' : 'lobby.found';
  find('.found').textContent = say(key, { count: found });
  find('.found').classList.toggle('sr', found > 0);
}

let seen = '';

function showLobby(lobby) {
  const shape = JSON.stringify(lobby);
  if (shape === seen) return;
  seen = shape;
  const { characters } = lobby;
  find('.whose').textContent = lobby.name ? say('lobby.greeting', { name: lobby.name }) : '';
  find('.actor').hidden = !lobby.offline_actor;
  find('.actor').replaceChildren(
    make('span', { class: 'tag', text: say('play.offline_actor') }), make('span', { text: say('lobby.offline_text') }));
  find('.search').hidden = characters.length <= MANY;
  list.classList.remove('waiting');
  list.removeAttribute('aria-busy');
  list.replaceChildren(...(characters.length ? characters.map(cardOf) : [emptyHouse()]));
  if (!find('.search').hidden && find('#lobby-search').value) search();
}

async function openLobby() {
  try {
    showLobby(await ask('GET', '/api/v1/lobby'));
    find('.trouble').hidden = true;
  } catch (refused) {
    const again = make('button', { type: 'button', class: 'plain', text: say('play.again'), on: { click: openLobby } });
    find('.trouble').replaceChildren(make('p', { text: refused.message }), again);
    find('.trouble').hidden = false;
    if (!seen) list.classList.add('waiting');
  }
}

dress();
guardDoubleClicks();
find('.return').addEventListener('click', openReturnLink);
find('.return-link .copy').addEventListener('click', copyReturnLink);
find('.return-link .close').addEventListener('click', () => find('.return-link').close());
find('.return-link').addEventListener('click', (event) => event.target === event.currentTarget && event.target.close());
find('#lobby-search').addEventListener('input', search);
document.addEventListener('visibilitychange', () => document.hidden || openLobby());
window.addEventListener('pageshow', (event) => event.persisted && openLobby());
openLobby();
