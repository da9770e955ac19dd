"""Finding work."""

from actions.base import Act


class FindJobs(Act):
    """有啥子活路"""

    act = "find_jobs"


class MoreJobs(Act):
    """还有没得"""

    act = "more_jobs"


class JobDetails(Act):
    """第二个管饭不"""

    act = "job_details"
