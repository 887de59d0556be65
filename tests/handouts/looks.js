// Finds in every figure of the page what one cannot read: texts that lie on each
// other or leave the picture, and lines through texts. A list a figure.
"use strict";

const said = (text) => '"' + text.textContent.trim().replace(/\s+/g, " ") + '"';

// The letters of a text; the box around it has room for accents, too.
function letters(text) {
  const b = text.getBoundingClientRect();
  const room = b.height * 0.22;
  return { left: b.left, right: b.right, top: b.top + room, bottom: b.bottom - room };
}

// Whether a text hides what is below it: a stroke around its letters, drawn before them.
function hides(text) {
  const style = getComputedStyle(text);
  return style.stroke !== "none" && style.paintOrder.startsWith("stroke") && parseFloat(style.strokeWidth) >= 2;
}

const inside = (b, x, y) => x > b.left + 1 && x < b.right - 1 && y > b.top && y < b.bottom;

// Whether something filled, drawn after the line and before the text, hides a point.
function hidden(all, line, text, x, y) {
  return all.slice(all.indexOf(line) + 1, all.indexOf(text)).some((e) => {
    if (!(e instanceof SVGGeometryElement)) return false;
    const style = getComputedStyle(e);
    if (style.fill === "none" || style.fillOpacity < 0.9 || style.opacity < 0.9) return false;
    return e.isPointInFill(new DOMPoint(x, y).matrixTransform(e.getScreenCTM().inverse()));
  });
}

// A point of a line that is in a text, where there is one.
function crosses(all, line, text) {
  const box = letters(text);
  const matrix = line.getScreenCTM();
  for (let at = 0, length = line.getTotalLength(); at <= length; at += 1.5) {
    const p = line.getPointAtLength(at).matrixTransform(matrix);
    if (inside(box, p.x, p.y) && !hidden(all, line, text, p.x, p.y)) return true;
  }
  return false;
}

function problems(svg) {
  const [, , width, height] = svg.getAttribute("viewBox").split(/[ ,]+/).map(Number);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.style.maxWidth = "none";
  const found = [];
  const all = [...svg.querySelectorAll("*")].filter((e) => !e.closest("defs, marker, clipPath, mask, symbol, pattern"));
  const texts = all.filter((e) => e.tagName === "text" && e.textContent.trim() !== "");
  const lines = all.filter((e) => e instanceof SVGGeometryElement && getComputedStyle(e).stroke !== "none");
  const frame = svg.getBoundingClientRect();
  texts.forEach((text, i) => {
    const box = text.getBoundingClientRect();
    if (box.left < frame.left - 0.5 || box.right > frame.right + 0.5 || box.top < frame.top - 0.5 || box.bottom > frame.bottom + 0.5) {
      found.push(said(text) + " leaves the picture");
    }
    const a = letters(text);
    for (const other of texts.slice(i + 1)) {
      const b = letters(other);
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) {
        found.push(said(text) + " and " + said(other) + " lie on each other");
      }
    }
    for (const line of hides(text) ? [] : lines) {
      if (crosses(all, line, text)) found.push("a line, <" + line.tagName + ">, goes through " + said(text));
    }
  });
  return found;
}

const found = [...document.querySelectorAll("div > svg")].map(problems);
const bytes = new TextEncoder().encode(JSON.stringify(found));
document.body.textContent = "FOUND:" + btoa(String.fromCharCode(...bytes)) + ":END";
