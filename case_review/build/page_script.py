"""What `make watch` adds to a page when it is served: a script and the policy that admits it.

Nothing of this is written to the site. A page of the report admits its own scripts by their hashes
and connects to nothing; the served copy admits one script more, by its hash as well, and lets it
ask the server that the page came from what has happened since. No script of any other origin, none
that a notebook's output might hold, and no file of the site is admitted by that.
"""

from __future__ import annotations

import base64
import hashlib
import re

#: Where a page asks for what is new.
EVENTS = "/_watch/events"

_POLICY = re.compile(
    rb"(<meta http-equiv=\"Content-Security-Policy\" content=\")([^\"]*)\"", re.IGNORECASE
)
_BODY_END = re.compile(rb"</body\s*>", re.IGNORECASE)

#: Runs in every served page. What was printed is shown as text, never as HTML.
SCRIPT = (
    r"""
const version = document.querySelector("script[data-watch]").dataset.watch;
const kept = "case-review-watch " + location.pathname;

// -- where the reader was --------------------------------------------------------

function places() {
  const main = document.querySelector("main") ?? document.body;
  const shown = [...main.querySelectorAll("[id]")].filter((e) => e.getClientRects().length);
  const found = shown.map((e) => [e.id, e.getBoundingClientRect().top]);
  // Nearest to the upper edge first, and what is above it rather than what is below.
  const far = ([, top]) => (top > 1 ? 3 * top : -top);
  return found.sort((a, b) => far(a) - far(b)).slice(0, 30);
}

function leave() {
  sessionStorage.setItem(kept, JSON.stringify({
    places: places(),
    x: scrollX,
    y: scrollY,
    open: [...document.querySelectorAll("details")].map((e) => e.open),
    focus: document.activeElement?.id ?? "",
  }));
  history.scrollRestoration = "manual";
  location.reload();
}

function comeBack() {
  const was = JSON.parse(sessionStorage.getItem(kept));
  sessionStorage.removeItem(kept);
  if (!was) return;
  const folded = [...document.querySelectorAll("details")];
  if (folded.length === was.open.length) folded.forEach((e, i) => { e.open = was.open[i]; });
  document.getElementById(was.focus)?.focus({preventScroll: true});
  let mine = true;
  const settle = () => {
    if (!mine) return;
    const place = was.places.find(([id]) => document.getElementById(id)?.getClientRects().length);
    const now = place && document.getElementById(place[0]).getBoundingClientRect().top;
    const top = place ? scrollY + now - place[1] : was.y;
    scrollTo({left: was.x, top, behavior: "instant"});
  };
  // What is still loading moves the page, until the reader does.
  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"])
    addEventListener(kind, () => { mine = false; }, {once: true, passive: true});
  const last = () => requestAnimationFrame(() => {
    settle();
    mine = false;
    history.scrollRestoration = "auto";
  });
  settle();
  document.fonts.ready.then(settle);
  if (document.readyState === "complete") last();
  else addEventListener("load", last, {once: true});
}

// -- what the build says ---------------------------------------------------------

const host = document.createElement("div");
host.id = "case-review-watch";
const root = host.attachShadow({mode: "open"});
root.innerHTML = `<style>
  :host { all: initial; }
  * { box-sizing: border-box; }
  section, p { color: #fff; font: 15px/1.45 system-ui, sans-serif; }
  section { position: fixed; z-index: 2147483647; inset: auto 0 0; max-height: 70vh;
    overflow: auto; background: #3b0d0d; border-top: 4px solid #ff8a80; padding: 1rem 1.5rem; }
  h2 { font: 600 17px/1.3 system-ui, sans-serif; margin: 0 0 .5rem; }
  pre { font: 14px/1.45 ui-monospace, monospace; white-space: pre-wrap;
    overflow-wrap: anywhere; margin: 0 0 .75rem; }
  p { position: fixed; z-index: 2147483647; right: 12px; bottom: 12px; margin: 0;
    background: #222; border: 1px solid #bbb; border-radius: 4px; padding: .3rem .7rem; }
  button { font: inherit; color: #000; background: #fff; border: 2px solid #fff;
    border-radius: 4px; padding: .2rem .8rem; }
  button:focus-visible { outline: 3px solid #ffd54f; outline-offset: 2px; }
  [hidden] { display: none; }
  @media print { section, p { display: none; } }
</style>
<div role="alert"></div>
<p role="status" hidden></p>`;
const alert = root.querySelector("[role=alert]");
const status = root.querySelector("[role=status]");
document.documentElement.append(host);
let dismissed = sessionStorage.getItem("case-review-dismissed");

function made(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function say(text, offer) {
  status.replaceChildren(text);
  if (offer) status.append(" ", offer);
  status.hidden = !text;
}

function dismiss(message) {
  dismissed = message;
  sessionStorage.setItem("case-review-dismissed", message);
  fail(message);
}

function fail(message) {
  if (message === dismissed) {
    alert.replaceChildren();
    const again = made("button", "Show why");
    again.onclick = () => { dismissed = null; fail(message); };
    say("This page is older than its sources.", again);
    return;
  }
  say("");
  if (alert.querySelector("pre")?.textContent === message) return;
  const box = document.createElement("section");
  const away = made("button", "Read the page as it was");
  away.onclick = () => dismiss(message);
  box.onkeydown = (event) => { if (event.key === "Escape") dismiss(message); };
  box.append(made("h2", "The report could not be made"), made("pre", message), away);
  alert.replaceChildren(box);
}

function show(news) {
  if (news.version !== version && news.version) return leave();
  if (news.state === "failed") return fail(news.message);
  if (news.state === "ready") {
    alert.replaceChildren();
    sessionStorage.removeItem("case-review-dismissed");
    dismissed = null;
  }
  const gone = version && !news.version ? "This page is no longer part of the report." : "";
  say(news.state === "building" ? news.message || "Building …" : gone);
}

// A hidden page keeps no connection, of which a browser has few; it asks when it is seen again.
let source = null;
function listen() {
  if (document.hidden) {
    source?.close();
    source = null;
  } else if (!source) {
    source = new EventSource("""
    + f'"{EVENTS}?page="'
    + r""" + encodeURIComponent(location.pathname));
    source.onmessage = (event) => show(JSON.parse(event.data));
    source.onerror = () => say("make watch does not answer.");
  }
}
document.addEventListener("visibilitychange", listen);
comeBack();
listen();
"""
)

_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode("utf-8")).digest()).decode("ascii")


def inject(page: bytes, version: str) -> bytes:
    """A page as it is served: with the script, and a policy that admits it.

    Parameters
    ----------
    page
        The page as the site has it.
    version
        What the page is told apart from a later one by.
    """
    element = f'<script type="module" data-watch="{version}">{SCRIPT}</script>'.encode()
    head = page.lower().find(b"</head")
    meta = _POLICY.search(page, 0, max(head, 0))
    if meta:
        admitting = admit(meta[2].decode("utf-8")).encode("utf-8")
        page = page[: meta.start(2)] + admitting + page[meta.end(2) :]
    ends = list(_BODY_END.finditer(page))
    place = ends[-1].start() if ends else len(page)
    return page[:place] + element + page[place:]


def admit(policy: str) -> str:
    """A content security policy that admits the script and its questions besides all else."""
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";") if rule.strip())
    for name, source in (("script-src", f"'sha256-{_HASH}'"), ("connect-src", "'self'")):
        before = rules.get(name, rules.get("default-src", ""))
        rules[name] = " ".join([*(s for s in before.split() if s != "'none'"), source])
    return "; ".join(f"{name} {sources}".strip() for name, sources in rules.items())


def plain_page(title: str, said: str) -> bytes:
    """A page to be seen where the site has none yet; it gives way to the page as soon as it is."""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n</head>\n"
        '<body style="font: 1.1rem/1.5 system-ui, sans-serif; margin: 15vh auto; '
        'max-width: 40rem; padding: 0 1rem">\n'
        f"<main>\n<h1>{title}</h1>\n<p>{said}</p>\n</main>\n</body>\n</html>\n"
    ).encode()
