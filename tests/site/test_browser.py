"""What a reader does with the site, opened from disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Watched
from playwright.sync_api import Browser, expect

FLIGHTS = "tables/aviation/flights.html"


def open_page(watched: Watched, site: Path, path: str = "index.html") -> None:
    watched.page.goto(f"{site.as_uri()}/{path}")


def test_search_opens_a_table_by_keyboard(watched: Watched, site: Path) -> None:
    open_page(watched, site)
    page = watched.page
    page.keyboard.press("/")
    page.keyboard.type("flihgts")
    expect(page.get_by_role("option").first).to_contain_text("aviation.flights")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.as_uri()}/{FLIGHTS}")
    expect(page.locator("h1")).to_contain_text("aviation.flights")


def test_search_finds_a_column_from_a_table_page(watched: Watched, site: Path) -> None:
    open_page(watched, site, "tables/aviation/airlines.html")
    page = watched.page
    page.keyboard.press("Control+k")
    page.keyboard.type("dep_delay")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("dep_delay")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.as_uri()}/{FLIGHTS}#column-dep_delay")
    expect(page.locator("tr:target")).to_contain_text("how late it left")


def test_search_moves_and_closes_by_keyboard(watched: Watched, site: Path) -> None:
    open_page(watched, site)
    page = watched.page
    page.keyboard.press("/")
    page.keyboard.type("a")
    options = page.get_by_role("option")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#search-results")).to_be_hidden()


def test_search_says_when_nothing_is_found(watched: Watched, site: Path) -> None:
    open_page(watched, site)
    watched.page.locator("#search").fill("xyzzyplugh")
    expect(watched.page.locator("#search-results")).to_have_text("Nothing found.")


def test_filters_narrow_and_the_address_keeps_them(watched: Watched, site: Path) -> None:
    open_page(watched, site)
    page = watched.page
    rows = page.locator("table.list tbody tr")
    expect(rows).to_have_count(8)
    page.get_by_label("reference", exact=False).first.check()
    expect(rows).to_have_count(4)
    page.get_by_label("Delta").check()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("aviation.weather")
    expect(page.locator("#list-status")).to_have_text("1 of 8 tables")
    assert "tag=reference" in page.url
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(8)


def test_a_tag_of_a_table_leads_to_the_filtered_list(watched: Watched, site: Path) -> None:
    open_page(watched, site, "tables/edge/attack.html")
    watched.page.get_by_role("link", name='a"b').click()
    expect(watched.page.locator("table.list tbody tr")).to_have_count(1)


def test_the_list_sorts_by_rows(watched: Watched, site: Path) -> None:
    open_page(watched, site)
    page = watched.page
    page.get_by_role("button", name="Rows").click()
    expect(page.locator("table.list tbody tr").first).to_contain_text("336,776")
    page.get_by_role("button", name="Rows").click()
    expect(page.locator("table.list tbody tr").first).to_contain_text("aviation.airlines")


def test_the_script_makes_the_rows_that_the_exporter_made(
    browser: Browser, watched: Watched, site: Path
) -> None:
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{site.as_uri()}/index.html")
    rows = "table.list tbody tr"
    written = [row.inner_html() for row in plain.locator(rows).all()]
    plain.context.close()
    open_page(watched, site)
    restore = """rows => rows.map(row => {
        for (const time of row.querySelectorAll('time')) {
            time.textContent = time.title;
            time.removeAttribute('title');
        }
        return row.innerHTML;
    })"""
    made = watched.page.locator(rows).evaluate_all(restore)
    assert made == written


def test_a_snippet_is_copied(watched: Watched, site: Path) -> None:
    open_page(watched, site, FLIGHTS)
    page = watched.page
    page.get_by_role("tab", name="SQL", exact=True).click()
    page.locator(".snippet:not([hidden]) .copy").click()
    expect(page.locator(".snippet:not([hidden]) .copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "SELECT year, month, day, dep_time FROM aviation.flights LIMIT 10;\n"


def test_tabs_move_by_arrows_and_are_remembered(watched: Watched, site: Path) -> None:
    open_page(watched, site, FLIGHTS)
    page = watched.page
    page.get_by_role("tab", name="Python", exact=True).focus()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Command line")).to_have_attribute("aria-selected", "true")
    page.reload()
    expect(page.get_by_role("tab", name="Command line")).to_have_attribute("aria-selected", "true")


def test_the_theme_follows_the_system_and_the_choice(watched: Watched, site: Path) -> None:
    open_page(watched, site)
    page = watched.page
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(background)
    assert dark != light
    page.locator("#theme").click()
    assert page.evaluate(background) == light
    page.reload()
    assert page.evaluate(background) == light


def test_columns_are_filtered_on_a_long_page(watched: Watched, site: Path) -> None:
    open_page(watched, site, FLIGHTS)
    page = watched.page
    page.get_by_label("Filter columns").fill("late")
    expect(page.locator("table.columns tbody tr:visible")).to_have_count(2)
    expect(page.locator("#columns .count").first).to_have_text("2 of 19")


@pytest.mark.parametrize("path", ["index.html", FLIGHTS, "tables/edge/attack.html"])
def test_a_phone_needs_no_sideways_scrolling(watched: Watched, site: Path, path: str) -> None:
    watched.page.set_viewport_size({"width": 375, "height": 700})
    open_page(watched, site, path)
    width = watched.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 375


def test_pages_read_without_a_script(browser: Browser, site: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site.as_uri()}/index.html")
    expect(page.locator("#search")).to_be_hidden()
    page.locator(".databases a").first.click()
    page.get_by_role("link", name="aviation.flights").click()
    expect(page.locator("#columns")).to_contain_text("dep_delay")
    expect(page.locator(".snippet")).to_have_count(6)
    expect(page.locator("#history tbody tr")).to_have_count(6)
    page.context.close()


def test_a_table_that_cannot_be_read_says_why(watched: Watched, site: Path) -> None:
    open_page(watched, site, "tables/edge/broken.html")
    expect(watched.page.locator(".banner-bad")).to_contain_text("00000000000000000000.json")
    open_page(watched, site, "tables/aviation/departures.html")
    expect(watched.page.locator(".banner-warn")).to_contain_text("Use aviation.flights.")


def test_no_text_becomes_markup(watched: Watched, site: Path) -> None:
    for path in ("index.html", "tables/edge/attack.html", "databases/edge.html"):
        open_page(watched, site, path)
        page = watched.page
        assert page.locator("main img, main script, main b, main u, main i").count() == 0
        expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")
    page.locator("#search").fill("<script>alert(3)</script>")
    expect(page.get_by_role("option").first).to_contain_text("<script>alert(3)</script>")


# Contrast of every visible text with what is behind it.
CONTRAST = """() => {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, under) => {
    const a = top[3] / 255;
    return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a)).concat(255);
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => {
      v /= 255;
      return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = element => {
    const stack = [];
    for (let e = element; e; e = e.parentElement) {
      stack.push(rgba(getComputedStyle(e).backgroundColor));
    }
    return stack.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 255]);
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const back = behind(element);
    const text = over(rgba(getComputedStyle(element).color), back);
    const [a, b] = [luminance(text), luminance(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const said = walker.currentNode.data.trim();
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.className} ${said}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["index.html", FLIGHTS, "tables/edge/broken.html"])
def test_text_has_the_contrast_of_wcag_aa(
    watched: Watched, site: Path, path: str, scheme: str
) -> None:
    watched.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    open_page(watched, site, path)
    if path == "index.html":
        watched.page.locator("#search").fill("flights")
        expect(watched.page.get_by_role("option").first).to_be_visible()
    assert watched.page.evaluate(CONTRAST) == []
