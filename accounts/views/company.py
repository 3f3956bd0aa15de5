"""Settings: company, markets, teams, audit trail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import choices, notices, selectors, services
from accounts.forms.company import CompanyForm, MarketForm, TeamForm
from accounts.models import Company, Market, Person, Team
from accounts.permissions import signed_in


@require_http_methods(["GET", "POST"])
def company_edit(request: HttpRequest) -> HttpResponse:
    """Name, money, working days, promise."""
    company = get_object_or_404(Company, pk=1)
    posted = request.POST if request.method == "POST" else None
    form = CompanyForm(posted, initial=CompanyForm.initial_of(company))
    if posted is not None and form.is_valid():
        services.update_company(actor=signed_in(request), company=company, **form.choices_made(), now=timezone.now())
        notices.say(request, _("The company is saved."))
        return redirect("accounts:company-edit")
    context = {"form": form, "row": company, "currencies": choices.CURRENCIES, "section": "company"}
    return render(request, "accounts/company.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def market_list(request: HttpRequest) -> HttpResponse:
    """All markets, and a form for another."""
    posted = request.POST if request.method == "POST" else None
    form = MarketForm(posted)
    if posted is not None and form.is_valid():
        market = services.add_market(actor=signed_in(request), **form.cleaned_data, now=timezone.now())
        notices.say(request, _("%(name)s is added.") % {"name": market.name})
        return redirect("accounts:market-list")
    context = {"form": form, "markets": selectors.markets(), **_suggestions(), "section": "markets"}
    return render(request, "accounts/markets.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def market_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct one market."""
    market = get_object_or_404(Market, pk=pk)
    posted = request.POST if request.method == "POST" else None
    start = {name: getattr(market, name) for name in ("code", "name", "zone", "currency")}
    form = MarketForm(posted, market=market, initial=start)
    if posted is not None and form.is_valid():
        services.change_market(actor=signed_in(request), market=market, **form.cleaned_data, now=timezone.now())
        notices.say(request, _("%(name)s is saved.") % {"name": market.name})
        return redirect("accounts:market-list")
    context = {"form": form, "market": market, **_suggestions(), "section": "markets"}
    return render(request, "accounts/market.html", context, status=422 if form.errors else 200)


def _suggestions() -> dict[str, object]:
    return {"zones": choices.zones(), "currencies": choices.CURRENCIES}


@require_http_methods(["GET", "POST"])
def team_list(request: HttpRequest) -> HttpResponse:
    """All teams, and a form for another."""
    posted = request.POST if request.method == "POST" else None
    form = TeamForm(posted)
    if posted is not None and form.is_valid():
        team = services.add_team(actor=signed_in(request), **form.cleaned_data, now=timezone.now())
        notices.say(request, _("%(name)s is added.") % {"name": team.name})
        return redirect("accounts:team-list")
    context = {"form": form, "teams": selectors.teams(), "section": "teams"}
    return render(request, "accounts/teams.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct one team."""
    team = get_object_or_404(Team, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = TeamForm(posted, team=team, initial={"name": team.name, "kind": team.kind})
    if posted is not None and form.is_valid():
        services.change_team(actor=signed_in(request), team=team, **form.cleaned_data, now=timezone.now())
        notices.say(request, _("%(name)s is saved.") % {"name": team.name})
        return redirect("accounts:team-list")
    context = {"form": form, "team": team, "section": "teams"}
    return render(request, "accounts/team.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def team_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then remove a team; its people stay."""
    team = get_object_or_404(Team, pk=pk)
    if request.method == "GET":
        context = {"team": team, "members": team.people.filter(is_active=True).count()}
        return render(request, "accounts/team_remove.html", context)
    services.remove_team(actor=signed_in(request), team=team, now=timezone.now())
    notices.say(request, _("%(name)s is removed; its people stay, without a team.") % {"name": team.name})
    return redirect("accounts:team-list")


@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    filters = {name: request.GET.get(name, "") for name in ("person", "kind", "key", "after", "before")}
    page = selectors.audit_page(**filters)
    person = Person.objects.filter(pk=int(filters["person"])).first() if filters["person"].isdecimal() else None
    context = {
        "page": page,
        "filters": filters,
        "person": person,
        "filtered": bool(filters["person"] or filters["kind"] or filters["key"]),
        "section": "audit",
    }
    return render(request, "accounts/audit.html", context)
