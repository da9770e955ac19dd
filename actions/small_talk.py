"""Greeting, thanks, help, saying it again, pace, and the short answers that need no skill."""

from actions.base import Act


class Greet(Act):
    """喂 你好"""

    act = "greet"


class Goodbye(Act):
    """挂了哈"""

    act = "goodbye"


class Thank(Act):
    """谢谢"""

    act = "thank"


class Help(Act):
    """不会按"""

    act = "help"


class Repeat(Act):
    """再说一道"""

    act = "repeat"


class Slower(Act):
    """说慢点"""

    act = "slower"


class Cancel(Act):
    """算了不弄了: drop what is being filled in"""

    act = "cancel"


class Affirm(Act):
    """要得, with no form open"""

    act = "affirm"


class Deny(Act):
    """不得行, with no form open"""

    act = "deny"


class Inform(Act):
    """A bare value, with no form open"""

    act = "inform"
