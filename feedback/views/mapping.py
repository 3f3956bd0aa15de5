"""What each column of a file becomes, with what its first rows would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import choices as shared_choices
from accounts import formats, notices
from accounts.permissions import signed_in
from feedback import forms, guessing, kinds, mapping, parsing, permissions, proposals, ratings, rejections, services
from feedback.forms.mapping import FieldError
from feedback.models import Import
from feedback.selectors import choices as looks
from feedback.selectors import imports as questions
from feedback.selectors import previews, reading_details, samples, suggestions, surroundings
from feedback.selectors.samples import Sample
from feedback.services import drafts, reading
from feedback.services.lookups import markets_by_name
from feedback.services.ratings import chosen_last, start_both
from feedback.services.score_files import is_taken_out

UNPROCESSABLE = 422
_READING = ("encoding", "delimiter", "sheet")
_STARTING = frozenset({"import", "dry-run"})


@dataclass(frozen=True)
class _Answer:
    """The mapping in force on the page, where it came from, and what is wrong with it."""

    chosen: mapping.FieldMap
    new: tuple[str, ...]
    gone: tuple[str, ...]
    errors: list[FieldError]
    fixed: list[tuple[str, str]] | None = None


@dataclass(frozen=True)
class _Scores:
    """Scores in a file of contacts, and as which survey they come in: "" for not at all."""

    found: ratings.Ratings
    instrument: str

    @property
    def mapping(self) -> dict[str, Any]:
        """As the survey that was chosen; empty for none."""
        return self.found.as_survey(self.instrument) if self.instrument else {}

    @property
    def note(self) -> dict[str, str]:
        """What stands at their column, which is no field of a contact, by heading; empty when they are left out."""
        said = _("Its answers come in beside the contacts, as %(survey)s.") % {"survey": self.instrument.upper()}
        return {self.found.heading: said} if self.instrument else {}

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The surveys that they can be, then none."""
        return [(name, name.upper()) for name in self.found.instruments] + [("", _("Leave them out"))]


@require_http_methods(["GET", "HEAD", "POST"])
def import_map(request: HttpRequest, import_id: int) -> HttpResponse:
    """The mapping of an uploaded file: propose, change, try, start."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    imported = get_object_or_404(Import.objects.select_related("source__market"), pk=import_id)
    data = _with_set(request.POST) if request.method == "POST" else QueryDict()
    action = data.get("action", "")
    if action.startswith("kind:") and kinds.get(action.removeprefix("kind:")):
        drafts.change_kind(imported=imported, kind=action.removeprefix("kind:"))
        return redirect("feedback:import-map", import_id=import_id)
    kind = kinds.get(imported.kind)
    if imported.state != Import.State.DRAFT or kind is None:
        return _started_elsewhere(request, import_id)
    try:
        sample = _sample(imported, data)
    except parsing.Unreadable as error:
        return _unreadable(request, imported, error)
    answer = _answer(imported, kind, sample, data)
    preview, errors = _preview(sample, kind, answer, imported)
    if imported.problem and not data:
        errors.append(FieldError("", "", rejections.sentence(imported.problem, imported.problem_parameters)))
    undecided = suggestions.undecided(kind, answer.chosen, sample, answer.new)
    scores = _scores(imported, sample, answer.chosen, data)
    todo = looks.choices(
        kind,
        answer.chosen,
        sample,
        preview,
        columns=list(undecided.values()),
        gone=answer.gone,
        standing=surroundings.surroundings(imported, kind, answer.chosen, sample, preview),
        scores_offered=scores is not None,
    )
    hopeless = next((one for one in todo if one.hopeless), None)
    if action in _STARTING:
        errors += [FieldError(one.target, one.about, one.sentence) for one in todo if one.blocks]
    if action in _STARTING and not errors:
        # What nobody decided on is left out, and is not new in the next file.
        rest = [heading for heading in sample.shape.header if heading.lower() not in answer.chosen.headings]
        fields = mapping.read(answer.chosen.as_json() | {"left_out": [*answer.chosen.left_out, *rest]}, kind.columns)
        now = timezone.now()
        if scores and action == "import":
            start_both(imported=imported, fields=fields, survey=scores.mapping, actor=person, now=now)
        else:
            services.start(
                imported=imported,
                fields=fields,
                dry_run=action == "dry-run",
                # Survey files of this source look like themselves, not like this.
                remember=not is_taken_out(imported),
                actor=person,
                now=now,
            )
        return redirect("feedback:import-detail", import_id=import_id)
    saved = bool(data) and not answer.errors
    if saved:
        drafts.keep(imported=imported, fields=answer.chosen)
    form = forms.mapping_form(
        kind,
        answer.chosen,
        sample,
        # Nothing that is chosen about its columns helps a file that cannot go in.
        choices={} if hopeless else undecided,
        notes=looks.notes(answer.chosen, preview) | (scores.note if scores else {}),
        errors=answer.errors,
        data=data,
        fixed=answer.fixed if action != "add-fixed" else [*(answer.fixed or []), ("", "")],
    )
    context = {
        "imported": imported,
        "card": questions.import_card(imported, person),
        "sample": sample,
        "shape": sample.shape,
        "skipped": [rejections.passed_over(*one) for one in sample.shape.skipped],
        "form": form,
        "chosen": answer.chosen,
        "preview": preview,
        "show_rejects": data.get("show") == "rejects" and preview is not None and preview.rejected,
        "summary": errors if action in _STARTING else [],
        "loose": [] if action in _STARTING else [error for error in errors if not error.target],
        "todo": todo,
        "scores": scores,
        "all_columns": data.get("all"),
        "asked": sum(one.must for one in todo),
        "nothing_fits": preview is not None and not preview.ready and not preview.more,
        "hopeless": hopeless,
        "blocked": any(one.blocks for one in todo),
        "finding": _("This file cannot go in as it is") if hopeless else _finding(form, answer),
        "saved_at": timezone.now() if saved else None,
        "last_mapping": imported.source.mappings.get(imported.kind),
        "other_kind": _other_kind(imported, sample),
        "kinds": [one for one in Import.Kind.choices if one[0] != imported.kind and kinds.get(one[0])],
        "details": reading_details.details(answer.chosen, sample),
        "known": looks.known_values(answer.chosen, answer.fixed),
        "zone": answer.chosen.timezone or imported.source.zone,
        "preview_days": formats.day_range(preview.first, preview.last)
        if preview and preview.first and preview.last
        else "",
        "zones": shared_choices.zones(),
    }
    status = UNPROCESSABLE if errors and action in _STARTING else 200
    return render(request, "feedback/import_map.html", context, status=status)


def _started_elsewhere(request: HttpRequest, import_id: int) -> HttpResponse:
    """To the result; whoever was still choosing, in another tab, hears why."""
    if request.method == "POST":
        notices.say(request, _("This file was started meanwhile, so what you changed here was not used."))
    address = reverse("feedback:import-detail", args=[import_id])
    if request.headers.get("HX-Request"):
        # A redirect would put that page in the place of the form.
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _with_set(posted: QueryDict) -> QueryDict:
    """What was posted, with the choice of the button that was pressed: `set` is "control=value", and more after "&"."""
    data = posted.copy()
    for name, value in posted.items():
        # No database keeps zero bytes in text.
        data[name] = str(value).replace("\0", "")
    for one in data.get("set", "").split("&"):
        control, _equals, value = one.partition("=")
        if control.startswith("fix-"):
            at = len(forms.fixed_from(data))
            data[f"fixed-field-{at}"], data[f"fixed-value-{at}"] = control.removeprefix("fix-"), value
        elif control:
            data[control] = value
    return data


def _scores(imported: Import, sample: Sample, chosen: mapping.FieldMap, data: QueryDict) -> _Scores | None:
    """Where contacts come with scores: what is to happen with them, as was said here or with the last file."""
    if imported.kind != Import.Kind.CONTACTS:
        return None
    found = ratings.find(sample.columns, [row.cells for row in sample.rows if not row.fault], chosen)
    if found is None:
        return None
    said = data.get("scores")
    if said is None:
        # Who left them out with the last file need not do it again.
        last = chosen_last(imported.source)
        said = found.guess if last is None else last
    return _Scores(found, said if said in found.instruments else "")


def _sample(imported: Import, data: QueryDict) -> Sample:
    kept = data or imported.mapping or imported.source.mappings.get(imported.kind, {})
    try:
        return samples.sample(imported, **{name: kept.get(name, "") for name in _READING})
    except parsing.Unreadable as error:
        if error.reason != "sheet_missing":
            raise
        # The last file of this source had another sheet.
        return samples.sample(imported)


def _answer(imported: Import, kind: kinds.Kind, sample: Sample, data: QueryDict) -> _Answer:
    """What was posted, or the mapping that is proposed."""
    last = imported.source.mappings.get(imported.kind, {})
    guess = guessing.guess(imported.kind, kind.columns, sample.columns)
    guess["transforms"] = _without_known_markets(guess["transforms"])
    days = proposals.days_above(sample.shape.preamble)
    if days and days[0] == days[1] and "date" in kind.required and "date" not in guess["columns"]:
        guess["constants"]["date"] = days[0].isoformat()
    action = data.get("action", "")
    width = str(len(sample.shape.header))
    fresh = action in {"guess", "last"} or data.get("width", width) != width
    proposed = proposals.propose({} if action == "guess" else last, guess, sample.shape.header)
    since_last = proposals.propose(last, {}, sample.shape.header)
    if data and not fresh:
        chosen, errors = forms.mapping_from(data, sample, kind)
        return _Answer(chosen, since_last.new, since_last.gone, errors, forms.fixed_from(data))
    if not data and imported.mapping:
        proposed = proposals.propose(imported.mapping, {}, sample.shape.header)
    said = proposed.mapping
    if data:
        said = said | {key: data.get(key, "") for key in _READING}
    try:
        chosen = mapping.read(said, kind.columns)
    except mapping.BadMapping:
        chosen = mapping.read(guess, kind.columns)
    return _Answer(chosen, since_last.new, since_last.gone, [])


def _without_known_markets(guessed: dict[str, Any]) -> dict[str, Any]:
    """A market that goes by its name here needs no code of its country."""
    values = guessed.get("market", {}).get("values", {})
    if not values:
        return guessed
    known = markets_by_name()
    left = {name: code for name, code in values.items() if name.upper() not in known}
    rest = {field: one for field, one in guessed.items() if field != "market"}
    return rest | ({"market": {"kind": "values", "values": left}} if left else {})


def _preview(
    sample: Sample, kind: kinds.Kind, answer: _Answer, imported: Import
) -> tuple[previews.Preview | None, list[FieldError]]:
    """The first rows, as far as the mapping can be carried out; what is wrong with it otherwise."""
    errors = list(answer.errors)
    try:
        source = reading.Reading(sample.path, kind, answer.chosen, imported.source)
        return previews.preview(source, more=sample.more), errors
    except mapping.BadMapping as error:
        # The choices ask for both of these.
        if error.reason not in {"field_unmapped", "dates_ambiguous"}:
            errors.append(FieldError("", "", rejections.sentence(error.reason, error.parameters)))
    except parsing.Unreadable as error:
        errors.append(FieldError("", "", rejections.sentence(error.reason, error.parameters)))
    return None, errors


def _unreadable(request: HttpRequest, imported: Import, error: parsing.Unreadable) -> HttpResponse:
    context = {"imported": imported, "why": rejections.sentence(error.reason, error.parameters)}
    return render(request, "feedback/import_unreadable.html", context, status=UNPROCESSABLE)


def _other_kind(imported: Import, sample: Sample) -> tuple[str, str] | None:
    """The kind that the headings speak of, when it is another one than was chosen at the upload."""
    found = guessing.kind_of(sample.columns, kinds.fields(guessing.KNOWN_KINDS), imported.kind)
    return None if found == imported.kind else (found, str(Import.Kind(found).label))


def _finding(form: forms.MappingForm, answer: _Answer) -> str:
    total, known, new = len(form.columns), form.mapped, len(answer.new)
    if new:
        return ngettext(
            "We know %(known)d of the %(total)d columns, one is new",
            "We know %(known)d of the %(total)d columns, %(new)d are new",
            new,
        ) % {"known": total - new, "total": total, "new": new}
    if known == total:
        return ngettext("We know the column", "We know all %(total)d columns", total) % {"total": total}
    asked = sum(column.field == "" for column in form.columns)
    if asked:
        return ngettext(
            "We know %(known)d of the %(total)d columns, one asks for a choice",
            "We know %(known)d of the %(total)d columns, %(asked)d ask for a choice",
            asked,
        ) % {"known": known, "total": total, "asked": asked}
    return _("We know %(known)d of the %(total)d columns, the rest is left out") % {"known": known, "total": total}
