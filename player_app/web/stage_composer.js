// The composer: a line is shown at once, kept until the house has it, and sent again under the same id.
const field = find('#stage-line');
const LIMIT = 4000;
const TOLD_FROM = 3600;

function fitField() {
  field.style.height = 'auto';
  field.style.height = Math.min(field.scrollHeight, Math.round(innerHeight * 0.3)) + 'px';
  const length = Array.from(field.value).length;
  const counter = find('.counter');
  counter.textContent = length >= TOLD_FROM ? say('stage.counter', { count: length, limit: LIMIT }) : '';
  counter.classList.toggle('bad', length > LIMIT);
  showComposer();
}

function showComposer() {
  const go = find('.go');
  const busy = now.running !== null;
  const wanted = busy ? 'stop' : 'send';
  if (go.dataset.does !== wanted) {
    go.dataset.does = wanted;
    go.setAttribute('aria-label', say('stage.' + wanted));
    go.title = say('stage.' + wanted);
    go.replaceChildren(sign(wanted));
  }
  go.disabled = !busy && (!field.value.trim() || Array.from(field.value).length > LIMIT);
  if (now.view) field.placeholder = say('stage.say_to', { name: now.view.character.name });
}

function showStarters() {
  const box = find('.starters');
  const { starter_lines: lines, played, ending } = now.view;
  const wanted = !ending && played === 0 && !now.pending.length ? lines : [];
  if (box.childElementCount === wanted.length && box.dataset.of === now.session) return;
  box.dataset.of = now.session;
  box.replaceChildren(...wanted.map((text) => make('button', { type: 'button', class: 'starter', text, on: { click: () => send(text) } })));
}

function keepPending() {
  kept.write(key('unsent'), now.pending.length ? JSON.stringify(now.pending.map(({ client_id, text }) => ({ client_id, text }))) : '');
}

function send(text) {
  trouble();
  const one = { client_id: newId(), text, state: 'sending' };
  now.pending.push(one);
  keepPending();
  now.stick = true;
  showTurns();
  showStarters();
  toEnd();
  return deliver(one);
}

/** Bring a line to the house. Nobody answering is tried three times; a refusal is said beside the line. */
async function deliver(one) {
  one.state = 'sending';
  showTurns();
  for (const pause of [0, 700, 2500]) {
    await after(pause);
    try {
      const accepted = await ask('POST', path('/lines'), { client_id: one.client_id, text: one.text });
      return arrived(one, accepted);
    } catch (refused) {
      one.why = refused.status === 0 ? '' : refused.message;
      if (refused.status !== 0) break;
    }
  }
  one.state = 'unsent';
  showTurns();
  return undefined;
}

function arrived(one, accepted) {
  now.changes += 1;
  now.pending = now.pending.filter((other) => other !== one);
  keepPending();
  if (!turnOf(accepted.turn_id)) {
    const { turns } = now.view;
    turns.push({ id: accepted.turn_id, seq: turns.at(-1).seq + 1, state: 'accepted', care: accepted.care, line: { text: one.text }, reply: null, takes: [] });
    now.view.played += 1;
    showBar();
  }
  showStarters();
  followTurn(accepted.turn_id);
}

/** The line comes back into the box, in front of what is there. */
function takeBack(one) {
  now.pending = now.pending.filter((other) => other !== one);
  keepPending();
  field.value = one.text + (field.value ? '\n' + field.value : '');
  keepDraft();
  showTurns();
  showStarters();
  fitField();
  field.focus();
}

function keepDraft() { kept.write(key('draft'), field.value); }

function submit() {
  const text = field.value.trim();
  if (!text || Array.from(text).length > LIMIT) return;
  if (!now.view) { now.eager = true; return; } // the stage is still opening: it is sent as soon as it stands
  if (now.running || now.pending.some((one) => one.state === 'sending')) { trouble(say('stage.wait'), true); return; }
  field.value = '';
  keepDraft();
  fitField();
  send(text);
}

function watchComposer() {
  field.addEventListener('input', () => { keepDraft(); fitField(); });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  // Send has turned into Stop by the time of a double click's second click: that one is not meant.
  find('.go').addEventListener('click', (event) => { if (event.detail > 1) event.preventDefault(); });
  find('.composer').addEventListener('submit', (event) => { event.preventDefault(); now.running ? stopReply() : submit(); });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && now.running && !element.querySelector('dialog[open]')) stopReply();
    if (event.key === '/' && !typesText(event.target) && !event.ctrlKey && !event.metaKey) { event.preventDefault(); field.focus(); }
  });
}

function restoreComposer() {
  field.value = field.value || kept.read(key('draft')) || ''; // what was typed while the stage opened stays
  try {
    now.pending = JSON.parse(kept.read(key('unsent')) || '[]').map((one) => ({ ...one, state: 'sending' }));
  } catch { now.pending = []; }
  fitField();
}
