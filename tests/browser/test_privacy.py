"""Personal data in the browser: what is kept, and erasing a customer, which is asked for twice."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from accounts.models import Person
from feedback.models import Contact
from tests.browser.conftest import Scheme, SignedIn, grave_violations
from tests.feedback.rows import CONTACTS, bring_in


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_linking_pin_erases_a_customer(
    signed_in: SignedIn, linking_pin: Person, width: int, scheme: Scheme, transactional_db: None
) -> None:
    bring_in(CONTACTS)
    page = signed_in(linking_pin, width, scheme)
    page.goto("/data/privacy/")
    page.get_by_label("Keep customers’ words for so many months").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Words from before")
    assert not grave_violations(page)

    page.get_by_label("The customer’s id or e-mail address").fill("k1")
    page.get_by_role("button", name="Look for the customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erase this customer for good?")
    assert not grave_violations(page)
    once_more = page.get_by_label("Type the customer’s id or e-mail address once more")
    expect(once_more).to_have_value("")
    once_more.fill("K1")
    page.get_by_role("button", name="Erase for good").click()

    expect(page.get_by_text("The customer is erased. 2 contacts keep counting, without words.")).to_be_visible()
    assert list(Contact.objects.exclude(customer_ref="").values_list("external_id", flat=True)) == ["T2"]
    assert Contact.objects.count() == 3
