"""Taking a job, stepping back, hearing the own list."""

from actions.base import Act


class ApplyJob(Act):
    """我去第一个"""

    act = "apply_job"


class WithdrawApplication(Act):
    """来不了了"""

    act = "withdraw_application"


class MyApplications(Act):
    """我报了哪些"""

    act = "my_applications"
