"""What a page must hold to, asked of the browser that shows it; a check gives what is wrong, empty when nothing is."""

from __future__ import annotations

import gzip
from importlib import resources

from playwright.sync_api import Page

# A chart library is split off and cached: the first view of a page does not wait for it.
CHART_LIBRARY = "chart"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
TABS = 60

WIDEST_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Texts in English in a page of another language: whole catalogue texts, and two words in a row that nobody marked. What
# is code, is marked as English, or was written by people and machines elsewhere, stays.
UNTRANSLATED = """messages => {
  const exempt = 'code, pre, kbd, svg, script, style, .file-name, .value, .long, input, select, textarea, header .who';
  const known = new Set(messages), left = [];
  const look = text => {
    const said = text.replace(/\\s+/g, ' ').replace(/\\birac( [a-z-]+)+/g, '').trim();  // a command is no text
    if (known.has(said) || /(^| )[a-z]{3,} [a-z]{2,}/.test(said)) left.push(said.slice(0, 80));
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const owner = walker.currentNode.parentElement;
    if (!owner.closest(exempt) && !owner.closest('[lang=en]')) look(walker.currentNode.textContent);
  }
  for (const element of document.querySelectorAll('[title], [aria-label], [placeholder]'))
    if (!element.closest(exempt) && !element.closest('[lang=en]'))
      for (const name of ['title', 'aria-label', 'placeholder']) look(element.getAttribute(name) || '');
  return left;
}"""

# What has the focus, if that cannot be seen.
UNSEEN_FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  if (at === document.body) return '';
  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return seen ? '' : at.outerHTML.slice(0, 120);
}"""

# Frames whose content is wider than they are: on paper nobody can scroll.
CUT_ON_PAPER = """() => [...document.querySelectorAll('.scroll, pre')]
  .filter(frame => frame.scrollWidth > frame.clientWidth + 1)
  .map(frame => `${frame.scrollWidth} > ${frame.clientWidth}: ${frame.innerText.slice(0, 60)}`)"""

SHOWN_ON_PAPER = """() => [...document.querySelectorAll('header nav, header .who, .choices, form, button')]
  .filter(element => element.getClientRects().length > 0).map(element => element.outerHTML.slice(0, 80))"""


def violations(page: Page) -> list[str]:
    """Give what axe-core finds on a page."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    options = {"runOnly": list(RULES), "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{one['id']} {node['html'][:160]}" for one in found for node in one["nodes"]]


def octets(page: Page) -> int:
    """Give the size of a first view as a server that compresses would send it, besides the chart library."""
    parts = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    addresses = {page.url, *(url for url in parts if CHART_LIBRARY not in url)}
    return sum(len(gzip.compress(page.request.get(url).body())) for url in addresses)


def unseen(page: Page) -> list[str]:
    """Give the first elements that the Tab key reaches without anybody seeing it."""
    found = []
    for _ in range(TABS):
        page.keyboard.press("Tab")
        found.append(page.evaluate(UNSEEN_FOCUS))
    return [one for one in found if one]
