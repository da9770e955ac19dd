"""How many parts a text is billed as. The carrier counts for itself: its bill is a check on our own count."""

# GSM 03.38 basic alphabet; the second row costs two places each.
GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = "^{}\\[~]|€\f"


def segments(text: str) -> int:
    """GSM-7: 160 characters alone, 153 joined; anything else is UCS-2: 70 UTF-16 units alone, 67 joined."""
    if all(character in GSM_BASIC or character in GSM_EXTENDED for character in text):
        length, alone, joined = len(text) + sum(c in GSM_EXTENDED for c in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-le", "replace")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)
