'use strict';

// Lists the operations of openapi.json and lets one try them. Text is only ever set as textContent.

const make = (tag, text, className) => {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  if (className) node.className = className;
  return node;
};

// Words in which `this` is meant as code.
const told = (node, text) => {
  text.split('`').forEach((part, place) => node.append(make(place % 2 ? 'code' : 'span', part)));
  return node;
};

const resolve = (api, schema) => {
  const known = schema && schema.$ref ? api.components.schemas[schema.$ref.split('/').pop()] : schema;
  return known || {};
};

const example = (api, given) => {
  const schema = resolve(api, given);
  const fields = Object.entries(schema.properties || {});
  const value = (field) => field.default ?? (field.examples ? field.examples[0] : field.type === 'boolean' ? false : '');
  return Object.fromEntries(fields.map(([name, field]) => [name, value(field)]));
};

const input = (form, name, about, tag) => {
  const label = make('label', about ? `${name}: ${about}` : name);
  const field = form.appendChild(label).appendChild(make(tag || 'input'));
  field.name = name;
  return field;
};

const address = (path, parameters, fields) => {
  const query = new URLSearchParams();
  let filled = path;
  for (const one of parameters) {
    const value = fields.get(one.name).value;
    if (one.in === 'path') filled = filled.replace(`{${one.name}}`, value.split('/').map(encodeURIComponent).join('/'));
    else if (value) query.set(one.name, value);
  }
  return query.size ? `${filled}?${query}` : filled;
};

const readInto = async (response, out) => {
  out.textContent = `${response.status} ${response.statusText}\n\n`;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    out.textContent += decoder.decode(part.value, {stream: true});
  }
  const [head, ...body] = out.textContent.split('\n\n');
  try {
    out.textContent = `${head}\n\n${JSON.stringify(JSON.parse(body.join('\n\n')), null, 2)}`;
  } catch { /* not JSON: an event stream stays as it came */ }
};

const trying = (api, path, method, operation) => {
  const form = make('form', '', 'inside');
  const parameters = (operation.parameters || []).filter((one) => one.in !== 'cookie');
  const fields = new Map(parameters.map((one) => [one.name, input(form, one.name, one.description)]));
  const json = operation.requestBody && operation.requestBody.content['application/json'];
  const body = json && input(form, 'body', '', 'textarea');
  if (body) body.value = JSON.stringify(example(api, json.schema), null, 2);
  form.append(make('button', 'Send'));
  const out = make('pre');
  out.hidden = true;
  form.append(out);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    out.hidden = false;
    out.textContent = '…';
    const sent = body ? {headers: {'content-type': 'application/json'}, body: body.value} : {};
    try {
      await readInto(await fetch(address(path, parameters, fields), {method: method.toUpperCase(), ...sent}), out);
    } catch (error) {
      out.textContent = String(error);
    }
  });
  return form;
};

const show = (api) => {
  told(document.getElementById('about'), api.info.description);
  const rooms = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const room = (operation.tags || ['other'])[0];
      if (!rooms.has(room)) rooms.set(room, []);
      const details = make('details');
      const summary = details.appendChild(make('summary'));
      summary.append(make('span', method.toUpperCase(), 'method'), make('code', path), told(make('span', '', 'what'), operation.description || operation.summary));
      details.append(trying(api, path, method, operation));
      rooms.get(room).push(details);
    }
  }
  for (const [room, all] of rooms) document.getElementById('operations').append(make('h2', room), ...all);
};

fetch('/api/v1/openapi.json')
  .then((response) => response.json())
  .then(show)
  .catch((error) => { document.getElementById('about').textContent = String(error); });
