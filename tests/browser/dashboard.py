"""The dashboard, and what a person does in it."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from .signing_in import continue_as

FIELDS = ("Name", "Price", "Description", "Image address")

SOUP = {
    "Name": "Soup",
    "Price": "4.50",
    "Description": "Hot",
    "Image address": "https://cdn.auth0.com/soup.png",
}


def build(project: Path, folder: Path, **settings: str) -> None:
    """Build the dashboard.

    :param project: its folder, with its packages installed.
    :param folder: where to put what is built.
    :param settings: beside its defaults.
    """
    command = ["node_modules/.bin/vite", "build", "--logLevel", "warn", "--emptyOutDir", "--outDir"]
    subprocess.run([*command, str(folder)], cwd=project, env=os.environ | settings, check=True)


class Dashboard:
    """A page with the dashboard.

    :param origin: where it is.
    """

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        #: The last request that changed something.
        self._changing: Request | None = None
        page.on("request", self._notice)

    def _notice(self, request: Request) -> None:
        if request.method in ("POST", "PUT", "DELETE") and "/items" in request.url:
            self._changing = request

    @property
    def token(self) -> str:
        """The access token that the API was given last."""
        assert self._changing
        return self._changing.headers["authorization"].removeprefix("Bearer ")

    def open(self, path: str = "/") -> "Dashboard":
        """Go to a page of it, as by its address."""
        self.page.goto(f"{self.origin}{path}")
        return self

    def sign_in(self, name: str) -> "Dashboard":
        """Sign in as somebody, from the start."""
        self.button("Sign in").click()
        continue_as(self.page, name)
        expect(self.button("Sign out")).to_be_visible()
        return self

    def come_as(self, name: str, sessions: dict[str, list[Any]]) -> "Dashboard":
        """Go to it as somebody who has signed in before.

        :param sessions: the cookies of such people by name; who is missing signs in, and is added.
        """
        if name in sessions:
            self.page.context.add_cookies(sessions[name])
            self.open()
            expect(self.button("Sign out")).to_be_visible()
        else:
            self.open().sign_in(name)
            sessions[name] = self.page.context.cookies()
        return self

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        """A heading by its whole name."""
        return self.page.get_by_role("heading", name=name, exact=True)

    @property
    def items(self) -> Locator:
        """All items."""
        return self.page.get_by_role("article")

    def item(self, name: str) -> Locator:
        """An item by its whole name."""
        return self.page.get_by_role("article", name=name, exact=True)

    def field(self, name: str) -> Locator:
        """A field of the form."""
        return self.form.get_by_label(name, exact=True)

    @property
    def form(self) -> Locator:
        """The form or the question that lies above the page."""
        return self.page.get_by_role("dialog")

    @property
    def alert(self) -> Locator:
        """What is said at once."""
        return self.page.get_by_role("alert").filter(has_text=re.compile(r"\S"))

    @property
    def status(self) -> Locator:
        """What is said politely."""
        return self.page.get_by_role("status").filter(has_text=re.compile(r"\S"))

    def fill(self, **fields: str) -> None:
        """Type into fields; the first word of a label names it."""
        for name in FIELDS:
            text = fields.get(name.split()[0].lower())
            if text is not None:
                self.field(name).fill(text)

    def save(self) -> None:
        """Send the form."""
        self.form.get_by_role("button", name="Save").click()

    def add(self, **fields: str) -> None:
        """Add an item: soup, but for what is said otherwise."""
        self.button("Add item").click()
        self.fill(**{label.split()[0].lower(): text for label, text in SOUP.items()} | fields)
        self.save()

    def edit(self, name: str, /, **fields: str) -> None:
        """Change an item."""
        self.button(f"Edit {name}").click()
        self.fill(**fields)
        self.save()

    def delete(self, name: str) -> None:
        """Delete an item, and say that it is meant."""
        self.button(f"Delete {name}").click()
        self.form.get_by_role("button", name="Delete").click()
