// The head of the stage: its menu, and the tellings of this episode.

/** The tellings in the order in which they began: ids sort by time. */
const tellings = () => [...now.view.tellings].sort((one, other) => (one.session_id < other.session_id ? -1 : 1));

function showTellings() {
  const all = tellings();
  const button = find('.telling');
  button.hidden = all.length < 2;
  const number = all.findIndex((one) => one.is_this) + 1;
  find('.wide', button).textContent = say('turning.telling', { number, count: all.length });
}

function tellingItems() {
  return tellings().map((one, index) => ({
    label: say('turning.telling_row', { number: index + 1 }),
    note: say('turning.telling_note', { count: one.lines, when: when(one.last_at) }),
    isHere: one.is_this,
    does: () => one.is_this || location.assign('/play/stage?session=' + encodeURIComponent(one.session_id)),
  }));
}

function headItems() {
  if (!now.view) return [];
  const { undo: back, redo: again, character } = now.view;
  return [
    undoItem('turning.undo', back, undo),
    undoItem('turning.redo', again, redo),
    { label: say('remembered.open', { name: character.name }), does: openMemories },
    { label: say('play.your_data'), does: () => location.assign('/me') },
  ].filter(Boolean);
}

/** The thin mark where this telling begins: under the last turn that it shares with another. */
function showBeginning(row, turn) {
  const { turns } = now.view;
  const next = turns[turns.indexOf(turn) + 1];
  find('.begins', row).hidden = !turn.inherited || Boolean(next && next.inherited);
}

function dressHead() {
  const telling = find('.telling');
  telling.append(make('span', { class: 'wide' }), sign('on'));
  telling.addEventListener('click', () => openMenu(telling, say('turning.tellings'), tellingItems()));
  find('.recall').append(sign('mind'));
  find('.recall').addEventListener('click', openMemories);
  find('.bar .hands').append(moreButton(say('turning.stage_menu'), headItems));
}

function showHead() {
  const label = say('remembered.open', { name: now.view.character.name });
  find('.recall').setAttribute('aria-label', label);
  find('.recall').title = label;
  find('.recall').hidden = false;
  showTellings();
}
