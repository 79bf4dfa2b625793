"""Faults on demand around one call: what happens instead of it, and what happens to its answer."""

from typing import Final

from starlette.responses import Response

from qbsync.sandbox.api.answers import fault_response, gateway_fault, too_many
from qbsync.sandbox.api.gateway import STATUS_TITLES, common_headers, html_page
from qbsync.sandbox.api.wire import CutOff
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.control.journal import Call
from qbsync.sandbox.control.mischief import Mischief
from qbsync.sandbox.state import Sandbox

THROTTLED_SECONDS: Final = 60
REFUSALS: Final = {
    "system": RefusalError("10000", "System Failure Error: on demand"),
    "maintenance": RefusalError("150", "The service is under maintenance. Try again later"),
    "subscription": faults.subscription_ended(),
    "authentication": RefusalError(
        "100", "AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401"
    ),
    "user_removed": RefusalError("120", "AuthorizationFailure: the connecting user was removed, statusCode: 401"),
    "period_closed": RefusalError("5010", "The account period has closed. {1}", message="Account Period Closed"),
}
AT_THE_GATEWAY: Final = {
    "unauthorized": (401, "3200", "AuthenticationFailed", "Token expired: on demand"),
    "wrong_realm": (403, "3100", "ApplicationAuthorizationFailed", "The token is for another company: on demand"),
}


async def before(sandbox: Sandbox, call: Call, fault: Mischief) -> Response | None:
    """The answer that comes instead. None: the call goes on, perhaps after a wait."""
    if fault.kind in REFUSALS:
        return fault_response(sandbox, call, REFUSALS[fault.kind])
    if fault.kind in AT_THE_GATEWAY:
        return gateway_fault(sandbox, call, *AT_THE_GATEWAY[fault.kind])
    match fault.kind:
        case "drop_before":
            return CutOff()
        case "slow":
            await fault.wait()
        case "status":
            return html_page(fault.status, STATUS_TITLES.get(fault.status, "Error"), common_headers(call.tid, 0))
        case "throttle":
            return too_many(sandbox, call, THROTTLED_SECONDS)
    return None


async def after(answer: Response, fault: Mischief) -> Response:
    """The answer as it leaves, or as much of it as the fault lets through."""
    match fault.kind:
        case "drop_after_write" | "half_batch":
            return CutOff()
        case "slow_after":
            await fault.wait()
        case "truncated":
            return CutOff(answer, 0.5)
        case "malformed":
            broken = bytes(answer.body)[:-2] + b',"'
            return Response(broken, status_code=answer.status_code, media_type="application/json")
    return answer
