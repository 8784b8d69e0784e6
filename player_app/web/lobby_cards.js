// A character's card: the picture leads to the next thing to play, and each episode to itself.

const stageOf = (episode) => {
  const mine = episode.mine;
  const at = mine.session_id && mine.state !== 'none' ? 'session=' + mine.session_id : 'episode=' + episode.id;
  return '/play/stage?' + at;
};

/** Where the story goes on: what is running (last played first), else the first not yet played, else the first. */
function nextOf(episodes) {
  const running = episodes.filter((one) => one.mine.state === 'active');
  running.sort((one, other) => String(other.mine.last_at).localeCompare(String(one.mine.last_at)));
  return running[0] || episodes.find((one) => one.mine.state === 'none') || episodes[0];
}

function stateOf(episode) {
  const { state, played, budget } = episode.mine;
  if (state === 'active') return say('lobby.turn_of', { played, budget });
  return say(state === 'ended' ? 'lobby.played' : 'lobby.not_yet');
}

function episodeRow(episode, isNext) {
  const { state, played, budget } = episode.mine;
  const beam = make('span', { class: 'beam', 'aria-hidden': 'true' }, make('i'));
  beam.firstChild.style.width = (state === 'ended' ? 100 : Math.min(100, (100 * played) / Math.max(1, budget))) + '%';
  return make('li', { class: 'episode ' + state + (isNext ? ' next' : '') },
    make('a', { href: stageOf(episode) },
      make('span', { class: 'title', text: episode.title }),
      make('span', { class: 'state', text: stateOf(episode) })),
    state === 'active' ? beam : null);
}

function cardOf(character) {
  const { name, episodes } = character;
  const next = nextOf(episodes);
  const going = { none: 'lobby.start', active: 'lobby.go_on', ended: 'lobby.replay' }[next.mine.state];
  const heading = make('h2', {}, make('a', { class: 'cover', href: stageOf(next) },
    make('span', { text: name }), make('span', { class: 'going', text: say(going, { title: next.title }) })));
  const card = make('li', { class: 'card' },
    make('article', {},
      make('div', { class: 'face' }, portrait(character.picture, name, '')),
      make('div', { class: 'told' },
        heading,
        make('p', { class: 'world', text: character.world }),
        make('p', { class: 'teaser', text: character.teaser }),
        make('ol', { class: 'episodes', 'aria-label': say('lobby.episodes', { name }) },
          ...episodes.map((one) => episodeRow(one, one === next))))));
  card.dataset.words = [name, character.world, character.teaser, ...episodes.map((one) => one.title)].join(' ').toLocaleLowerCase();
  return card;
}

function emptyHouse() {
  const empty = make('li', { class: 'empty' },
    make('h2', { text: say('lobby.empty_title') }),
    make('p', { text: say('lobby.empty_text') }),
    make('a', { class: 'strong', href: '/studio/', text: say('lobby.to_studio') }));
  empty.dataset.words = '';
  return empty;
}
