"""What systems call the fields of an import: headings in English, Dutch and German, best first. Plain data.

From the exports of Zendesk, Salesforce, Intercom, Gorgias, Freshdesk, Typeform, Delighted, Trustpilot,
Google Play, Google Analytics, Shopify and WooCommerce. Written as `plain` writes them.
"""

from __future__ import annotations

import re
import unicodedata

_BRACKETS = re.compile(r"\s*\[[^\]]*\]\s*$")
_PARENTHESES = re.compile(r"\([^)]*\)")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UNITS = {
    "minutes": "min mins minute minutes minuten",
    "hours": "h hr hrs hour hours uur uren stunden",
    "milliseconds": "ms millis milliseconds milliseconden",
    "seconds": "s sec secs second seconds seconden sekunden",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}


def plain(heading: str) -> str:
    """Small letters without accents, words joined by `_`; without "[list]" and "(UTC)" behind them."""
    text = _PARENTHESES.sub(" ", _BRACKETS.sub("", heading))
    return _joined(_HUMP.sub("_", text)) or _joined(heading)


def with_unit(heading: str) -> tuple[str, str]:
    """The plain heading without its unit of time, and that unit or "": "Duur (min)" is ("duur", "minutes")."""
    words = _joined(_HUMP.sub("_", _BRACKETS.sub("", heading))).split("_")
    unit = _UNIT_OF.get(words[-1], "") if len(words) > 1 else ""
    if not unit:
        return plain(heading), ""
    return "_".join(words[: -2 if words[-2] == "in" and len(words) > 2 else -1]), unit


def _joined(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")


_SHARED = {
    "channel": "channel initial_channel kanaal kanal ticket_channel contact_channel conversation_channel "
    "contactkanaal kontaktkanal "
    "case_origin via origin source source_type ticket_source medium herkomst herkunft",
    "market": "market markt country land country_code shipping_country billing_country customer_country landcode",
    "language": "language lang taal sprache locale ticket_language reviewer_language customer_language review_language",
    "stage": "stage journey_stage stage_of_the_journey touchpoint fase phase",
    "page": "page url page_url started_from_url webpage pagina seite page_path referer referrer current_page",
    "customer": "requester_id customer_id klantnummer klant_id kundennummer kunden_id user_id requester_external_id "
    "requester_email customer_email contact_email user_email person_email email e_mail email_address e_mail_address "
    "requester_e_mail customer_e_mail contact_e_mail user_e_mail klant_e_mail e_mail_klant klant_email emailadres "
    "e_mailadres e_mail_adres emailadresse e_mail_adresse caller customer_phone requester customer klant kunde "
    "contact_name aanvrager anfragender",
    "customer_name": "requester requester_name customer_name contact_name user_name full_name klantnaam kundenname "
    "customer klant kunde consumer_name reviewer_name person_name name naam contact "
    "review_username aanvrager anfragender",
}
_CONTACTS = {
    "external_id": "external_id id ticket_id ticket_number ticket_nr case_number conversation_id case_id call_id "
    "chat_id ticketnummer casenummer zaaknummer contactnummer bonnr bonnummer fallnummer vorgangsnummer ticket "
    "kontakt_id gesprek_id number nummer nr",
    "occurred_at": "occurred_at created_at created created_date creation_date created_time ticket_created_at "
    "date_time_opened opened_date date_opened opened requested requested_at created_datetime ticket_created_timestamp "
    "ticket_created_date ticket_created aangevraagd angefragt angefordert conversation_started_at started_at "
    "conversation_created_at received_at received start_time call_start timestamp submitted_at aangemaakt_op "
    "aangemaakt aanmaakdatum ontvangen_op ontvangen gestart_op erstellt_am erstellt erstelldatum eingegangen_am "
    "eingang eroffnet_am datum_tijd date_time datetime tijdstip zeitpunkt date datum",
    "reason": "reason contact_reason case_reason reason_for_contact contactreden reden kontaktgrund grund anliegen "
    "category ticket_category categorie kategorie topic topics conversation_topics thema label labels "
    "tags tag ticket_tags conversation_tags schlagworte stichworter onderwerp",
    "subject": "subject ticket_subject title titel betreff onderwerp conversation_title",
    "text": "text description message body verbatim toelichting first_message initial_message first_comment "
    "message_body customer_message question bericht vraag opmerking omschrijving beschreibung nachricht anfrage "
    "transcript comment comments remark",
    "location": "location store store_name winkel filiaal filiale vestiging standort locatie branch",
    "order": "order order_id order_number order_no order_name bestelnummer ordernummer bestellnummer auftragsnummer "
    "bestelling bestellung",
    "handle_seconds": "handle_time handling_time handle_seconds aht duration call_duration time_spent duur "
    "gespreksduur behandeltijd bearbeitungszeit bearbeitungsdauer dauer",
    "talk_seconds": "talk_time talking_time gesprekstijd gesprachszeit",
    "hold_seconds": "hold_time hold wachtstand haltezeit",
    "wrapup_seconds": "wrap_up_time wrapup_time wrapup acw after_call_work nawerktijd nabewerking nachbearbeitung",
    "wait_seconds": "wait_time waiting_time queue_time time_in_queue wachttijd wartezeit",
    "abandoned": "abandoned missed opgehangen aufgelegt",
    "first_response_seconds": "first_reply_time first_response_time time_to_first_response first_response "
    "time_to_first_reply eerste_reactietijd erste_antwortzeit",
    "reply_seconds": "reply_times reply_time reactietijden antwortzeiten",
    "resolved_first_contact": "resolved_first_contact first_contact_resolution first_call_resolution fcr one_touch "
    "solved_at_first_contact in_een_keer_opgelost opgelost gelost",
    "resolved_at": "resolved_at solved_at solved closed_at closed_date date_time_closed closed_datetime "
    "ticket_solved_timestamp "
    "conversation_last_closed_at "
    "resolved_time resolved closed opgelost_op gesloten_op opgelost gelost_am geschlossen_am gelost",
    "is_complaint": "is_complaint complaint klacht beschwerde reklamation",
    "agent": "agent assignee agent_name assignee_name assigned_to assigned_agent case_owner owner teammate "
    "teammate_assigned medewerker behandelaar toegewezen_persoon assignee_user mitarbeiter zugewiesen_an "
    " bearbeiter colleague collega",
    "team": "team group group_name assigned_team assignee_team team_assigned ticket_group team_name queue "
    "afdeling groep gruppe abteilung "
    "department",
    "product": "product product_name sku artikel produkt",
    "experiment": "experiment",
    "variant": "variant variation",
}
_SURVEYS = {
    "external_id": "external_id response_id survey_response_id submission_id token review_id id antwoord_id",
    "responded_at": "responded_at response_date submit_date submitted_at answered_at completed_at review_created "
    "review_submit_date_and_time review_date review_created_date published_at created_at created date datum "
    "timestamp ingevuld_op antwoorddatum ausgefullt_am antwortdatum solved_at solved updated_at updated requested",
    "invited_at": "invited_at sent_at survey_sent_at invitation_date invite_date uitgenodigd_op verstuurd_op "
    "eingeladen_am gesendet_am",
    "instrument": "instrument survey_type",
    "score": "score rating nps_score csat_score ces_score nps csat ces gcr star_rating review_stars review_rating "
    "stars tevredenheidsscore zufriedenheitsbewertung satisfaction_score satisfaction_rating satisfaction "
    "conversation_rating survey_score cijfer rapportcijfer "
    "waardering beoordeling tevredenheid sterren bewertung zufriedenheit sterne note",
    "score2": "score2 second_score",
    "scale_min": "scale_min",
    "scale_max": "scale_max",
    "comment": "comment comments feedback remark review_text review_content review satisfaction_comment "
    "conversation_rating_remark survey_comment body_text verbatim opmerking toelichting kommentar anmerkung text "
    "message answer bericht nachricht",
    "contact": "contact ticket_id conversation_id case_number ticket_number ticket ticketnummer",
    "department": "department team group group_name afdeling abteilung",
}
_COMMERCE = {
    "date": "date day dag tag datum paid_at order_date processed_at besteldatum bestelldatum orderdatum created_at",
    "sessions": "sessions visits sessies bezoeken sitzungen besuche online_store_sessions entrances",
    "orders": "orders transactions ecommerce_purchases purchases bestellingen bestellungen transacties transaktionen "
    "order_count number_of_orders aantal_bestellingen total_orders orders_count",
    "revenue": "purchase_revenue revenue net_sales total_sales total_revenue ecommerce_revenue omzet umsatz sales "
    "gross_sales order_total order_total_amount total aankoopopbrengst totale_opbrengst kaufumsatz gesamtumsatz",
    "checkouts": "checkouts begin_checkouts checkouts_begun sessions_that_reached_checkout reached_checkout",
    "device": "device device_category device_type apparaat apparaatcategorie geratekategorie gerat",
    "detail": "order_id order_number order_no order name bestelnummer bestellnummer page_path_and_screen_class "
    "page_path page_title_and_screen_class page_title_and_screen_name page_location landing_page "
    "landing_page_query_string paginapad seitenpfad "
    "paginapad_en_schermklasse seitenpfad_und_bildschirmklasse",
}
_RESULTS = {
    "experiment": "experiment experiment_id experiment_key test",
    "variant": "variant variation variation_id variante variatie",
    "date": "date day datum",
    "visitors": "visitors users exposures participants bezoekers besucher",
    "conversions": "conversions converted orders conversies konversionen",
    "revenue_sum": "revenue_sum revenue omzet umsatz",
    "revenue_sumsq": "revenue_sumsq",
    "contacts": "contacts",
}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _table(*parts: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {field: tuple(words.split()) for part in parts for field, words in part.items()}


KNOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "contacts": _table(_CONTACTS, _SHARED),
    "surveys": _table(_SURVEYS, _SHARED),
    "commerce": _table(_COMMERCE, {"market": _SHARED["market"]}),
    "results": _table(_RESULTS),
}
"""Headings by field, by kind of file."""
ONE_ROW_EACH_ORDER = _set("order_id order_number order_no order name bestelnummer bestellnummer")
"""Headings of `detail` that say: every row is an order."""
SECOND_LEVEL = _set(
    "subcategory sub_category subreason sub_reason subcategorie subreden unterkategorie category_2 reason_2 "
    "sub_topic subtopic"
)
"""The second level of a reason stands in a column of its own."""
PEOPLE_NOT_VISITS = _set(
    "active_users total_users users new_users views page_views screen_page_views weergaven actieve_gebruikers "
    "gebruikers aufrufe aktive_nutzer nutzer"
)
"""What analytics count beside visits; it is close to them and not the same."""
RATINGS = _table(
    {
        "given_at": "responded_at response_date answered_at rated_at rating_date satisfaction_date "
        "survey_response_date beoordeeld_op",
        "comment": "satisfaction_comment conversation_rating_remark survey_comment csat_comment rating_comment "
        "rating_remark",
        "changed_at": "updated_at updated last_updated last_modified_date bijgewerkt bijgewerkt_op aktualisiert",
    }
)
"""In a file of contacts, beside a score: when it was given, what was said with it, when the contact changed last."""
SURVEY_WORDS = {
    "nps": ("nps", "recommend", "aanbevel", "aanrad", "weiterempf"),
    "star": ("star", "ster", "trustpilot", "review"),
    "csat": ("csat", "satisf", "tevred", "zufrieden", "cijfer", "conversation_rating"),
    "ces": ("ces", "effort", "moeite", "aufwand"),
    "gcr": ("gcr", "goal_completion", "gelukt", "find_what"),
}
"""Parts of a heading that say which survey its scores answer; never guessed from the numbers."""
