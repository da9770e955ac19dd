"""Wages, injury, fraud and the like."""

from actions.base import Act


class ReportProblem(Act):
    """老板跑了 工钱没给"""

    act = "report_problem"
