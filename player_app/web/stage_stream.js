// Following a reply. A stream that dies is opened again; a page that nobody sees holds no connection.
let stream = null;
let tries = 0;

function leaveStream() {
  if (stream) stream.close();
  stream = null;
}

function turnOf(id) {
  return now.view.turns.find((one) => one.id === id);
}

/** Follow a turn until its reply is final: every frame holds the whole text so far. */
function followTurn(turnId) {
  leaveStream();
  if (!now.running || now.running.turn !== turnId) now.running = { turn: turnId, text: '', state: 'accepted' };
  showTurns();
  showComposer();
  if (document.hidden) return;
  stream = new EventSource('/api/v1/chat/turns/' + encodeURIComponent(turnId) + '/follow');
  stream.addEventListener('care', (event) => {
    const turn = turnOf(turnId);
    if (turn) turn.care = JSON.parse(event.data);
    showTurns();
  });
  stream.addEventListener('reply', (event) => hear(turnId, JSON.parse(event.data)));
  stream.addEventListener('done', (event) => finish(turnId, JSON.parse(event.data)));
  stream.addEventListener('error', () => {
    if (stream && stream.readyState === EventSource.CLOSED) retryStream(turnId);
    else sayIfLost(stream);
  });
}

/** The browser looks for a broken line by itself; when that takes longer than a blink, one is told. */
async function sayIfLost(lost) {
  await after(1500);
  if (lost && lost === stream && lost.readyState === EventSource.CONNECTING) trouble(say('stage.reconnecting'), true);
}

function hear(turnId, frame) {
  tries = 0;
  if (find('.foot .trouble').textContent === say('stage.reconnecting')) trouble();
  if (!now.running || now.running.turn !== turnId) return;
  Object.assign(now.running, { text: frame.text, state: frame.state });
  const row = flow.querySelector('[data-turn="' + CSS.escape(turnId) + '"]');
  const turn = turnOf(turnId);
  if (row && turn) showReply(row, turn);
}

async function finish(turnId, frame) {
  leaveStream();
  tell(spoken(frame.text));
  await refresh();
  // An ending and pictures are judged after the reply: look again, soon and then once more.
  for (const pause of [500, 1500, 3000]) {
    await after(pause);
    if (now.running || document.hidden || now.view.ending) return;
    await refresh();
  }
}

async function retryStream(turnId) {
  leaveStream();
  trouble(say('stage.reconnecting'), true);
  tries += 1;
  await after(Math.min(8000, 500 * 2 ** tries));
  if (now.running && now.running.turn === turnId && !stream) refresh();
}

let reading = null;

/** Read the session anew, once at a time; re-attach to a reply that is running, whoever began it. */
function refresh() {
  reading = reading || readAgain().finally(() => { reading = null; });
  return reading;
}

async function readAgain() {
  let view;
  const before = now.changes;
  try {
    view = await ask('GET', path());
  } catch (refused) {
    if (refused.status === 404) gone(refused.message);
    else if (now.running) { trouble(say('stage.reconnecting'), true); after(3000).then(refresh); }
    return;
  }
  if (now.changes !== before) { await readAgain(); return; }
  const last = view.turns.at(-1);
  const runs = last && isWaiting(last.state);
  if (!runs || !now.running || now.running.turn !== last.id) leaveStream();
  now.running = runs ? (now.running && now.running.turn === last.id ? now.running : { turn: last.id, text: '', state: last.state }) : null;
  show(view);
  if (!runs) for (const words of flow.querySelectorAll('.words')) words.style.minHeight = '';
  if (runs && !stream) followTurn(last.id);
  if (!runs) troublePasses();
  followPictures();
}

function watchAttention() {
  document.addEventListener('visibilitychange', () => (document.hidden ? leaveStream() : now.view && refresh()));
  window.addEventListener('focus', () => { if (now.view && !now.running) refresh(); });
  window.addEventListener('online', () => {
    if (!now.view) return;
    refresh();
    now.pending.filter((one) => one.state === 'unsent' && !one.why).forEach(deliver);
  });
  window.addEventListener('pageshow', (event) => event.persisted && now.view && refresh());
  window.addEventListener('pagehide', leaveStream);
}

async function stopReply() {
  if (!now.running) return;
  try {
    await ask('POST', '/api/v1/chat/turns/' + now.running.turn + '/stop', {});
  } catch (refused) {
    trouble(refused.message);
  }
}
