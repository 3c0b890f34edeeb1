"""The components every page is built of; `shared/templates/README.md` lists them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date as day_type
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template import loader
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rochdale.shared import acts, cells, charts, covers, locales, module, tables

register = template.Library()
Context = template.Context

TONE_ICONS = {
    "ok": "check",
    "success": "check",
    "warn": "alert",
    "warning": "alert",
    "bad": "stop",
    "error": "stop",
    "info": "info",
}


def _locale(context: Context) -> str:
    return locales.locale_of(context.get("request"))


# Small things, written without a template of their own because pages hold hundreds of them.


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one sign of the sprite; it says nothing to a screen reader, the words beside it do."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("shared/icons.svg"),
        TONE_ICONS.get(name, name or "dot"),
    )


@register.simple_tag(takes_context=True)
def money(context: Context, micro: int | None, currency: str, explain_url: str = "", sign: bool = False) -> SafeString:
    """Write an amount in micro-units; with an address it opens "how was this computed?"."""
    return cells.money_html(micro, currency, locale=_locale(context), url=explain_url or "", sign=sign)


@register.simple_tag(takes_context=True)
def date(context: Context, value: day_type | None) -> SafeString:
    """Write a day in the co-op's time zone and the reader's language."""
    if value is None:
        return SafeString("–")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), locales.day(value, _locale(context)))


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None) -> SafeString:
    """Write a day and a time of day."""
    if value is None:
        return SafeString("–")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), locales.moment(value, _locale(context)))


@register.simple_tag(takes_context=True)
def ago(context: Context, value: datetime, now: datetime) -> SafeString:
    """Write how long before `now` something was."""
    locale = _locale(context)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        locales.moment(value, locale),
        locales.since(value, now, locale),
    )


@register.simple_tag(takes_context=True)
def number(context: Context, value: int | Decimal | None) -> str:
    """Write a number with the reader's grouping."""
    return "–" if value is None else locales.number(value, _locale(context))


@register.simple_tag(takes_context=True)
def percent(context: Context, value: Decimal | int | None) -> str:
    """Write a percentage; 30 means thirty of a hundred."""
    return "–" if value is None else locales.percent(Decimal(value), _locale(context))


@register.simple_tag(takes_context=True)
def country(context: Context, code: str) -> str:
    """Write a country's name in the reader's language."""
    return locales.country(code, _locale(context))


@register.filter
def act_words(act: str) -> str:
    """Write who decided an act, to stand after "by"."""
    return acts.in_words(act)


@register.simple_tag
def kit_title(code: str) -> str:
    """Write what a kit is called; the code where no sector brings it any more."""
    titles = {kit.code: kit.title for plug in module.installed() for kit in plug.kits()}
    return str(titles.get(code, code))


register.simple_tag(cells.pill)
register.simple_tag(cells.chip)


@register.simple_tag
def key_field() -> SafeString:
    """Give a form its idempotency key: sent twice, it counts once."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid.uuid4())


@register.simple_tag
def refusal(text: Any = "") -> SafeString:
    """Show why a form was refused, next to the form."""
    if not text:
        return SafeString("")
    return format_html('<div class="notice bad" role="alert">{}<div><p>{}</p></div></div>', icon("bad"), text)


@register.simple_tag
def cover(kit: str = "", seed: Any = "") -> SafeString:
    """Draw the kit's cover, varied by the seed."""
    return SafeString(covers.drawing(str(kit), str(seed)))  # our own numbers only, no text of others


# Block tags: what stands between the tags goes inside the component.


def _block(name: str, content: str, **data: Any) -> SafeString:
    return SafeString(loader.render_to_string(f"shared/ui/{name}.html", {**data, "content": SafeString(content.strip())}))


@register.simple_block_tag
def page_head(content: str, title: Any, lead: Any = "", eyebrow: Any = "") -> SafeString:
    """Open a page: its name, the answer in one sentence, and what can be done."""
    return _block("page_head", content, title=title, lead=lead, eyebrow=eyebrow)


@register.simple_block_tag
def card(content: str, title: Any = "", level: int = 2, tone: str = "", icon: str = "") -> SafeString:
    """Frame a summary."""
    return _block("card", content, title=title, level=level, tone=tone, icon=icon)


@register.simple_block_tag
def stat(content: str, label: Any, note: Any = "") -> SafeString:
    """Show one big figure under its label (inside `<dl class="stats">`)."""
    tail = format_html('<dd class="small quiet">{}</dd>', note) if note else ""
    return format_html('<div><dt>{}</dt><dd class="figure">{}</dd>{}</div>', label, SafeString(content.strip()), tail)


@register.simple_block_tag
def empty(content: str, title: Any, icon: str = "leaf") -> SafeString:
    """Say that there is nothing yet, and what to do next."""
    return _block("empty", content, title=title, icon=icon)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: Any = "") -> SafeString:
    """Draw attention: info, ok, warn or bad."""
    return _block("notice", content, tone=tone, title=title)


@register.simple_block_tag
def show_as_table(content: str, label: Any = "") -> SafeString:
    """Put the numbers behind a picture one click away."""
    return format_html(
        '<details class="as-table"><summary>{}{}</summary>'
        '<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div></details>',
        icon("table"),
        label or _("Show as table"),
        label or _("Table"),
        SafeString(content),
    )


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    title: Any,
    action: Any,
    consequences: Sequence[Any] = (),
    cancel_url: str = "",
    tone: str = "",
) -> SafeString:
    """Ask before something moves: what will happen, to whom, when, and how it could be reversed."""
    return SafeString(
        loader.render_to_string(
            "shared/ui/confirm.html",
            {
                "content": SafeString(content),
                "title": title,
                "action": action,
                "consequences": consequences,
                "cancel_url": cancel_url,
                "tone": tone,
                "csrf_token": context.get("csrf_token"),
            },
        )
    )


# Larger parts, each with its template.


@register.inclusion_tag("shared/ui/steps.html")
def steps(labels: Sequence[Any], current: int) -> dict[str, Any]:
    """Show numbered steps; the current one counts from 1."""
    states = ["done" if place < current else "now" if place == current else "later" for place in range(1, len(labels) + 1)]
    return {"steps": list(zip(labels, states, strict=True)), "current": current}


@register.inclusion_tag("shared/ui/timeline.html", takes_context=True)
def timeline(context: Context, entries: Sequence[Any]) -> dict[str, Any]:
    """Show what happened, newest first as given."""
    return {"entries": entries, "request": context.get("request")}


@register.inclusion_tag("shared/ui/form.html", takes_context=True)
def form(context: Context, form: Any, submit: Any = "", cancel_url: str = "", action: str = "") -> dict[str, Any]:
    """Render a complete POST form."""
    return {
        "form": form,
        "submit": submit or _("Save"),
        "cancel_url": cancel_url,
        "action": action,
        "csrf_token": context.get("csrf_token"),
        "refusal": context.get("refusal", ""),
    }


@register.inclusion_tag("shared/ui/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """List what is wrong with a form, each line leading to its field."""
    return {"form": form, "fields": [bound for bound in form if bound.errors] if form.is_bound else []}


@register.inclusion_tag("shared/ui/field.html")
def field(bound: Any) -> dict[str, Any]:
    """Render one field with its label, help and errors tied to it."""
    widget = bound.field.widget
    widget.attrs.pop("placeholder", None)  # it vanishes when one types, and the label says it already
    kind = getattr(widget, "input_type", type(widget).__name__.lower())
    group = type(widget).__name__ in ("RadioSelect", "CheckboxSelectMultiple")
    help_id = f"{bound.id_for_label or bound.html_name}_help" if bound.help_text else ""
    described = f"{help_id} {bound.html_name}_error".strip() if bound.errors else help_id
    attributes: dict[str, Any] = {}
    if described and not group:
        attributes["aria-describedby"] = described
    if bound.errors and not group:
        attributes["aria-invalid"] = "true"
    return {
        "field": bound,
        "kind": "check" if kind == "checkbox" and not group else kind,
        "group": group,
        "input": bound.as_widget(attrs=attributes),
        "described": described,
    }


@register.inclusion_tag("shared/ui/progress.html")
def progress(url: str, done: int, total: int, label: Any) -> dict[str, Any]:
    """Show how far long work has come; asks again by itself until the answer no longer holds it."""
    return {"url": url, "done": done, "total": total, "label": label, "finished": total > 0 and done >= total}


@register.inclusion_tag("shared/ui/language.html", takes_context=True)
def language_switch(context: Context) -> dict[str, Any]:
    """Offer the languages there are, when there is more than one."""
    frame = context.get("frame")
    return {
        "languages": context.get("languages", ()),
        "current": translation.get_language(),
        "action": f"{frame.root_url if frame else '/'}i18n/setlang/",
        "next": frame.here if frame else "/",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("shared/ui/explain.html", takes_context=True)
def explain(context: Context, explanation: Any) -> dict[str, Any]:
    """Answer "how was this computed?"."""
    return {"each": explanation, "request": context.get("request")}


@register.inclusion_tag("shared/ui/table.html", takes_context=True)
def data_table(context: Context, table: tables.Table) -> dict[str, Any]:
    """Render a table; on a phone each row becomes a card."""
    request = context.get("request")
    given: Mapping[str, Any] = request.GET if request is not None else {}
    locale = _locale(context)
    return {
        "table": table,
        "heads": [cells.head(column, table, given) for column in table.columns],
        "rows": [[(column, cells.cell_html(row.get(column.key), locale)) for column in table.columns] for row in table.rows],
        "foot": [(column, cells.cell_html(table.foot.get(column.key, ""), locale)) for column in table.columns]
        if table.foot
        else [],
        "earlier": cells.address(given, table, page=table.page.number - 1) if table.page and table.page.number > 1 else "",
        "later": cells.address(given, table, page=table.page.number + 1)
        if table.page and table.page.number < table.page.last
        else "",
        "request": request,
    }


# Pictures.


@register.inclusion_tag("shared/ui/flow.html", takes_context=True)
def flow_picture(context: Context, picture: charts.Flow) -> dict[str, Any]:
    """Draw where money came from and where it went."""
    locale = _locale(context)
    wide, narrow = (charts.flow_svg(picture, locale=locale, wide=each) for each in (True, False))
    return {"picture": picture, "wide": wide, "narrow": narrow, "request": context.get("request")}


@register.inclusion_tag("shared/ui/bars.html", takes_context=True)
def bars(context: Context, chart: charts.Bars) -> dict[str, Any]:
    """Draw amounts side by side from zero."""
    return {"chart": chart, "drawn": charts.bars_svg(chart, locale=_locale(context)), "request": context.get("request")}


@register.inclusion_tag("shared/ui/line.html", takes_context=True)
def line_chart(context: Context, chart: charts.Line) -> dict[str, Any]:
    """Draw amounts over real days."""
    return {"chart": chart, "drawn": charts.line_svg(chart, locale=_locale(context)), "request": context.get("request")}


@register.simple_tag
def goal(done: int, total: int, label: Any) -> SafeString:
    """Draw progress to a goal."""
    return SafeString(charts.goal_svg(done, total, str(label)))
