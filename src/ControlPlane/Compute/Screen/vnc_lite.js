// The page around noVNC: connects to the screen that the page's own address names (?path=console/socket?token=…).
import RFB from './novnc/core/rfb.js';

const element = id => document.getElementById(id);
const query = new URLSearchParams(location.search);
const path = query.get('path');

function say(text, lost = false) {
  element('status').textContent = text;
  element('status').classList.toggle('lost', lost);
}

function enable(on) {
  for (const id of ['paste', 'ctrl-alt-del']) element(id).disabled = !on;
}

// A guest has no clipboard before its desktop runs: the text is typed, key by key.
async function type(rfb) {
  for (const character of await navigator.clipboard.readText()) {
    const code = character.codePointAt(0);
    // Keysyms: Latin 1 is itself, Return has its own, all else is Unicode with a mark.
    rfb.sendKey(character === '\n' ? 0xff0d : code < 0x100 ? code : 0x1000000 | code);
  }
  rfb.focus();
}

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const rfb = new RFB(element('screen'), `${scheme}://${location.host}/${path}`, { wsProtocols: ['binary'] });
  let connected = false;
  rfb.scaleViewport = true;
  rfb.addEventListener('connect', () => { connected = true; say('Connected'); enable(true); rfb.focus(); });
  rfb.addEventListener('desktopname', event => { say(event.detail.name); document.title = `${event.detail.name} (noVNC)`; });
  rfb.addEventListener('disconnect', () => {
    enable(false);
    say(connected ? 'The console closed. Reload the page to open it again.'
      : 'This console cannot be opened: the server does not run, or the address is older than ten minutes. Ask for a new one.', true);
  });
  element('ctrl-alt-del').onclick = () => { rfb.sendCtrlAltDel(); rfb.focus(); };
  element('paste').onclick = () => type(rfb).catch(refused => say(`The browser does not give the clipboard: ${refused.message}`, true));
  element('full-screen').onclick = () => element('screen').requestFullscreen();
}

if (path) connect();
else say('This address lacks its path=…; use the URL as the cloud gave it.', true);
