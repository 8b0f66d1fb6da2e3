"""What a person does on the pages of the tenant."""

from playwright.sync_api import Page


def continue_as(page: Page, name: str) -> None:
    """Choose an account on the page that asks for one."""
    page.get_by_role("button", name=f"Continue as {name}", exact=True).click()


def sign_up(page: Page, name: str, email: str) -> None:
    """Make an account, from the page that asks for one."""
    page.get_by_role("link", name="Create an account").click()
    fill_account(page, name, email)


def fill_account(page: Page, name: str, email: str) -> None:
    """Fill in the form of a new account, and send it."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Create account").click()
