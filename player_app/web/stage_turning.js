// Turning back: earlier turns said, heard or left otherwise; what was taken back, and the way to undo it.
const withdrawn = () => Boolean(now.view.ending && now.view.ending.kind === 'withdrawn');
const laterTurns = (turn) => now.view.turns.filter((one) => one.seq > turn.seq && !one.inherited).length;
const counted = (count, none, one, many) => (count === 0 ? none : count === 1 ? one : say(many, { count }));
const goesWith = (turn) => counted(laterTurns(turn), '', say('turning.goes_one'), 'turning.goes');

/** What can be done from a turn; of a turn that another telling began with, only a further telling. */
function turnItems(id) {
  const turn = turnOf(id);
  if (!turn || withdrawn()) return [];
  const { turns } = now.view;
  const next = turns[turns.indexOf(turn) + 1];
  const isMine = !turn.inherited && turn.seq > 0;
  const note = goesWith(turn);
  return [
    isMine && turn.reply && { label: say('turning.go_on'), note, does: () => speakAgain(turn, 'continue') },
    isMine && next && { label: say('stage.another_take'), note, does: () => speakAgain(turn, 'regenerate') },
    isMine && turn.line && { label: say('turning.edit'), note: editNote(turn), does: () => beginEdit(turn) },
    next && !next.inherited && { label: say('turning.back_here'), note, does: () => turnBack(turn) },
    turn.reply && { label: say('turning.fork'), note: say('turning.fork_note'), does: () => fork(turn) },
  ].filter(Boolean);
}

/** Speak a turn once more, or carry its reply on; later turns go. */
async function speakAgain(given, verb) {
  trouble();
  try {
    const words = flow.querySelector('[data-turn="' + CSS.escape(given.id) + '"] .words');
    words.style.minHeight = words.offsetHeight + 'px';
    await wish(verb + ' ' + given.id, (id) => ask('POST', '/api/v1/chat/turns/' + given.id + '/' + verb, { client_id: id }));
    now.changes += 1;
    const turn = turnOf(given.id) || given;
    turn.state = 'speaking';
    now.view.turns = now.view.turns.filter((one) => one.seq <= turn.seq);
    if (verb === 'continue') now.running = { turn: turn.id, text: turn.reply ? turn.reply.text : '', state: 'speaking' };
    followTurn(turn.id);
  } catch (refused) {
    trouble(refused.message);
  }
  refresh();
}

let acting = false;

/** One act at a time; its answer is the session as it stands then. */
async function act(what, address, more, sentence) {
  if (acting) return;
  acting = true;
  trouble();
  try {
    const view = await wish(what, (id) => ask('POST', address, { client_id: id, ...more }));
    now.changes += 1;
    leaveStream();
    now.running = null;
    now.stick = true;
    show(view);
    toEnd();
    followPictures();
    tell([sentence, find('.taken').hidden ? '' : find('.taken span').textContent].join(' ').trim());
  } catch (refused) {
    trouble(refused.message);
    refresh();
  } finally {
    acting = false;
  }
}

const turnBack = (turn) => act('rewind ' + turn.id, path('/rewind'), { turn_id: turn.id }, '');
const undo = () => act('undo', path('/undo'), {}, say('turning.undone'));
const redo = () => act('redo', path('/redo'), {}, say('turning.redone'));

async function fork(turn) {
  trouble();
  try {
    const view = await wish('fork ' + turn.id, (id) => ask('POST', '/api/v1/chat/turns/' + turn.id + '/fork', { client_id: id }));
    location.assign('/play/stage?session=' + encodeURIComponent(view.id));
  } catch (refused) {
    trouble(refused.message);
  }
}

/** How many turns the last act took back, as long as nothing was said since; else 0. */
function takenBack() {
  const last = now.view.undo;
  const isFresh = last && last.goes === (last.kind === 'edit' ? 1 : 0) && !now.pending.length && now.view.turns.length === now.turnsRead;
  return isFresh ? last.comes_back : 0;
}

function showTaken() {
  const count = takenBack();
  find('.taken').hidden = count === 0;
  if (count) find('.taken span').textContent = counted(count, '', say('turning.taken_one'), 'turning.taken');
}

function undoItem(what, one, does) {
  return one && { label: say(what), note: counted(one.comes_back, say('turning.comes_take'), say('turning.comes_one'), 'turning.comes'), does };
}

const typesText = (target) => target instanceof Element && Boolean(target.closest('input, textarea, [contenteditable]'));

function watchTurning() {
  find('.taken button').textContent = say('turning.undo');
  find('.taken button').addEventListener('click', once(undo));
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (!now.view || typesText(event.target) || element.querySelector('dialog[open]')) return;
    event.preventDefault();
    event.shiftKey ? redo() : undo();
  });
}
