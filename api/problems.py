"""Errors as problem details (RFC 9457), in one table; the only place errors become statuses.

`code` is stable and machine-readable, `detail` says what is wrong and what to do. `type` leads to
`GET /problems/{code}` of this service.
"""

import http
import logging
import typing
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api import errors
from api.faults import Fault, faults_of, model_in
from cargo.errors import CargoError, DocumentError, ImpossibleShipmentError, TooManyShipmentsError
from gtfs.errors import GtfsError
from maas import bookings
from maas import errors as maas_errors
from routing.errors import OffRoadError, RoutingError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem."""

    status: int
    code: str
    title: str
    title_ja: str


INVALID = Kind(
    422, "invalid-request", "The request breaks its schema", "リクエストの形式が正しくありません"
)
NO_JSON = Kind(400, "no-json", "The body is no JSON", "本文がJSONではありません")
NOT_FOUND = Kind(404, "not-found", "There is nothing at this address", "該当するページがありません")
NOT_ALLOWED = Kind(
    405, "method-not-allowed", "This address takes other methods", "このメソッドは使えません"
)
TOO_LARGE = Kind(413, "body-too-large", "The body is too large", "本文が大きすぎます")
BROKEN = Kind(500, "internal-error", "The service failed", "サービス内部でエラーが発生しました")

KIND_OF: dict[type[Exception], Kind] = {
    maas_errors.MaasError: Kind(422, "wrong-input", "The input is wrong", "入力に誤りがあります"),
    maas_errors.UnknownPlaceError: Kind(
        422, "unknown-place", "No such place", "場所が見つかりません"
    ),
    maas_errors.AmbiguousPlaceError: Kind(
        422, "ambiguous-place", "Several places have this name", "同じ名前の場所が複数あります"
    ),
    maas_errors.QueryError: Kind(
        422,
        "invalid-query",
        "The query contradicts itself or breaks a limit",
        "検索条件に誤りがあります",
    ),
    maas_errors.DateOutsideError: Kind(
        422, "date-outside", "No timetable covers this date", "この日付の時刻表がありません"
    ),
    OffRoadError: Kind(422, "off-road", "No road near this place", "近くに道路がありません"),
    RoutingError: Kind(422, "wrong-input", "The input is wrong", "入力に誤りがあります"),
    GtfsError: Kind(422, "wrong-input", "The input is wrong", "入力に誤りがあります"),
    CargoError: Kind(422, "wrong-input", "The input is wrong", "入力に誤りがあります"),
    DocumentError: INVALID,
    ImpossibleShipmentError: Kind(
        422,
        "impossible-shipment",
        "Nothing could ever carry this",
        "この荷物を運べる車両がありません",
    ),
    TooManyShipmentsError: Kind(
        422, "too-many-shipments", "Too many shipments in one plan", "荷物の数が多すぎます"
    ),
    bookings.OutdatedError: Kind(
        409, "offer-outdated", "The timetable has changed since the offer", "時刻表が変更されました"
    ),
    errors.SpaceTakenError: Kind(409, "space-taken", "No longer free", "空きがなくなりました"),
    errors.OfferError: Kind(
        422, "invalid-offer", "Not an offer of this service", "このサービスの提案ではありません"
    ),
    errors.OfferExpiredError: Kind(
        409, "offer-expired", "The offer is too old", "提案の有効期限が切れました"
    ),
    errors.UnknownBookingError: Kind(
        404, "unknown-booking", "No such booking", "予約が見つかりません"
    ),
    errors.KeyReusedError: Kind(
        422,
        "key-reused",
        "The Idempotency-Key was used before",
        "Idempotency-Keyが再使用されました",
    ),
    errors.NotReadyError: Kind(503, "not-ready", "Not ready yet", "準備中です"),
    errors.BusyError: Kind(503, "busy", "All planners are busy", "混み合っています"),
    errors.StoreNotDurableError: Kind(
        503, "store-not-durable", "The store might lose bookings", "予約を安全に保存できません"
    ),
    errors.StoreError: Kind(
        503, "store-unavailable", "Bookings cannot be kept just now", "現在予約を扱えません"
    ),
}
_KIND_OF_STATUS = {kind.status: kind for kind in (NO_JSON, NOT_FOUND, NOT_ALLOWED, TOO_LARGE)}
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (INVALID, NO_JSON, NOT_FOUND, NOT_ALLOWED, TOO_LARGE, BROKEN, *KIND_OF.values())
}


class Problem(BaseModel):
    """Problem details, RFC 9457."""

    type: str = Field(examples=["/problems/unknown-place"])
    title: str
    title_ja: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[Fault] = Field(default_factory=list)


# For `responses=` of endpoints: what the OpenAPI description says of a status.
PROBLEMS: dict[int, dict[int | str, dict[str, Any]]] = {
    status: {
        status: {
            "description": http.HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    for status in (400, 404, 409, 413, 422, 503)
}


def document(
    kind: Kind, detail: str, request_id: str, faults: Sequence[Fault] = (), **more: Any
) -> dict[str, Any]:
    """Problem details as a plain document; `more` are members of this kind alone."""
    return {
        "type": f"/problems/{kind.code}",
        "title": kind.title,
        "title_ja": kind.title_ja,
        "status": kind.status,
        "detail": detail,
        "code": kind.code,
        "request_id": request_id,
        "errors": [fault.model_dump() for fault in faults],
        **more,
    }


def response(problem: dict[str, Any], headers: typing.Mapping[str, str] | None = None) -> Response:
    """Answer with a problem document."""
    return Response(orjson.dumps(problem), problem["status"], headers, media_type=MEDIA_TYPE)


def kind_of(error: Exception) -> Kind:
    """Kind of a known error, by its nearest listed class."""
    return next(KIND_OF[base] for base in type(error).__mro__ if base in KIND_OF)


def request_id_of(request: Request) -> str:
    """Return the id that `api.envelope` gave the request."""
    request_id: str = request.scope.get("maas.request_id", "")
    return request_id


def _on_known(request: Request, error: Exception) -> Response:
    kind = kind_of(error)
    if kind.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("event=refused code=%s detail=%s", kind.code, error)
    more: dict[str, Any] = {}
    if isinstance(error, errors.SpaceTakenError):
        more["shortages"] = error.shortages
    headers = {"Retry-After": "5"} if isinstance(error, errors.BusyError) else None
    return response(document(kind, str(error), request_id_of(request), **more), headers)


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status, headers = error.status_code, dict(error.headers or {})
    phrase = http.HTTPStatus(status).phrase
    code = phrase.lower().replace(" ", "-")
    kind = _KIND_OF_STATUS.get(status, Kind(status, code, phrase, phrase))
    detail = error.detail
    if kind is NOT_FOUND:
        detail = f"nothing is at {request.url.path}; / and /docs list what there is"
    elif kind is NOT_ALLOWED:
        headers["Allow"] = _allowed(request, headers.get("Allow", ""))
        detail = f"{request.url.path} does not take {request.method}; use {headers['Allow']}"
    elif kind is NO_JSON:
        detail = "the body cannot be read: " + (
            "it is no UTF-8 text; write JSON as UTF-8"
            if isinstance(error.__cause__, UnicodeDecodeError)
            else "it nests too deeply or holds a number with too many digits"
        )
    return response(document(kind, detail, request_id_of(request)), headers)


def _allowed(request: Request, fallback: str) -> str:
    """Methods that the asked path takes, over all its endpoints."""
    path = getattr(request.scope.get("route"), "path", "")
    methods = request.app.openapi()["paths"].get(path, {})
    return ", ".join(method.upper() for method in methods) or fallback


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        at = found[0]["loc"][-1]
        detail = f"{found[0]['ctx']['error']} (at character {at} of the body)"
        return response(document(NO_JSON, detail, request_id_of(request)))
    faults, n_faults = faults_of(found, error.body, _body_model(request))
    more = f" (and {n_faults - 1} more)" if n_faults > 1 else ""
    detail = f"{faults[0].where}: {faults[0].message}{more}"
    return response(document(INVALID, detail, request_id_of(request), faults))


def _body_model(request: Request) -> type[BaseModel] | None:
    """Model of the body that the asked endpoint takes."""
    field = getattr(request.scope.get("route"), "body_field", None)
    return None if field is None else model_in(field.field_info.annotation)


def _on_broken(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request)
    logger.error("event=failed request_id=%s error=%r", request_id, error)
    detail = f"this is our fault, not yours; report it with the request id {request_id}"
    return response(document(BROKEN, detail, request_id))


def install(app: FastAPI) -> None:
    """Let the application answer every error with problem details."""
    for kind in KIND_OF:
        app.add_exception_handler(kind, _on_known)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(Exception, _on_broken)
