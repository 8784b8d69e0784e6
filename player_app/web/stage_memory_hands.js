// What one does to a memory by hand: pin it, put it right, forget it for good.
function memoryBody(one) {
  const source = mind.sources.get(one.id);
  if (!source) return make('div', { class: 'body', 'aria-busy': 'true' });
  const used = source.used === 0 ? say('remembered.used_none') : source.used === 1 ? say('remembered.used_one') : say('remembered.used', { count: source.used });
  const hands = mind.mode === 'correct' ? correction(one) : mind.mode === 'forget' ? forgetting(one) : handsOf(one);
  return make('div', { class: 'body' }, originOf(source), make('p', { class: 'used', text: used }), hands);
}

function turnTo(mode, name) {
  Object.assign(mind, { mode, draft: null });
  showMemories();
  drawer.querySelector('[data-name="' + name + '"]')?.focus();
}

function hand(key, does, more = {}) {
  return make('button', { type: 'button', class: 'plain', text: say(key), 'data-name': key, on: { click: once(does) }, ...more });
}

function handsOf(one) {
  return make('div', { class: 'row' },
    hand(one.pinned ? 'remembered.unpin' : 'remembered.pin', () => pinMemory(one), { 'data-name': 'pin', title: say('remembered.pin_hint') }),
    hand('remembered.correct', () => turnTo('correct', 'right')),
    hand('remembered.forget', () => turnTo('forget', 'remembered.forget_no')));
}

/** Do it, then show the list as it is; a refusal is said above it. */
async function byHand(does, said) {
  mind.problem = '';
  try {
    await does();
    mind.mode = '';
    showMemories(say(said));
  } catch (refused) {
    mind.problem = refused.message;
    showMemories();
  }
}

function pinMemory(one) {
  return byHand(async () => {
    const source = await ask('POST', memoryPath(one.id, '/pin'), { pinned: !one.pinned });
    mind.sources.set(one.id, source);
    one.pinned = source.pinned;
  }, one.pinned ? 'remembered.unpinned_told' : 'remembered.pinned_told');
}

function correction(one) {
  const id = 'right-' + one.id;
  const box = make('textarea', { id, rows: 2, maxlength: 300, 'data-name': 'right' });
  box.value = mind.draft ?? one.text;
  box.addEventListener('input', () => { mind.draft = box.value; });
  const leave = () => turnTo('', 'remembered.correct');
  const save = () => {
    const text = box.value.trim();
    if (!text || text === one.text) { leave(); return; }
    byHand(async () => {
      const fresh = await ask('PUT', memoryPath(one.id), { text });
      mind.sources.set(fresh.id, fresh);
      mind.open = fresh.id;
      mind.mode = '';
      await lookAtMemories();
      drawer.querySelector('[data-name="head-' + CSS.escape(fresh.id) + '"]')?.focus();
    }, 'remembered.corrected_told');
  };
  const form = make('form', { class: 'right' },
    make('label', { for: id, text: say('remembered.correct_label') }), box,
    make('div', { class: 'row' },
      make('button', { type: 'submit', class: 'strong', text: say('turning.save') }),
      make('button', { type: 'button', class: 'plain', text: say('turning.leave'), on: { click: leave } })));
  form.addEventListener('submit', (event) => { event.preventDefault(); save(); });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); leave(); }
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); save(); }
  });
  return form;
}

function forgetting(one) {
  const forget = () => byHand(async () => {
    await ask('DELETE', memoryPath(one.id));
    mind.list = mind.list.filter((other) => other !== one);
    mind.open = '';
    find('#memories-look').focus({ preventScroll: true });
  }, 'remembered.forgotten_told');
  return make('div', { class: 'final', role: 'alertdialog', 'aria-label': say('remembered.forget') },
    make('p', { text: say('remembered.forget_ask', { name: now.view.character.name }) }),
    make('div', { class: 'row' },
      hand('remembered.forget_yes', forget, { class: 'plain bad' }),
      hand('remembered.forget_no', () => turnTo('', 'remembered.forget'))));
}
