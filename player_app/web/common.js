// Shared by lobby and stage: words, elements made without markup, the API, and what the browser keeps.
const WORDS = props.value.words;

/** The words of a key; {slots} are filled once, and what fills them is never looked at again. */
function say(key, slots = {}) {
  return WORDS[key].replace(/\{([a-z_]+)\}/g, (all, name) => (name in slots ? String(slots[name]) : all));
}

const find = (selector, from = element) => from.querySelector(selector);
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** Only addresses of this server reach an attribute: pictures by signed links, and pages that we name ourselves. */
const OWN = /^\/(?:media|play|hello|studio|api)\/[\w\-.~%/?=&+:]*$/;
const own = (address) => (typeof address === 'string' && OWN.test(address) ? address : '');

/** An element; `text` is text, `on` are listeners, `href` and `src` pass `own`, the rest are attributes. */
function make(tag, given = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'text') made.textContent = value;
    else if (name === 'on') for (const [event, does] of Object.entries(value)) made.addEventListener(event, does);
    else made.setAttribute(name, name === 'href' || name === 'src' ? own(value) : value === true ? '' : String(value));
  }
  made.append(...inside.filter(Boolean));
  return made;
}

const SIGNS = {
  back: 'M15 5l-7 7 7 7', on: 'M9 5l7 7-7 7', send: 'M12 19V5M5.5 11.5L12 5l6.5 6.5', close: 'M6 6l12 12M18 6L6 18',
  again: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 4v4.5H15', stop: 'M8 8h8v8H8z',
  up: 'M7 11v9H4v-9zM7 11l4-7.5c1.6 0 2.5 1.1 2.2 2.7L12.600 9.500H18a2 2 0 0 1 2 2.4l-1.300 6.300a2.300 2.300 0 0 1-2.300 1.800H7',
  down: 'M7 13V4H4v9zM7 13l4 7.500c1.600 0 2.500-1.100 2.200-2.700L12.600 14.500H18a2 2 0 0 0 2-2.400l-1.300-6.300A2.300 2.300 0 0 0 16.400 4H7',
  picture: 'M4 5.500h16v13H4zM4 15.500l4.500-4 3.500 3 3-2.500 5 4M15.500 9.200h.01', link: 'M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1',
  person: 'M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500a7.500 7.500 0 0 1 15 0',
  more: 'M5.500 12h.01M12 12h.01M18.500 12h.01', pencil: 'M4 20l1-4.500L15.500 5 19 8.500 8.500 19zM13.500 7l3.500 3.500', pin: 'M9 4h6l-1 6 3 3.500H7L10 10zM12 13.500V20',
  mind: 'M9 20v-3H7.500a2 2 0 0 1-2-2v-2L4 12l1.500-2.500A6.500 6.500 0 0 1 12 4a6.500 6.500 0 0 1 4 11.600V20M9.500 10.500h.01M12.500 10.500h.01',
  look: 'M11 4.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM16 16l4.500 4.500',
};

/** A small drawn sign; decoration only, so that a label stands beside it. */
function sign(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const path = document.createElementNS(space, 'path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'sign' })) svg.setAttribute(key, value);
  path.setAttribute('d', SIGNS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows a sign and says its name to whoever cannot see it. */
function signButton(name, label, does, more = {}) {
  return make('button', { type: 'button', class: 'tool', 'aria-label': label, title: label, on: { click: does }, ...more }, sign(name));
}

/** The second click of a double click means no more than the first did; where each one counts, this is not used. */
const once = (does) => (event) => { if (event.detail < 2) does(event); };

/** A double click whose second click meets another button than the first, because the page moved, is not meant for it. */
function guardDoubleClicks() {
  let first = null;
  element.addEventListener('click', (event) => {
    const hit = event.target.closest('button, a');
    const isSame = hit === first || (hit && first && hit.dataset.name && hit.dataset.name === first.dataset.name);
    if (event.detail < 2) first = hit;
    else if (!isSame) { event.preventDefault(); event.stopPropagation(); }
  }, true);
}

class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** Ask the API. Raises Refused: with the API's sentence, or with status 0 when nobody answered. */
async function ask(method, path, body) {
  let answer;
  try {
    const given = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    answer = await fetch(path, { method, signal: AbortSignal.timeout(20000), ...given });
  } catch {
    throw new Refused(0, say('play.trouble'));
  }
  if (answer.status === 401) location.assign('/hello?next=' + encodeURIComponent(location.pathname + location.search));
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, found.error || say('play.trouble'));
  return found;
}

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, '0')).join('');
const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** What this browser keeps for us; a browser that keeps nothing is no fault. */
const kept = {
  read(key) { try { return localStorage.getItem('coldopen.' + key); } catch { return null; } },
  write(key, value) {
    try { value ? localStorage.setItem('coldopen.' + key, value) : localStorage.removeItem('coldopen.' + key); } catch { /* full or closed */ }
  },
};

/** A portrait, or the first letter of the name where there is none. */
function portrait(picture, name, alt) {
  const letter = () => make('span', { class: 'letter', 'aria-hidden': 'true', text: Array.from(name)[0] || '' });
  if (!own(picture)) return letter();
  const image = make('img', { src: picture, alt, decoding: 'async', width: 1024, height: 1024 });
  image.addEventListener('error', () => image.replaceWith(letter()));
  return image;
}
