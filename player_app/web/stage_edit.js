// One's own line, said differently in the place where it stands.
function editNote(turn) {
  return counted(laterTurns(turn), say('turning.edit_goes'), say('turning.edit_goes_one'), 'turning.edit_goes_many');
}

function beginEdit(turn) {
  const before = now.editing;
  now.editing = { turn: turn.id };
  now.stick = false;
  if (before) showTurns();
  const row = flow.querySelector('[data-turn="' + CSS.escape(turn.id) + '"]');
  if (!row) return;
  showMine(row, turn);
  const box = find('.mine textarea', row);
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

function leaveEdit() {
  const row = now.editing && flow.querySelector('[data-turn="' + CSS.escape(now.editing.turn) + '"]');
  now.editing = null;
  showTurns();
  const back = row && [...row.querySelectorAll('.pencil, [data-name=more]')].find((one) => one.offsetParent);
  (back || ground).focus({ preventScroll: true });
}

async function saveEdit(turn, box, problem) {
  const text = box.value.trim();
  if (!text || Array.from(text).length > LIMIT) return;
  if (text === turn.line.text) { leaveEdit(); return; }
  problem.textContent = '';
  try {
    const accepted = await wish('edit ' + turn.id + ' ' + text, (id) => ask('POST', '/api/v1/chat/turns/' + turn.id + '/edit', { client_id: id, text }));
    now.changes += 1;
    now.editing = null;
    const fresh = { id: accepted.turn_id, seq: turn.seq, state: 'accepted', care: accepted.care, line: { text }, reply: null, takes: [], inherited: false };
    now.view.turns = [...now.view.turns.filter((one) => one.seq < turn.seq), fresh];
    now.stick = true;
    followTurn(accepted.turn_id);
    toEnd();
    ground.focus({ preventScroll: true });
    refresh();
  } catch (refused) {
    problem.textContent = refused.message;
  }
}

function editForm(turn) {
  const id = 'edit-' + turn.id;
  const box = make('textarea', { id, rows: 1, maxlength: LIMIT, enterkeyhint: 'done' });
  box.value = turn.line.text;
  const problem = make('p', { class: 'trouble', role: 'alert' });
  const save = () => saveEdit(turnOf(turn.id) || turn, box, problem);
  const form = make('form', { class: 'edit' },
    make('label', { class: 'sr', for: id, text: say('turning.edit_label') }), box,
    make('p', { class: 'fate', text: editNote(turn) }), problem,
    make('div', { class: 'row' },
      make('button', { type: 'submit', class: 'strong', text: say('turning.save') }),
      make('button', { type: 'button', class: 'plain', text: say('turning.leave'), on: { click: leaveEdit } }),
      make('small', { class: 'keys', text: say('turning.edit_keys') })));
  form.addEventListener('submit', (event) => { event.preventDefault(); save(); });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); leaveEdit(); }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    save();
  });
  return form;
}

/** The line as it was said, or the form in its place while it is being said differently. */
function showMine(row, turn) {
  const mine = find('.mine', row);
  mine.hidden = !turn.line;
  find('.own', row).hidden = !turn.line;
  if (!turn.line) return;
  find('.pencil', row).hidden = turn.inherited || isRunning(turn) || withdrawn();
  const form = find('form', mine);
  if (now.editing && now.editing.turn === turn.id) {
    if (!form) mine.replaceChildren(editForm(turn));
    return;
  }
  if (form) mine.replaceChildren();
  paint(mine, turn.line.text);
}
