// What the character remembers: a drawer in which it is read, searched, and set right by hand.
const drawer = find('.memories');
const mind = { list: [], more: false, query: '', look: 0, open: '', mode: '', sources: new Map(), draft: null, problem: '' };
const KINDS = { fact: 'remembered.fact', preference: 'remembered.preference', emotion: 'remembered.emotion', event: 'remembered.event', relationship: 'remembered.relationship', goal: 'remembered.goal', line: 'remembered.line' };
const memoryPath = (id = '', more = '') => '/api/v1/memories' + (id ? '/' + encodeURIComponent(id) : '') + more + '?session=' + encodeURIComponent(now.session);

function openMemories() {
  if (!now.view) return;
  Object.assign(mind, { query: '', open: '', mode: '' });
  mind.sources.clear();
  find('#memories-title').textContent = say('remembered.open', { name: now.view.character.name });
  find('#memories-look').value = '';
  drawer.showModal();
  lookAtMemories();
}

/** Read the list anew, or go on with it; an answer to an older question is not shown. */
async function lookAtMemories(goesOn = false) {
  mind.look += 1;
  const look = mind.look;
  const query = mind.query ? '&q=' + encodeURIComponent(mind.query) : '&offset=' + (goesOn ? mind.list.length : 0);
  drawer.setAttribute('aria-busy', 'true');
  try {
    const found = await ask('GET', memoryPath() + query);
    if (look !== mind.look) return;
    mind.list = goesOn ? [...mind.list, ...found.memories] : found.memories;
    Object.assign(mind, { more: found.more, problem: '' });
  } catch (refused) {
    if (look !== mind.look) return;
    mind.problem = refused.message;
  }
  drawer.setAttribute('aria-busy', 'false');
  showMemories();
}

function showMemories(said = '') {
  const held = drawer.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  find('.trouble', drawer).textContent = mind.problem;
  find('.list', drawer).replaceChildren(...mind.list.map(memoryRow));
  const isEmpty = !mind.list.length && !mind.problem;
  find('.empty', drawer).hidden = !isEmpty;
  find('.empty', drawer).textContent = say(mind.query ? 'remembered.found_none' : 'remembered.empty', { name: now.view.character.name });
  find('.more', drawer).hidden = !mind.more;
  if (held) drawer.querySelector('[data-name="' + CSS.escape(held) + '"]')?.focus({ preventScroll: true });
  if (said) find('.told', drawer).textContent = said;
}

function dots(importance) {
  const level = importance >= 0.7 ? 3 : importance >= 0.4 ? 2 : 1;
  const label = say(['remembered.minor', 'remembered.middling', 'remembered.major'][level - 1]);
  return make('span', { class: 'dots-' + level + ' importance', role: 'img', 'aria-label': label, title: label }, make('i'), make('i'), make('i'));
}

function memoryRow(one) {
  const isOpen = mind.open === one.id;
  const isLine = one.kind === 'line';
  const meta = make('span', { class: 'meta' },
    make('span', { text: isLine ? say('remembered.line', { name: one.subject }) : say(KINDS[one.kind] || 'remembered.fact') }),
    !isLine && dots(one.importance),
    one.pinned && make('span', { class: 'pinned' }, sign('pin'), make('span', { text: say('remembered.pinned') })),
    make('time', { datetime: one.said_at, text: when(one.said_at) }));
  const text = make('span', { class: 'text', text: isLine ? spoken(one.text) : one.text });
  if (isLine) return make('li', { class: 'memory raw' }, text, meta);
  const head = make('button', { type: 'button', class: 'head', 'aria-expanded': String(isOpen), 'data-name': 'head-' + one.id, on: { click: () => openMemory(one) } }, text, meta);
  return make('li', { class: 'memory', 'data-memory': one.id }, head, isOpen && memoryBody(one));
}

async function openMemory(one) {
  const wasOpen = mind.open === one.id;
  Object.assign(mind, { open: wasOpen ? '' : one.id, mode: '' });
  showMemories();
  if (wasOpen) return;
  try {
    mind.sources.set(one.id, await ask('GET', memoryPath(one.id)));
  } catch (refused) {
    mind.problem = refused.message;
  }
  if (mind.open === one.id) showMemories();
}

function originOf(source) {
  if (source.by_hand) return make('p', { text: say('remembered.by_hand') });
  if (!source.line) return make('p', { text: say('remembered.no_line') });
  return make('div', {}, make('p', { text: say('remembered.from') }), make('blockquote', { text: spoken(source.line) }));
}

function watchMemories() {
  let pause = 0;
  find('.close', drawer).append(sign('close'));
  find('.close', drawer).setAttribute('aria-label', say('stage.close'));
  find('.close', drawer).addEventListener('click', () => drawer.close());
  find('.look label', drawer).textContent = say('remembered.search');
  find('#memories-look').placeholder = say('remembered.search');
  find('.more', drawer).textContent = say('remembered.more');
  find('.more', drawer).addEventListener('click', () => lookAtMemories(true));
  drawer.addEventListener('click', (event) => event.target === drawer && drawer.close());
  find('.look', drawer).addEventListener('submit', (event) => event.preventDefault());
  find('#memories-look').addEventListener('input', (event) => {
    clearTimeout(pause);
    pause = setTimeout(() => { Object.assign(mind, { query: event.target.value.trim(), open: '' }); lookAtMemories(); }, 250);
  });
}
