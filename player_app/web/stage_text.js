// Speech and action: a reply is text with *actions* between stars; it is painted as text, never as markup.
const PIECES = /(\*(?![\s*])[^*\n]*(?:\*|$))/;

function paintPieces(paragraph, text) {
  const pieces = text.split(PIECES).filter(Boolean);
  pieces.forEach((piece, index) => {
    const isAction = PIECES.test(piece);
    const span = paragraph.children[index] || paragraph.appendChild(document.createElement('span'));
    const words = isAction ? piece.replace(/^\*|\*$/g, '') : piece;
    span.className = isAction ? 'act' : 'speech';
    if (span.textContent !== words) span.textContent = words;
  });
  while (paragraph.children.length > pieces.length) paragraph.lastChild.remove();
}

/** Paint a whole text into a box; called again with more of it, it touches only what changed. */
function paint(box, text) {
  const parts = text.split(/\n+/).filter((one) => one.trim());
  parts.forEach((part, index) => paintPieces(box.children[index] || box.appendChild(document.createElement('p')), part));
  while (box.children.length > parts.length) box.lastChild.remove();
}

const spoken = (text) => text.replaceAll('*', '');
