"""Printed quantities as text."""

from __future__ import annotations

from decimal import Decimal


def plain(number: Decimal) -> str:
    """A decimal without superfluous zeros or exponents."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(difference: Decimal) -> str:
    """A difference with its sign (a true minus), e.g. `+0.1` or `−2`."""
    text = plain(abs(difference))
    return f"−{text}" if difference < 0 else f"+{text}" if difference > 0 else "0"
