// Under a reply: another take, leafing, thumbs, a note, and the menu of the turn. What one gives is kept by the house, not by this page.
const SPOKEN = ['complete', 'partial', 'stopped'];

function showTools(box, turn, isLast) {
  const live = isRunning(turn) || isWaiting(turn.state);
  const { reply } = turn;
  const given = reply ? reply.feedback || null : null;
  const note = reply ? now.notes.get(reply.take_id) : undefined;
  const told = [live, isLast, reply && reply.take_id, given, turn.takes, note && note.stage, turn.state, turn.inherited, withdrawn(), laterTurns(turn)];
  const shape = JSON.stringify(told);
  if (box.dataset.shape === shape) return;
  box.dataset.shape = shape;
  const held = document.activeElement && box.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  box.replaceChildren();
  if (live) return;
  if (turn.seq > 0 && !turn.inherited && !withdrawn()) box.append(...takeTools(turn, isLast));
  const more = turnItems(turn.id).length ? moreButton(say('turning.menu'), () => turnItems(turn.id)) : null;
  if (reply) box.append(...thumbs(turn, given, note, more));
  else if (more) box.append(more);
  if (held) box.querySelector('[data-name="' + held + '"]')?.focus();
}

/** Another take stands open at the last turn only; at earlier ones it is in the menu, with what goes for it. */
function takeTools(turn, isLast) {
  const speak = (verb) => once(() => speakAgain(turn, verb));
  const plain = (verb, name, key) => make('button', { type: 'button', class: 'plain', text: say(key), 'data-name': name, on: { click: speak(verb) } });
  if (!turn.reply) return isLast ? [plain('regenerate', 'again', 'play.again')] : [];
  const isBroken = turn.state === 'partial' || turn.state === 'stopped';
  return [
    isLast && isBroken && plain('continue', 'go-on', 'turning.go_on'),
    isLast && signButton('again', say('stage.another_take'), speak('regenerate'), { 'data-name': 'again' }),
    leafOf(turn),
  ].filter(Boolean);
}

function leafOf(turn) {
  const takes = turn.takes.filter((one) => SPOKEN.includes(one.state));
  if (takes.length < 2) return null;
  const at = takes.findIndex((one) => one.chosen);
  const goes = goesWith(turn);
  const step = (by, name, label) => signButton(name, label, () => leaf(turn, takes[at + by]), { 'data-name': name, disabled: !takes[at + by], ...(goes && { title: label + '. ' + goes }) });
  return make('span', { class: 'leaf', role: 'group', 'aria-label': say('stage.takes') },
    step(-1, 'back', say('stage.take_before')),
    make('span', { class: 'number', text: say('stage.take_of', { number: at + 1, count: takes.length }) }),
    step(1, 'on', say('stage.take_after')));
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
  tell(spoken(now.view.turns.at(-1).reply?.text || ''));
}

function thumbs(turn, given, note, more) {
  const thumb = given ? given.thumb : null;
  const one = (way, label) => signButton(way, label, once(() => giveThumb(turn, way)), { class: 'tool thumb ' + way, 'aria-pressed': String(thumb === way), 'data-name': way });
  const made = [make('span', { class: 'thumbs' }, one('up', say('stage.good')), one('down', say('stage.bad'))), more].filter(Boolean);
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
