"""The own record: hearing, changing, erasing it; days free or not."""

from actions.base import Act


class ViewProfile(Act):
    """我登记的啥子"""

    act = "view_profile"


class UpdateProfile(Act):
    """我换号了"""

    act = "update_profile"


class DeleteProfile(Act):
    """把我的信息删了"""

    act = "delete_profile"


class SetAvailability(Act):
    """我下周都有空"""

    act = "set_availability"
