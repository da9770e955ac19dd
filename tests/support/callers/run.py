"""Let callers call, at most four at once, and judge what came of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.callers.calling import Calling
from tests.support.callers.people import STAFF, Caller
from tests.support.callers.report import Result
from tests.support.callers.service import Running, Service
from tests.support.callers.telephone import Telephone

AT_ONCE = 4


def run(running: Running, callers: list[Caller]) -> list[Result]:
    """One wave for each way the staff may be met (answered, not answered, closed), so that all hold at any hour."""
    service = Service(running)
    ready = service.prepare(callers)

    def one(caller: Caller) -> Result:
        telephone = Telephone(running.network, caller.number)
        story = Calling(caller, telephone).run()
        return Result(caller, story, service.judge(caller), telephone.keys, telephone.deeds, telephone.slow)

    results: list[Result] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for how in STAFF:
            service.staff(how)
            results += pool.map(one, [caller for caller in ready if caller.staff == how])
    return sorted(results, key=lambda result: result.caller.index)
