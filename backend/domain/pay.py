"""Pay in its normal form (`120/day`, `150-200/day`, `200+`) ↔ fen with the basis kept (DESIGN §3.13)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def to_fen(value: str) -> tuple[int | None, int | None, str | None]:
    """`150-200/day` → (15000, 20000, "day"); `200+` → (20000, None, None); `120/day` → (12000, 12000, "day")."""
    amount, _, unit = str(value).partition("/")
    if amount.endswith("+"):
        return _fen(amount[:-1]), None, unit or None
    low, _, high = amount.partition("-")
    return _fen(low), _fen(high or low), unit or None


def _fen(yuan: str) -> int:
    return int((Decimal(yuan) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def yuan(fen: int) -> str:
    """Fen as yuan without needless zeros: 12000 → 120, 80 → 0.8."""
    text = f"{Decimal(fen) / 100:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_value(low_fen: int | None, high_fen: int | None, unit: str | None) -> str | None:
    """The inverse of `to_fen`; None when no amount is known."""
    if low_fen is None:
        return None
    amount = yuan(low_fen) + ("+" if high_fen is None else "" if high_fen == low_fen else f"-{yuan(high_fen)}")
    return f"{amount}/{unit}" if unit else amount
