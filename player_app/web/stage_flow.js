// The flow: turns in order, each with its help card, the player's line, the reply, its tools and its pictures.

function turnRow(id) {
  return make('li', { class: 'turn', 'data-turn': id },
    make('div', { class: 'own', hidden: true }, pencil(id), make('div', { class: 'mine', hidden: true })),
    make('div', { class: 'care', role: 'note', hidden: true }),
    make('div', { class: 'reply' },
      make('p', { class: 'speaker' }),
      make('div', { class: 'words' }),
      make('p', { class: 'aside', hidden: true }),
      make('div', { class: 'tools' })),
    make('div', { class: 'pictures' }),
    make('p', { class: 'begins', hidden: true, text: say('turning.begins') }));
}

/** Hands that hover find the pencil beside their line; all find the same in the turn's menu. */
function pencil(id) {
  return signButton('pencil', say('turning.edit'), () => beginEdit(turnOf(id)), { class: 'tool pencil' });
}

function showCare(box, care) {
  box.hidden = !care;
  if (care && !box.children.length) box.append(make('h3', { text: care.title }), make('p', { text: care.body }));
}

const isRunning = (turn) => now.running !== null && now.running.turn === turn.id;
const isWaiting = (state) => state === 'accepted' || state === 'speaking';

function showReply(row, turn) {
  const box = find('.reply', row);
  const live = isRunning(turn) ? now.running : null;
  const text = live ? live.text : turn.reply ? turn.reply.text : '';
  const thinks = !text && (live ? isWaiting(live.state) : isWaiting(turn.state));
  find('.speaker', box).textContent = now.view.character.name;
  box.classList.toggle('thinks', thinks);
  box.classList.toggle('speaks', live !== null);
  box.setAttribute('aria-busy', live !== null || thinks);
  if (thinks && !find('.dots', box)) find('.words', box).replaceChildren(make('p', { class: 'dots', 'aria-label': say('stage.thinking') }, make('i'), make('i'), make('i')));
  else if (!thinks) {
    find('.dots', box)?.remove();
    paint(find('.words', box), text);
  }
  const state = live ? live.state : turn.state;
  const aside = state === 'failed' || state === 'partial' ? say('play.interrupted') : state === 'stopped' && !live ? say('stage.stopped') : '';
  find('.aside', box).textContent = aside;
  find('.aside', box).hidden = !aside;
}

function showTurn(row, turn, isLast) {
  showCare(find('.care', row), turn.care);
  showMine(row, turn);
  showReply(row, turn);
  showTools(find('.tools', row), turn, isLast);
  row.classList.toggle('last', isLast);
  row.classList.toggle('first', turn.seq === 0);
  showBeginning(row, turn);
}

/** Rows in the order of the turns, kept where they are; those of turns that were taken back go. */
function showTurns() {
  const { turns } = now.view;
  const from = Math.max(0, turns.length - now.shown);
  const standing = new Map([...flow.children].map((row) => [row.dataset.turn, row]));
  let at = flow.firstElementChild;
  turns.slice(from).forEach((turn, index) => {
    const row = standing.get(turn.id) || turnRow(turn.id);
    standing.delete(turn.id);
    if (row === at) at = at.nextElementSibling;
    else flow.insertBefore(row, at);
    showTurn(row, turn, from + index === turns.length - 1);
  });
  standing.forEach((row) => row.remove());
  now.pending.forEach((one) => flow.append(pendingRow(one)));
  find('.earlier').hidden = from === 0;
  find('.opening').hidden = from > 0;
  showTaken();
  showPictures();
}

function pendingRow(one) {
  const row = make('li', { class: 'turn pending', 'data-turn': 'pending-' + one.client_id });
  const mine = make('div', { class: 'mine' });
  paint(mine, one.text);
  row.append(mine);
  if (one.state === 'sending') row.append(make('p', { class: 'fate', text: say('stage.sending') }));
  else {
    row.append(make('p', { class: 'fate bad', role: 'alert' },
      make('span', { text: one.why || say('stage.not_sent') }),
      make('button', { type: 'button', class: 'plain', text: say('play.again'), on: { click: () => deliver(one) } }),
      make('button', { type: 'button', class: 'plain', text: say('stage.discard'), on: { click: () => takeBack(one) } })));
  }
  return row;
}

function showEnding() {
  const box = find('.ending');
  const { ending, next_episode: next, episode } = now.view;
  const wasTyping = find('.foot').contains(document.activeElement);
  box.hidden = !ending;
  find('.foot').hidden = Boolean(ending);
  const shape = JSON.stringify([ending, next]);
  if (!ending || box.dataset.shape === shape) return;
  box.dataset.shape = shape;
  const words = make('div', { class: 'words' });
  paint(words, ending.text);
  const ways = [
    next && make('a', { class: 'strong', href: '/play/stage?episode=' + next.id, text: say('play.next_episode', { title: next.title }) }),
    ending.kind === 'budget' && make('button', { type: 'button', class: 'plain', text: say('stage.stay'), on: { click: stay } }),
    ending.kind !== 'withdrawn' && make('a', { class: 'plain', href: '/play/stage?episode=' + episode.id, text: say('stage.play_again') }),
    make('a', { class: 'plain', href: '/play/', text: say('stage.to_lobby') }),
  ];
  const heading = make('h2', { text: ending.sentence, tabindex: -1 });
  box.replaceChildren(make('p', { class: 'curtain', 'aria-hidden': 'true', text: say('stage.curtain') }),
    heading, words, make('p', { class: 'trouble', role: 'alert' }), make('div', { class: 'ways' }, ...ways));
  if (wasTyping) heading.focus({ preventScroll: true }); // the composer goes, and with it the place where one was
}

async function stay() {
  try {
    const view = await ask('POST', path('/stay'), {});
    now.changes += 1;
    show(view);
    find('#stage-line').focus();
  } catch (refused) {
    find('.ending .trouble').textContent = refused.message;
  }
}

/** Show the session as it stands; everything on screen follows from it. */
function show(view) {
  now.view = view;
  now.turnsRead = view.turns.length;
  if (now.editing && !turnOf(now.editing.turn)) now.editing = null;
  now.pictures = null;
  element.querySelector('.stage').classList.remove('waiting');
  showBar();
  showHead();
  showEnding();
  showTurns();
  showStarters();
  showComposer();
}
