// What the stage knows, and the ground on which it stands: scrolling, sizes, the header.
const asked = new URLSearchParams(location.search);
const ground = find('.ground');
const flow = find('.flow');
const WINDOW = 60;
const NEAR = 60;

const now = {
  session: asked.get('session') || '',
  view: null,
  running: null, // the turn whose reply is being followed: {turn, text, state, take}
  pending: [], // lines of this tab that the house has not acknowledged
  editing: null, // the turn whose line is being said differently: {turn}
  turnsRead: 0, // how many turns `view` had when it was read
  notes: new Map(), // what this tab is writing about a take, by take
  pictures: null, // a newer look at the session's pictures than `view`
  changes: 0, // what this tab did; a look that began before the last of it is old
  shown: WINDOW,
  stick: true,
};
const path = (more = '') => '/api/v1/chat/sessions/' + encodeURIComponent(now.session) + more;
const key = (what) => what + '.' + now.session;

const atEnd = () => ground.scrollHeight - ground.scrollTop - ground.clientHeight < NEAR;
function toEnd() { ground.scrollTop = ground.scrollHeight; }

function watchGround() {
  const keep = () => { if (now.stick) toEnd(); };
  ground.addEventListener('scroll', () => {
    now.stick = atEnd();
    find('.latest').hidden = now.stick;
  }, { passive: true });
  const sizes = new ResizeObserver(keep);
  sizes.observe(ground);
  sizes.observe(find('.column'));
  find('.latest').addEventListener('click', () => { now.stick = true; toEnd(); });
  // Where a phone's keyboard lies over the page instead of resizing it, the stage takes what is left to see.
  const seen = window.visualViewport;
  const fit = () => find('.stage').style.setProperty('--seen', Math.round(seen.height) + 'px');
  if (seen) { seen.addEventListener('resize', fit); fit(); }
}

/** Show more above without moving the line that is being read. */
function showEarlier() {
  const read = flow.firstElementChild;
  const at = read.getBoundingClientRect().top;
  const keep = () => { ground.scrollTop += read.getBoundingClientRect().top - at; };
  now.stick = false;
  now.shown += WINDOW;
  showTurns();
  keep();
  // Rows above are only guessed at until they come near the view: set right once they are measured.
  requestAnimationFrame(() => { keep(); requestAnimationFrame(keep); });
}

function showBar() {
  const { character, episode, played, budget, portrait: picture } = now.view;
  find('.bar .actor').hidden = !now.view.offline_actor;
  document.title = character.name + ' · ' + episode.title + ' · ' + say('front.title');
  find('.who h1').textContent = character.name;
  find('.who .title').textContent = episode.title;
  const face = find('.bar .face');
  if (face.dataset.of !== String(picture)) {
    face.dataset.of = String(picture);
    face.replaceChildren(portrait(picture, character.name, ''));
  }
  const count = find('.count');
  count.textContent = played ? say('stage.turn_of', { played, budget }) : say('stage.opening', { budget });
  find('.bar .beam i').style.width = Math.min(100, (100 * played) / Math.max(1, budget)) + '%';
  paint(find('.opening .frame'), now.view.frame);
  find('.opening .notice').textContent = now.view.notice;
}

const wishes = new Map();

/** The id of a wish, the same until the house has heard it: asked twice over a bad line, it is done once. */
async function wish(what, ask) {
  if (!wishes.has(what)) wishes.set(what, newId());
  try {
    const answer = await ask(wishes.get(what));
    wishes.delete(what);
    return answer;
  } catch (refused) {
    if (refused.status !== 0) wishes.delete(what);
    throw refused;
  }
}

/** Say what is wrong above the composer; what `passes` is true only until the reply is there, and goes by itself. */
function trouble(sentence = '', passes = false) {
  const atEnding = now.view && now.view.ending && find('.ending .trouble');
  if (atEnding) atEnding.textContent = passes ? '' : sentence;
  if (atEnding && sentence) atEnding.scrollIntoView({ block: 'nearest' });
  find('.foot .trouble').textContent = sentence;
  find('.foot .trouble').dataset.passes = String(passes);
}

function troublePasses() {
  if (find('.foot .trouble').dataset.passes === 'true') trouble();
}

const HEARD = 8;

/** Say something to whoever listens instead of looking: a line of its own, so that nothing said before it is lost. */
function tell(sentence) {
  const said = find('.said');
  if (sentence) said.append(make('p', { text: sentence }));
  while (said.childElementCount > HEARD) said.firstElementChild.remove();
}
