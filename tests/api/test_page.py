"""The search page in a real browser, on a real server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx2
import pytest

from maas.journey_query import Mode
from tests.api.browser import CHROMIUM, Tab, browsing
from tests.api.test_server import Server, serving

DAY = "2026-05-11"
CARDS = "[...document.querySelectorAll('#itineraries > li')]"
STATUS = "document.getElementById('status')?.textContent"


@pytest.fixture(scope="module")
def server(valley: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(valley, "--data-dir", str(tmp_path_factory.mktemp("state"))) as server:
        yield server


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with browsing(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture
def tab(browser: Tab, server: Server) -> Iterator[Tab]:
    browser.open(f"{server.url}/docs")
    browser.wait("document.title.startsWith('API')")
    browser.value("localStorage.setItem('lang', 'en')")
    yield browser
    assert browser.errors == []


def search(tab: Tab, server: Server, at: str = f"{DAY}T07:30", **more: str) -> None:
    """Open the page with a search in its address and wait for the answer."""
    asked = {"from": "北駅", "to": "南口", "at": at, "arrive_by": "", "party": "1", **more}
    tab.open(f"{server.url}/?{httpx2.QueryParams(asked)}")
    tab.wait(f"location.pathname === '/' && ({CARDS}.length || {STATUS}?.includes('No journey'))")


def cards(tab: Tab) -> list[str]:
    texts: list[str] = tab.value(f"{CARDS}.map((card) => card.innerText)")
    return texts


def wait_for_others(tab: Tab, known: list[str]) -> None:
    """Wait for journeys that are not the known ones."""
    tab.wait(f"{CARDS}.length && {CARDS}[0].innerText !== {json.dumps(known[0])}")


def click(tab: Tab, text: str, inside: str = "document") -> None:
    buttons = f"[...{inside}.querySelectorAll('button')]"
    tab.value(f"{buttons}.find((button) => button.innerText === '{text}').click()")


def answer(server: Server, **query: Any) -> list[dict[str, Any]]:
    asked = {"from": "北駅", "to": "南口", "at": f"{DAY}T07:30", **query}
    found: list[dict[str, Any]] = httpx2.post(f"{server.url}/v1/journeys", json=asked).json()[
        "itineraries"
    ]
    return found


@pytest.mark.parametrize("own", ["bike", "car"])
def test_an_own_vehicle_is_offered_to_who_has_one(tab: Tab, server: Server, own: str) -> None:
    search(tab, server)
    without = cards(tab)
    search(tab, server, own=own)
    modes = {*get_args(Mode)} - {"bike", "car"} | {own}
    expected = answer(server, modes=sorted(modes))
    assert any(leg["mode"] == own for one in expected for leg in one["legs"])
    shown = cards(tab)
    assert len(shown) == len(expected)
    assert shown != without
    assert "has no '" not in tab.value(STATUS)  # modes that nobody asked for by name
    for text, itinerary in zip(shown, expected, strict=True):
        assert f"{itinerary['departure'][11:16]} → {itinerary['arrival'][11:16]}" in text
    tab.value("localStorage.setItem('lang', 'ja')")
    search(tab, server, own=own)
    assert any({"bike": "自転車", "car": "自家用車"}[own] in text for text in cards(tab))


def test_a_search_in_the_address_shows_what_the_interface_answers(tab: Tab, server: Server) -> None:
    search(tab, server)
    shown = cards(tab)
    expected = answer(server)
    assert len(shown) == len(expected) > 1
    for text, itinerary in zip(shown, expected, strict=True):
        assert f"{itinerary['departure'][11:16]} → {itinerary['arrival'][11:16]}" in text
        assert text.count("→") >= 1 + len(itinerary["legs"])
    assert "Made for tests." in tab.value("document.getElementById('notice').textContent")


def test_the_page_turns_to_later_journeys_and_back(tab: Tab, server: Server) -> None:
    search(tab, server)
    first = cards(tab)
    click(tab, "Later")
    wait_for_others(tab, first)
    later = cards(tab)
    assert not set(later) & set(first)
    click(tab, "Earlier")
    wait_for_others(tab, later)
    assert set(cards(tab)) & set(first)


def test_a_journey_is_booked_and_cancelled(tab: Tab, server: Server) -> None:
    search(tab, server)
    card = f"{CARDS}[0]"
    seats = answer(server)[0]["legs"][0]["seats_left"]
    click(tab, "Book", card)
    tab.wait(f"{STATUS}.startsWith('Booked')")
    assert answer(server)[0]["legs"][0]["seats_left"] == seats - 1
    click(tab, "Cancel", card)
    tab.wait(f"{STATUS} === 'Cancelled'")
    assert answer(server)[0]["legs"][0]["seats_left"] == seats


def test_the_page_speaks_both_languages(tab: Tab, server: Server) -> None:
    search(tab, server)
    assert "direct" in cards(tab)[0]
    click(tab, "日本語")
    assert tab.value("document.documentElement.lang") == "ja"
    click(tab, "検索")
    tab.wait(f"{CARDS}.length > 0 && {CARDS}[0].innerText.includes('乗換なし')")
    assert "試験用です。" in tab.value("document.getElementById('notice').textContent")


def test_who_finds_nothing_is_told_why(tab: Tab, server: Server) -> None:
    search(tab, server, to="北駅")
    assert cards(tab) == []
    assert tab.value(STATUS).startswith("No journey was found: ")
    assert len(tab.value(STATUS)) > len("No journey was found: ")


def test_places_are_suggested_while_one_types(tab: Tab, server: Server) -> None:
    search(tab, server)
    tab.value(
        "(() => { const field = document.forms[0].elements.to; field.value = '中';"
        " field.dispatchEvent(new Event('input')); })()"
    )
    tab.wait("[...document.querySelectorAll('#places option')].some((o) => o.value === '中町')")
