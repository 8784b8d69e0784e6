// Under a reply: another take, leafing, thumbs and a note. What one gives is kept by the house, not by this page.
const SPOKEN = ['complete', 'partial', 'stopped'];

function showTools(box, turn, isLast) {
  const live = isRunning(turn) || isWaiting(turn.state);
  const { reply } = turn;
  const given = reply ? reply.feedback || null : null;
  const note = reply ? now.notes.get(reply.take_id) : undefined;
  const shape = JSON.stringify([live, isLast, reply && reply.take_id, given, turn.takes, note && note.stage, turn.state, Boolean(now.view.ending && now.view.ending.kind === 'withdrawn')]);
  if (box.dataset.shape === shape) return;
  box.dataset.shape = shape;
  const held = document.activeElement && box.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  box.replaceChildren();
  if (live) return;
  if (isLast && turn.seq > 0) box.append(...takeTools(turn));
  if (reply) box.append(...thumbs(turn, given, note));
  if (held) box.querySelector('[data-name="' + held + '"]')?.focus();
}

function takeTools(turn) {
  const again = signButton('again', say('stage.another_take'), () => anotherTake(turn), { 'data-name': 'again' });
  if (!turn.reply) return [make('button', { type: 'button', class: 'plain', text: say('play.again'), 'data-name': 'again', on: { click: () => anotherTake(turn) } })];
  const takes = turn.takes.filter((one) => SPOKEN.includes(one.state));
  if (takes.length < 2) return [again];
  const at = takes.findIndex((one) => one.chosen);
  const step = (by, name, label) => signButton(name, label, () => leaf(turn, takes[at + by]), { 'data-name': name, disabled: !takes[at + by] });
  return [again, make('span', { class: 'leaf', role: 'group', 'aria-label': say('stage.takes') },
    step(-1, 'back', say('stage.take_before')),
    make('span', { class: 'number', text: say('stage.take_of', { number: at + 1, count: takes.length }) }),
    step(1, 'on', say('stage.take_after')))];
}

async function anotherTake(turn) {
  trouble();
  try {
    const words = flow.querySelector('[data-turn="' + CSS.escape(turn.id) + '"] .words');
    words.style.minHeight = words.offsetHeight + 'px';
    await wish('again ' + turn.id, (id) => ask('POST', '/api/v1/chat/turns/' + turn.id + '/regenerate', { client_id: id }));
    now.changes += 1;
    turn.state = 'speaking';
    followTurn(turn.id);
  } catch (refused) {
    trouble(refused.message);
    refresh();
  }
}

async function leaf(turn, take) {
  if (!take) return;
  trouble();
  try {
    await ask('POST', '/api/v1/chat/turns/' + turn.id + '/choose', { take_id: take.id });
    now.changes += 1;
  } catch (refused) {
    trouble(refused.message);
  }
  await refresh();
  find('.said').textContent = spoken(now.view.turns.at(-1).reply?.text || '');
}

function thumbs(turn, given, note) {
  const thumb = given ? given.thumb : null;
  const one = (way, label) => signButton(way, label, () => giveThumb(turn, way), { class: 'tool thumb ' + way, 'aria-pressed': String(thumb === way), 'data-name': way });
  const made = [make('span', { class: 'thumbs' }, one('up', say('stage.good')), one('down', say('stage.bad')))];
  if (note && note.stage === 'writing') made.push(noteForm(turn, given));
  if (note && note.said) made.push(make('p', { class: 'arrived' + (note.stage === 'refused' ? ' bad' : ''), role: 'status', text: note.said }));
  return made;
}

async function give(turn, thumb, words, stage, sentence) {
  const take = turn.reply.take_id;
  try {
    await ask('PUT', '/api/v1/chat/takes/' + take + '/feedback', { thumb, note: words });
    now.changes += 1;
    for (const one of [turn, turnOf(turn.id)]) if (one && one.reply && one.reply.take_id === take) one.reply.feedback = thumb || words ? { thumb, note: words } : null;
    now.notes.set(take, { stage, said: sentence, words });
  } catch (refused) {
    now.notes.set(take, { stage: 'refused', said: refused.message, words });
  }
  showTurns();
}

/** A thumb counts at once; the form for a note opens with it. The same thumb again takes both away. */
function giveThumb(turn, way) {
  const before = turn.reply.feedback;
  if (before && before.thumb === way) return give(turn, null, '', 'none', say('stage.thumb_away'));
  return give(turn, way, before ? before.note : '', 'writing', say('stage.thumb_arrived'));
}

function noteForm(turn, given) {
  const take = turn.reply.take_id;
  const id = 'note-' + take;
  const field = make('textarea', { id, rows: 2, maxlength: 1000, placeholder: say('stage.note_hint'), 'data-name': 'note' });
  field.value = (now.notes.get(take) || {}).draft || given?.note || '';
  field.addEventListener('input', () => { now.notes.get(take).draft = field.value; });
  const close = () => { now.notes.set(take, { stage: 'closed' }); showTurns(); };
  const form = make('form', { class: 'note' },
    make('label', { for: id, text: say('stage.note_label') }), field,
    make('div', { class: 'row' },
      make('button', { type: 'submit', class: 'strong', text: say('stage.note_send') }),
      make('button', { type: 'button', class: 'plain', text: say('stage.note_cancel'), on: { click: close } })));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    give(turn, given ? given.thumb : null, field.value.trim(), 'sent', say('stage.note_arrived'));
  });
  form.addEventListener('keydown', (event) => { if (event.key === 'Escape') { event.stopPropagation(); close(); } });
  return form;
}
