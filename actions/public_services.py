"""Policy, training, return and unemployment: noted for the people who answer."""

from actions.base import Act


class AskPolicy(Act):
    """灵活就业社保补贴咋个领"""

    act = "ask_policy"


class SignUpTraining(Act):
    """想学电焊"""

    act = "sign_up_training"


class RegisterReturn(Act):
    """我从广东回来了"""

    act = "register_return"


class RegisterUnemployment(Act):
    """办个失业登记"""

    act = "register_unemployment"
