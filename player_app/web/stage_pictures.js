// Pictures of the session: their place is kept while they are drawn, so that nothing jumps when they come.
const COMING = ['due', 'drawing'];
const pictures = () => now.pictures || now.view.scenes;
const isComing = () => pictures().some((one) => COMING.includes(one.state));

function openFull(scene) {
  const dialog = find('.full');
  find('img', dialog).src = own(scene.picture);
  find('img', dialog).alt = scene.caption;
  find('p', dialog).textContent = scene.caption;
  dialog.showModal();
}

function pictureBox(scene) {
  const figure = make('figure', { class: 'picture ' + scene.state, 'data-scene': scene.id, 'data-state': scene.state });
  if (scene.state === 'ready' && own(scene.picture)) {
    const image = make('img', { src: scene.picture, alt: scene.caption, width: 1024, height: 1024, decoding: 'async' });
    figure.append(make('button', { type: 'button', class: 'frame', 'aria-label': say('stage.picture_full', { caption: scene.caption }), on: { click: () => openFull(scene) } }, image));
    if (scene.caption) figure.append(make('figcaption', { text: scene.caption }));
  } else if (COMING.includes(scene.state)) {
    figure.append(make('div', { class: 'frame coming' }, sign('picture')), make('figcaption', { text: say('stage.drawing') }));
  } else {
    figure.append(make('figcaption', {}, make('span', { text: scene.problem }),
      scene.may_be_tried_again && make('button', { type: 'button', class: 'plain', text: say('play.again'), on: { click: () => drawAgain(scene) } })));
  }
  return figure;
}

/** What came of a scene, in the place where it stands. */
function keepScene(scene) {
  now.changes += 1; // a look that began before this would not know the scene
  const isKnown = pictures().some((one) => one.id === scene.id);
  now.pictures = isKnown ? pictures().map((one) => (one.id === scene.id ? scene : one)) : [...pictures(), scene];
}

/** The same moment once more: asked twice, the house tries once. */
async function drawAgain(scene) {
  trouble();
  try {
    keepScene(await ask('POST', '/api/v1/scenes/' + encodeURIComponent(scene.id) + '/again', {}));
    ground.focus({ preventScroll: true });
    tell(say('stage.drawing'));
    followPictures();
  } catch (refused) {
    trouble(refused.message);
  }
  showPictures();
}

function placeOf(scene) {
  const row = scene.turn_id && flow.querySelector('[data-turn="' + CSS.escape(scene.turn_id) + '"]');
  if (row) return find('.pictures', row);
  const isAbove = now.view.turns.some((turn) => turn.id === scene.turn_id);
  const last = flow.querySelectorAll('.turn:not(.pending)');
  return isAbove || !last.length ? null : find('.pictures', last[last.length - 1]);
}

const awaited = new Set();

/** Tell of a picture that has come, or will not come, whoever noticed it first. */
function tellOfPictures() {
  const come = pictures().filter((one) => awaited.has(one.id) && !COMING.includes(one.state));
  if (come.length && !now.running) tell(come[0].problem || say('stage.picture_came', { caption: come[0].caption }));
  come.forEach((one) => awaited.delete(one.id));
  pictures().filter((one) => COMING.includes(one.state)).forEach((one) => awaited.add(one.id));
}

function showPictures() {
  tellOfPictures();
  const wanted = new Map();
  for (const scene of pictures()) {
    const place = placeOf(scene);
    if (place) wanted.set(place, [...(wanted.get(place) || []), scene]);
  }
  for (const place of flow.querySelectorAll('.pictures')) {
    const scenes = wanted.get(place) || [];
    const before = new Map([...place.children].map((one) => [one.dataset.scene, one]));
    const boxes = scenes.map((scene) => {
      const old = before.get(scene.id);
      return old && old.dataset.state === scene.state ? old : pictureBox(scene);
    });
    if (boxes.length !== place.children.length || boxes.some((box, index) => box !== place.children[index])) place.replaceChildren(...boxes);
  }
  find('.moment').disabled = isComing() || !now.view.turns.length;
}

let looking = false;

/** Look again until nothing is being drawn: soon at first, then less and less often; never while nobody sees it. */
async function followPictures() {
  if (looking || !isComing()) return;
  looking = true;
  for (let pause = 500; isComing() && !document.hidden; pause = Math.min(8000, pause * 1.4)) {
    await after(pause);
    const before = now.changes;
    try {
      const { scenes } = await ask('GET', '/api/v1/scenes?session=' + encodeURIComponent(now.session));
      if (now.changes !== before) continue;
      now.pictures = scenes;
      showPictures();
    } catch { /* the next look may do */ }
  }
  looking = false;
}

async function askMoment() {
  trouble();
  find('.moment').disabled = true;
  try {
    const scene = await wish('moment', (id) => ask('POST', '/api/v1/scenes', { session_id: now.session, client_id: id }));
    keepScene(scene);
    tell(say('stage.drawing'));
    now.stick = now.stick || atEnd();
    followPictures();
  } catch (refused) {
    trouble(refused.message);
  }
  showPictures();
}
