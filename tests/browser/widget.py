"""The search on a member's page, as its reader uses it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Frame, Locator, Page, expect

PICTURES: Final = Path(__file__).parents[2] / "build" / "widget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """One `<belong-search>` of a page."""

    element: Locator

    @property
    def box(self) -> Locator:
        """Where people type."""
        return self.element.get_by_role("combobox", name="Search the Belong library")

    @property
    def options(self) -> Locator:
        """The completions that are offered."""
        return self.element.get_by_role("option")

    @property
    def status(self) -> Locator:
        """What is said of the search."""
        return self.element.get_by_role("status")

    @property
    def titles(self) -> Locator:
        """The links of the results."""
        return self.part("title")

    def part(self, name: str) -> Locator:
        """What `::part(name)` styles."""
        return self.element.locator(f"[part~={name}]")

    def active(self) -> str | None:
        """The completion that the keys have reached, as screen readers are told."""
        return self.box.evaluate(
            "box => box.getRootNode().getElementById(box.getAttribute('aria-activedescendant'))?.firstChild.textContent"
        )

    def search(self, words: str) -> None:
        """Types and presses Enter."""
        self.box.fill(words)
        self.box.press("Enter")

    def find(self, words: str) -> None:
        """Searches, and waits for results."""
        self.search(words)
        expect(self.status).to_contain_text("resource")

    def complete(self, words: str) -> None:
        """Types, and waits for completions."""
        self.box.press_sequentially(words)
        expect(self.options.first).to_be_visible()


def widget_of(page: Page | Frame, number: int = 0) -> Widget:
    """One of the searches of a page."""
    return Widget(element=page.locator("belong-search").nth(number))


def picture(page: Page, name: str) -> None:
    """A screenshot to look at, in build/widget."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
