"""Components of the pages: `{% load components %}`.

Each tag states its parameters in its docstring and in the first comment of its template, and raises
`template.TemplateSyntaxError` on an unknown variant: a page never shows a component that does not exist.
The gallery `/composants/` shows them all.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zlib import crc32

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common import numbers
from common.dates import format_day, format_moment, format_short_day
from common.form_rendering import FieldKind, field_kind, render_fields, summarise_errors, widget_attrs
from common.steps import STEP_ROUTES, NextAction, StepState
from common.text import typography

register = template.Library()

# Symbols of static/img/icons.svg; a test compares the two.
ICONS = frozenset(
    {
        "alert", "check", "clock", "dot", "download", "edit", "info", "lock", "mail", "next", "play", "plus", "prev",
        "search", "stop", "user",
    }
)  # fmt: skip
BADGE_ICONS = {"done": "check", "now": "play", "wait": "clock", "block": "stop", "info": "info", "off": "dot"}
ALERT_ICONS = {"info": "info", "done": "check", "wait": "clock", "block": "stop"}
# Kinds of `django.contrib.messages` → kinds of alert.
MESSAGE_KINDS = {"debug": "info", "info": "info", "success": "done", "warning": "wait", "error": "block"}
# Visible fields beyond which a form is kept while it is typed.
LONG_FORM = 6
# A line that takes so many characters holds a sentence or more.
LONG_LINE = 300
CONFIDENCES = {"measured": ("full", "mesuré"), "estimated": ("half", "estimé"), "unknown": ("none", "inconnu")}

AUTHORITY_MENU = (
    ("Tableau de bord", "roadmap:dashboard", "view_dashboard"),
    ("Inventaire", "inventory:inventory_detail", "view_inventory"),
    ("Leviers", "levers:lever_list", "view_levers"),
    ("Feuille de route", "roadmap:roadmap_detail", "view_roadmap"),
)
STAFF_PAGES = (
    ("requests", "Demandes d’accès", "authorities:arbitration_list"),
    ("figures", "Chiffres", "roadmap:national_figures"),
    ("references", "Contenus de référence", "roadmap:reference_list"),
)


def _known(value: str, known: Any, what: str) -> str:
    if value not in known:
        raise template.TemplateSyntaxError(f"{what} inconnu : {value!r}. Connus : {', '.join(sorted(known))}.")
    return value


# Icons and small marks ----------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Print an icon of the sprite. `label`: text for those who cannot see it, when no word stands beside it."""
    url = f"{static('img/icons.svg')}#{_known(name, ICONS, 'Icône')}"
    if label:
        return format_html('<svg class="ic" role="img" aria-label="{}"><use href="{}"/></svg>', label, url)
    return format_html('<svg class="ic" aria-hidden="true"><use href="{}"/></svg>', url)


@register.simple_tag
def badge(kind: str, text: str) -> SafeString:
    """Print a state: always an icon and a word. `kind`: done, now, wait, block, info or off."""
    symbol = icon(BADGE_ICONS[_known(kind, BADGE_ICONS, "État")])
    return format_html('<span class="state {}">{}{}</span>', kind, symbol, text)


@register.simple_tag
def confidence(kind: str, text: str = "") -> SafeString:
    """Print the confidence of a figure. `kind`: measured, estimated or unknown; `text` replaces the usual word."""
    css, word = CONFIDENCES[_known(kind, CONFIDENCES, "Confiance")]
    return format_html('<span class="conf {}">{}</span>', css, text or word)


@register.simple_tag
def dots(value: int, maximum: int = 5) -> SafeString:
    """Print a mark as dots and as figures: « ●●○○○ 2 sur 5 »."""
    if not 0 <= value <= maximum:
        raise template.TemplateSyntaxError(f"Une note va de 0 à {maximum}, pas {value}.")
    full = "".join(f"M{7 + 16 * rank} 1a6 6 0 1 0 .01 0z" for rank in range(value))
    empty = "".join(f"M{7 + 16 * rank} 1.75a5.25 5.25 0 1 0 .01 0z" for rank in range(value, maximum))
    marks = mark_safe(  # noqa: S308 - digits only
        (f'<path fill="#0b4f4a" d="{full}"/>' if full else "")
        + (f'<path fill="none" stroke="#7d8a8e" stroke-width="1.5" d="{empty}"/>' if empty else "")
    )
    view_box = f"0 0 {16 * maximum - 2} 14"
    return format_html(
        '<svg class="dots" viewBox="{}" aria-hidden="true">{}</svg>{} sur {}', view_box, marks, value, maximum
    )


@register.simple_tag
def rod(done: int, current: int, total: int) -> SafeString:
    """Print the surveyor's rod: `total` bands, the first `done` in pine, band number `current` (from 1) in amber.

    `current` is 0 when none is. The figure must stand beside it in words: the drawing is hidden from screen readers.
    """
    if total < 1 or not 0 <= done <= total or not 0 <= current <= total:
        raise template.TemplateSyntaxError(f"Jalon impossible : {done} faites, {current} en cours, {total} en tout.")
    # One path for each colour, whatever the number of bands: a ballot has more than thirty.
    paths = {"#0b4f4a": "", "#b45309": "", "#d9d5cb": ""}
    gap = min(12, 240 // total)
    for rank in range(1, total + 1):
        left, right = 1000 * (rank - 1) / total, 1000 * rank / total - gap
        colour = "#b45309" if rank == current else "#0b4f4a" if rank <= done else "#d9d5cb"
        paths[colour] += f"M{left:.0f} 0H{right:.0f}V8H{left:.0f}z"
    bands = "".join(f'<path fill="{colour}" d="{path}"/>' for colour, path in paths.items() if path)
    return mark_safe(  # noqa: S308 - digits and constants only
        f'<svg class="rod" viewBox="0 0 {1000 - gap} 8" preserveAspectRatio="none" aria-hidden="true">{bands}</svg>'
    )


@register.simple_tag
def level_mark(level: int, maximum: int = 4) -> SafeString:
    """Print the figure of a maturity level and its small rod, filled from the foot: for `.choice .lv`."""
    if not 0 <= level <= maximum:
        raise template.TemplateSyntaxError(f"Un niveau va de 0 à {maximum}, pas {level}.")
    full = "".join(f"M1 {25 - 8 * rank}h6v6H1z" for rank in range(level))
    empty = "".join(f"M1 {25 - 8 * rank}h6v6H1z" for rank in range(level, maximum))
    marks = (f'<path d="{full}" fill="#0b4f4a" stroke="#0b4f4a"/>' if full else "") + (
        f'<path d="{empty}" fill="none" stroke="#7d8a8e"/>' if empty else ""
    )
    return mark_safe(  # noqa: S308 - digits only
        f'<span class="lv">{level}<svg viewBox="0 0 8 32" stroke-width="1.5" aria-hidden="true">{marks}</svg></span>'
    )


@register.simple_tag
def saved(text: str = "") -> SafeString:
    """Print the saved state, announced when it changes. Empty, it is the place where the autosave script writes."""
    content = format_html("{}{}", icon("check"), text) if text else ""
    return format_html('<p class="saved" role="status" data-saved>{}</p>', content)


# Messages -----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/alert.html")
def alert(kind: str, title: str, text: str = "") -> dict[str, Any]:
    """Print a message: what happens (`title`), then what to do (`text`). `kind`: info, done, wait or block."""
    symbol = ALERT_ICONS[_known(kind, ALERT_ICONS, "Message")]
    return {"kind": kind, "icon_name": symbol, "title": title, "text": text}


@register.simple_block_tag
def alertblock(content: str, kind: str, title: str) -> SafeString:
    """Print a message whose text holds links: `{% alertblock "wait" "Titre" %}<p>…</p>{% endalertblock %}`."""
    symbol = icon(ALERT_ICONS[_known(kind, ALERT_ICONS, "Message")])
    return format_html('<div class="note {}">{}<div><p>{}</p>{}</div></div>', kind, symbol, title, content)


@register.filter
def message_kind(tags: str) -> str:
    """Return the kind of alert of a `django.contrib.messages` level tag."""
    return MESSAGE_KINDS[_known(tags, MESSAGE_KINDS, "Niveau de message")]


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str, url: str = "", label: str = "", level: int = 2) -> dict[str, Any]:
    """Print an empty screen that says what to do; `url` and `label` give its button, `level` is that of its title."""
    if level not in {2, 3}:
        raise template.TemplateSyntaxError(f"Le titre d’un écran vide est de niveau 2 ou 3, pas {level}.")
    if bool(url) != bool(label):
        raise template.TemplateSyntaxError("Un écran vide a une adresse et un bouton, ou aucun des deux.")
    return {"title": title, "text": text, "url": url, "label": label, "level": level}


# Path ---------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/stepper.html")
def stepper(
    steps: Sequence[StepState], current: str = "", full: bool = False, label: str = "Étapes de la démarche"
) -> dict[str, Any]:
    """Print the path as the bands of a rod.

    `steps`: `StepState` of each step. `current`: code of the step being read (`aria-current`). `full`: with the
    detail of each step, for the dashboard; otherwise the rail. `label`: name of the landmark.
    """
    codes = [step.code for step in steps]
    if current:
        _known(current, codes, "Étape")
    rank = codes.index(current) if current else -1
    return {
        "steps": steps,
        "current": current,
        "full": full,
        "label": label,
        "rank": rank + 1,
        "here": steps[rank].title if current else "",
    }


@register.inclusion_tag("components/path_rail.html", takes_context=True)
def path_rail(context: template.Context, current: str) -> dict[str, Any]:
    """Print the six steps and where the page stands, without their state: no query is made.

    `current`: preparation, diagnosis, prioritisation, building, validation or follow_up.
    """
    _known(current, [code for code, _title, _route in STEP_ROUTES], "Étape")
    slug = context["request"].access.authority.slug
    steps = [(code, title, reverse(route, args=[slug])) for code, title, route in STEP_ROUTES]
    rank = [code for code, _title, _url in steps].index(current)
    return {"steps": steps, "current": current, "rank": rank + 1, "here": steps[rank][1]}


@register.inclusion_tag("components/main_menu.html", takes_context=True)
def main_menu(context: template.Context) -> dict[str, Any]:
    """Print the menu of the header: pages of the authority that the reader may open, then the account or the door."""
    request = context.get("request")
    if request is None:
        return {"links": []}
    user = getattr(request, "user", None)
    access = getattr(request, "access", None)
    entries: list[tuple[str, str]] = []
    if access is not None and hasattr(access, "permissions"):
        entries += [
            (text, reverse(route, args=[access.authority.slug]))
            for text, route, permission in AUTHORITY_MENU
            if permission in access.permissions
        ]
    if user is not None and user.is_authenticated:
        if not entries:
            entries.append(("Mes collectivités", reverse("roadmap:space_list")))
            if user.is_staff:
                entries.append(("Administration nationale", reverse(STAFF_PAGES[0][2])))
        entries.append((user.get_short_name(), reverse("account")))
    else:
        entries += [("Se connecter", reverse("account_login")), ("Créer un compte", reverse("account_signup"))]
    return {"links": [(text, url, url == request.path) for text, url in entries]}


@register.inclusion_tag("components/staff_tabs.html")
def staff_tabs(current: str) -> dict[str, Any]:
    """Print the pages of the national administration. `current`: requests, figures or references."""
    _known(current, [code for code, _text, _route in STAFF_PAGES], "Page")
    return {"items": [(code, text, reverse(route)) for code, text, route in STAFF_PAGES], "current": current}


@register.inclusion_tag("components/next_action.html")
def next_action(action: NextAction) -> dict[str, Any]:
    """Print the one thing to do now: sentence, reason, button, duration, deadline, what follows."""
    return {"action": action}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*items: str, current: str = "") -> dict[str, Any]:
    """Print the way back: `{% crumbs "Préparer" url "Comité" url2 current="Nouvelle personne" %}`."""
    if len(items) % 2:
        raise template.TemplateSyntaxError("Le fil d’Ariane va par deux : un intitulé, une adresse.")
    return {"links": list(zip(items[::2], items[1::2], strict=True)), "current": current}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[tuple[str, str, str]], current: str, label: str = "Vues de cette page") -> dict[str, Any]:
    """Print tabs, which are links. `items`: (code, text, address) of each; `current`: code of the page being read."""
    _known(current, [code for code, _text, _url in items], "Onglet")
    return {"items": items, "current": current, "label": label}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page_obj: Page, label: str = "Pages de la liste") -> dict[str, Any]:  # type: ignore[type-arg]
    """Print the links to the pages of a list; the other parameters of the address are kept."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    paginator = page_obj.paginator
    return {
        "page_obj": page_obj,
        "pages": paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1),
        "ellipsis": paginator.ELLIPSIS,
        "query": f"{query.urlencode()}&" if query else "",
        "label": label,
    }


# Figures and locked actions -----------------------------------------------------------------------------------------


@register.inclusion_tag("components/figure_value.html")
def figure_value(
    label: str, value: str, unit: str = "", range: str = "", note: str = "", url: str = "", link: str = ""
) -> dict[str, Any]:
    """Print a figure that counts, inside `<dl class="figs">`.

    `value`: written figure (« 1,7 »); `unit`: « sur 4 », « t CO₂e/an »; `range`: « entre 32 et 150 »; `note`: source
    and date; `url` and `link`: where it comes from.
    """
    if bool(url) != bool(link):
        raise template.TemplateSyntaxError("Un chiffre a une adresse et son intitulé, ou aucun des deux.")
    return {"label": label, "value": value, "unit": unit, "range": range, "note": note, "url": url, "link": link}


@register.inclusion_tag("components/locked_button.html")
def locked_button(label: str, reason: str, url: str = "", link: str = "", key: str = "") -> dict[str, Any]:
    """Print a forbidden action: it stays visible and says what unlocks it.

    `url` and `link`: where it is unlocked. `key`: told when a page prints the same label and reason twice.
    """
    if bool(url) != bool(link):
        raise template.TemplateSyntaxError("Une action verrouillée a une adresse et son intitulé, ou aucun des deux.")
    reason_id = f"why-{crc32(f'{label}|{reason}|{key}'.encode()):08x}"
    return {"label": label, "reason": reason, "url": url, "link": link, "reason_id": reason_id}


@register.inclusion_tag("components/progress.html")
def progress(label: str, value: int, maximum: int, key: str = "") -> dict[str, Any]:
    """Print a progress bar under its sentence, which holds the figures: « Import : 240 lignes sur 600 »."""
    if maximum < 1 or not 0 <= value <= maximum:
        raise template.TemplateSyntaxError(f"Progression impossible : {value} sur {maximum}.")
    return {
        "label": label,
        "value": value,
        "maximum": maximum,
        "id": f"progress-{crc32(f'{label}|{key}'.encode()):08x}",
    }


# Forms --------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """Print the list of errors of a form, with a link to each field; nothing when there is none."""
    return {"summary": summarise_errors(form)}


@register.inclusion_tag("components/conflict.html")
def form_conflict(form: forms.BaseForm) -> dict[str, Any]:
    """Print both texts of a stale form (`VersionedFormMixin`), inside its `<form>`; nothing when it is not stale."""
    return {"conflict_note": getattr(form, "conflict_note", ""), "conflicts": getattr(form, "conflicts", [])}


@register.simple_tag(takes_context=True)
def form_fields(context: template.Context, form: forms.BaseForm) -> SafeString:
    """Print the fields of a form by the template pack, in the order of its layout, without the `<form>` element."""
    return render_fields(form, context)


@register.filter
def kind_of_field(field: BoundField) -> FieldKind:
    """Return how the template pack prints a field."""
    return field_kind(field)


@register.filter
def is_long(form: forms.BaseForm) -> bool:
    """Tell whether a form is worth keeping while it is typed: it has a text of some sentences, or many answers."""
    shown = [field for field in form.fields.values() if not field.widget.is_hidden]
    return len(shown) > LONG_FORM or any(_is_long_text(field) for field in shown)


def _is_long_text(field: forms.Field) -> bool:
    if isinstance(field, forms.EmailField):
        return False
    is_line = type(field.widget) is forms.TextInput
    return isinstance(field.widget, forms.Textarea) or (is_line and (getattr(field, "max_length", 0) or 0) >= LONG_LINE)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Print the control of a field with the classes of the style sheet."""
    return field.as_widget(attrs=widget_attrs(field))


# Filters ------------------------------------------------------------------------------------------------------------


@register.filter
def pluriel(count: numbers.Number | None, forms_: str) -> str:
    """Choose the word that goes with a number: `{{ n|pluriel:"levier,leviers" }}`; zero and one are singular."""
    singular, comma, plural = forms_.partition(",")
    if not comma:
        raise template.TemplateSyntaxError("Le filtre pluriel attend les deux formes : « levier,leviers ».")
    return numbers.pluralise(count, singular, plural)


@register.filter
def typo(text: str) -> str:
    """Apply French typography: apostrophes, no-break spaces, « CO₂e »."""
    return typography(str(text))


@register.filter
def number(value: numbers.Number | None, decimals: int | None = None) -> str:
    """Write a number in French: `{{ 1234.5|number }}` gives « 1 234,5 », `{{ x|number:0 }}` rounds it."""
    return numbers.format_number(value, decimals)


@register.filter
def jour(day: date | None) -> str:
    """Write a day in full, with « 1er »: `{{ council_on|jour }}` gives « 1er janvier 2027 »; nothing gives « – »."""
    return format_day(day) if day else numbers.NO_VALUE


@register.filter
def jour_court(day: date) -> str:
    """Write a day without its year: `{{ expires_at|jour_court }}` gives « 1er décembre »."""
    return format_short_day(day)


@register.filter
def moment(value: datetime) -> str:
    """Write a day and its hour: « 1er décembre 2026 à 14:03 »."""
    return format_moment(value)


@register.filter
def moment_court(value: datetime) -> str:
    """Write a day and its hour, without the year: « 1er décembre à 14:03 »."""
    return format_moment(value, is_short=True)


@register.filter
def significant(value: numbers.Number | None, digits: int = 2) -> str:
    """Write a number with significant digits: `{{ 59.4|significant:2 }}` gives « 59 »."""
    return numbers.format_significant(value, digits)


@register.filter
def interval(low: numbers.Number | None, high: numbers.Number | None) -> str:
    """Write a range with two significant digits: `{{ low|interval:high }}` gives « entre 32 et 150 »."""
    return numbers.format_range(low, high)
