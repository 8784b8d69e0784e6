// Opening the stage: labels, then the session that the address names, or a start of the episode that it names.

function dressStage() {
  const back = find('.bar .back');
  back.append(sign('back'));
  back.setAttribute('aria-label', say('stage.to_lobby'));
  back.title = say('stage.to_lobby');
  find('.bar .actor').append(make('span', { class: 'tag', text: say('play.offline_actor') }));
  ground.setAttribute('aria-label', say('stage.conversation'));
  find('.earlier').textContent = say('stage.earlier');
  find('.latest').append(sign('send'), make('span', { class: 'sr', text: say('stage.latest') }));
  find('.starters').setAttribute('aria-label', say('stage.starters'));
  find('.composer label').textContent = say('stage.your_line');
  find('.moment').append(sign('picture'));
  find('.moment').setAttribute('aria-label', say('stage.moment'));
  find('.moment').title = say('stage.moment');
  find('.full .close').append(sign('close'));
  find('.full .close').setAttribute('aria-label', say('stage.close'));
  dressHead();
  showComposer();
}

function gone(sentence, title = say('stage.gone_title')) {
  leaveStream();
  find('.stage').classList.remove('waiting');
  find('.stage').classList.add('over');
  find('.foot').hidden = true;
  find('.opening').hidden = true;
  find('.who').hidden = true;
  find('.bar .hands').hidden = true;
  flow.replaceChildren();
  find('.gone').replaceChildren(make('h1', { text: title }), make('p', { text: sentence }),
    make('a', { class: 'strong', href: '/play/', text: say('stage.to_lobby') }));
  find('.gone').hidden = false;
}

function firstRead() {
  const episode = asked.get('episode');
  if (now.session) return ask('GET', path());
  if (episode) return ask('POST', '/api/v1/chat/sessions', { episode });
  return Promise.reject(new Refused(404, ''));
}

async function openStage() {
  let view;
  try {
    view = await firstRead();
  } catch (refused) {
    if (!now.session && !asked.get('episode')) { location.replace('/play/'); return; }
    gone(refused.message, refused.status === 0 ? say('stage.silent_title') : undefined);
    if (refused.status === 0) find('.gone').append(make('button', { type: 'button', class: 'plain', text: say('play.again'), on: { click: () => location.reload() } }));
    return;
  }
  now.session = view.id;
  history.replaceState(null, '', '/play/stage?session=' + view.id);
  restoreComposer();
  now.stick = view.played > 0;
  show(view);
  if (now.stick) toEnd();
  const last = view.turns.at(-1);
  if (last && isWaiting(last.state)) followTurn(last.id);
  now.pending.forEach(deliver);
  if (now.eager) submit();
  followPictures();
  if (matchMedia('(hover: hover) and (min-width: 700px)').matches && !view.ending) field.focus({ preventScroll: true });
}

dressStage();
guardDoubleClicks();
watchGround();
watchAttention();
watchComposer();
watchMenu();
watchTurning();
watchMemories();
find('.earlier').addEventListener('click', showEarlier);
find('.moment').addEventListener('click', askMoment);
find('.full .close').addEventListener('click', () => find('.full').close());
find('.full').addEventListener('click', (event) => event.target === event.currentTarget && event.target.close());
openStage();
