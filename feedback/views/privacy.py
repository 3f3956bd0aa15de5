"""Personal data: how long words are kept, what order numbers look like, and erasing one customer."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

import accounts.selectors
import accounts.services
from accounts import notices
from accounts.models import Company
from accounts.permissions import signed_in
from feedback import permissions
from feedback.forms.privacy import EraseForm, PrivacyForm
from feedback.references import References
from feedback.services import erasure, leftovers, retention

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest) -> HttpResponse:
    """The settings with what they would delete, and the way to erase a customer."""
    person = signed_in(request)
    permissions.may_protect(person).demand()
    company = get_object_or_404(Company, pk=1)
    posted = request.POST if request.method == "POST" else None
    form = PrivacyForm(posted, initial=PrivacyForm.initial_of(company))
    if posted is not None and form.is_valid():
        accounts.services.update_privacy(actor=person, company=company, **form.cleaned_data, now=timezone.now())
        notices.say(request, _("Saved. New texts follow the patterns; words past their time go tonight."))
        return redirect("feedback:privacy")
    return _page(request, company, form, EraseForm(), status=UNPROCESSABLE if form.errors else 200)


@require_POST
def customer_erase(request: HttpRequest) -> HttpResponse:
    """First what would be erased, and the same customer asked for once more; then it is done."""
    person = signed_in(request)
    permissions.may_protect(person).demand()
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _refused(request, " ".join(map(str, form.errors["customer"])))
    written = [form.cleaned_data["customer"]]
    reference = References(settings.CUSTOMER_KEY).customer(written[0])
    sure = request.POST.get("sure", "")
    if sure != reference:
        problem = _("This is not the customer you typed first. Type it as you did before.") if sure else ""
        again = EraseForm()
        again.fields["customer"].label = _("Type the customer’s id or e-mail address once more")
        context = {
            "found": erasure.find(written),
            "drafts": leftovers.drafts_that_may_hold(written),
            "reports": leftovers.reports_that_may_hold(written),
            "form": again,
            "reference": reference,
            "problem": problem,
        }
        return render(request, "feedback/erase_customer.html", context, status=UNPROCESSABLE if problem else 200)
    done = erasure.erase(actor=person, written=written, now=timezone.now())
    notices.say(request, _told(done))
    return redirect("feedback:privacy")


def _told(done: erasure.Erasure) -> str:
    said = [
        ngettext(
            "The customer is erased. %(number)d contact keeps counting, without words.",
            "The customer is erased. %(number)d contacts keep counting, without words.",
            done.contacts,
        )
        % {"number": done.contacts}
    ]
    if done.copies:
        said.append(_("Copies taken out elsewhere: %(number)d.") % {"number": done.copies})
    if done.drafts:
        said.append(_("These waiting uploads were deleted: %(names)s.") % {"names": ", ".join(done.drafts)})
    if done.running:
        said.append(_("An import is at work and may bring the customer back: erase once more when it is done."))
    return " ".join(said)


def _refused(request: HttpRequest, problem: str) -> HttpResponse:
    company = get_object_or_404(Company, pk=1)
    form = PrivacyForm(initial=PrivacyForm.initial_of(company))
    return _page(request, company, form, EraseForm(), problem=problem, status=UNPROCESSABLE)


def _page(
    request: HttpRequest, company: Company, form: PrivacyForm, erase_form: EraseForm, *, status: int, problem: str = ""
) -> HttpResponse:
    before = retention.cutoff(company.retention_months, accounts.selectors.market_day(timezone.now()))
    context = {
        "company": company,
        "form": form,
        "erase_form": erase_form,
        "problem": problem,
        "before": before,
        "due": retention.due(before) if before else {},
        "draft_days": settings.DRAFT_DAYS,
        "undo_days": settings.IMPORT_UNDO_DAYS,
    }
    return render(request, "feedback/privacy.html", context, status=status)
