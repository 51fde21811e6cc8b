"""What a column holds, by its type and its name, in several natural languages."""

from __future__ import annotations

from typing import Literal

from nodes.checks.tables.model import Column, singular, words_of

Kind = Literal[
    "id", "number", "money", "flag", "datetime", "date", "month", "year", "status", "email", "name",
    "title", "city", "country", "text", "score", "age",
]  # fmt: skip

_WORDS: dict[Kind, str] = {
    "id": "id ids nr no number_id key uuid pk code_id",
    "email": "email mail emails correo courriel",
    "age": "age alter edad idade età возраст years",
    "year": "year jahr año annee ano anno год 年",
    "month": "month monat mes mois mese месяц",
    "score": "score grade rating points marks mark nota note punkte puntos gpa level_no stars",
    "flag": "active enabled deleted paid booked verified is has aktiv activo actif ativo attivo "
    "available in_stock shipped completed done published",
    "datetime": "timestamp datetime at",
    "date": "date day on datum tag fecha jour dia data giorno дата день birthday born dob from "
    "until since start end begin valid joined hired created updated deadline due",
    "status": "status state type category kind role level priority department dept abteilung "
    "departamento département categoria categoría kategorie tipo typ gender sex group team method "
    "channel subject service event region section genre brand position job currency severity room "
    "action label tag_name class",
    "city": "city town location place stadt ort ciudad ville cidade città город address",
    "country": "country land país pays paese страна nation",
    "money": "price amount total salary cost revenue balance budget sum fee wage pay income value "
    "preis betrag gehalt umsatz precio importe salario sueldo prix montant salaire preço valor "
    "prezzo importo stipendio цена сумма зарплата tax discount spent sales cents credit debit "
    "profit bonus commission",
    "number": "quantity qty count stock size weight height width duration minutes seconds hours "
    "visits views likes rank position_no menge anzahl cantidad quantité quantidade quantità "
    "plaetze personen capacity distance temperature temp length units number population "
    "calories miles km kilometers steps kg liters points_total "
    "количество ms pages age_days",
    "name": "name username user customer employee student author person nombre nom nome имя "
    "firstname lastname first last surname apellido prénom sobrenome cognome client account "
    "usuario player driver teacher doctor patient manager owner kunde mitarbeiter",
    "title": "title product item book movie film titel título titre titolo course sku song article",
}
_KINDS: dict[str, Kind] = {word: kind for kind, text in _WORDS.items() for word in text.split()}
_TYPES: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("bool", "bit"), "flag"),
    (("datetime", "timestamp"), "datetime"),
    (("date",), "date"),
    (("year",), "year"),
    (("enum",), "status"),
    (("dec", "num", "real", "float", "double", "money"), "money"),
)
NUMBERS: frozenset[Kind] = frozenset({"number", "money", "score", "age"})
"""Kinds that are measured, so that sums and comparisons make sense."""


def is_known(column: Column) -> bool:
    """Whether its name, or a type, says what it holds."""
    return bool(column.type) or _by_name(column) is not None


def kind_of(column: Column) -> Kind:
    """What the column holds; `text` where nothing says more."""
    by_name = _by_name(column)
    if column.allowed:
        return "status"
    for prefixes, kind in _TYPES:
        if column.type.startswith(prefixes):
            return by_name if by_name in NUMBERS and kind == "money" else kind
    if "int" in column.type or "serial" in column.type:
        numeric = NUMBERS | {"id", "year", "flag"}
        return by_name if by_name in numeric else "number"
    if column.type and by_name in NUMBERS:
        return "text"
    if column.type and by_name == "flag":
        return "status"
    return by_name or "text"


def _by_name(column: Column) -> Kind | None:
    words = words_of(column.name)
    if not words:
        return None
    if words[0] in ("is", "has"):
        return "flag"
    for word in (*reversed(words),):
        found = _KINDS.get(word) or _KINDS.get(singular(word))
        if found is not None:
            return found
    return None
