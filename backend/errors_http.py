"""Exceptions → answers at the web's edge, in one place: a plain sentence and a way on, and no detail of ours (STYLE §5)."""

from __future__ import annotations

import structlog
from flask import Flask, Response, render_template_string, request
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from backend.errors import Forbidden, NotFound

log = structlog.get_logger()

SENTENCES = {
    400: "这个请求看不懂,请退回去再试。",
    403: "这里不能进。请先登录,或者退回上一页。",
    404: "没有这一页。请从首页重新进。",
    405: "这一页不能这样用。",
    413: "内容太大了,请分开来。",
    429: "试得太快了,请歇一下再来。",
    500: "机器出了点毛病,我们已经记下了。请过一会儿再试,急事请打站上电话。",
    503: "系统正在恢复,请过一分钟再试。",
}
PAGE = (
    '<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>零工热线</title><h1>{{ sentence }}</h1><p><a href='/console/'>回到首页</a></p></html>"
)


def register_error_handlers(app: Flask) -> None:
    """JSON API errors are the API blueprint's own (RFC 9457); everything else ends here."""

    def answer(status: int) -> Response:
        sentence = SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400])
        if request.path.startswith(("/console", "/screen", "/phone")) and "/api/" not in request.path:
            return Response(
                render_template_string(PAGE, sentence=sentence), status, content_type="text/html; charset=utf-8"
            )
        return Response(sentence, status, content_type="text/plain; charset=utf-8")

    @app.errorhandler(HTTPException)
    def http(problem: HTTPException) -> Response:
        return answer(problem.code or 500)

    @app.errorhandler(NotFound)
    def missing(problem: NotFound) -> Response:
        return answer(404)

    @app.errorhandler(Forbidden)
    def forbidden(problem: Forbidden) -> Response:
        return answer(403)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    def database_away(problem: Exception) -> Response:
        # Not acknowledged: the carrier tries again, and its own fallback URL comes after that.
        log.error("database_away", path=request.path, error=type(problem).__name__)
        return answer(503)

    @app.errorhandler(Exception)
    def ours(problem: Exception) -> Response:
        log.exception("request_failed", path=request.path, error=type(problem).__name__)
        return answer(500)
