"""What the GraphQL service says when it will not: one shape, with a code that tells whose fault it is."""

from collections.abc import Sequence
from typing import Any, Final

from graphql import GraphQLError

from qbsync.sandbox.company.faults import RefusalError

PARSE: Final = "GRAPHQL_PARSE_FAILED"
VALIDATE: Final = "GRAPHQL_VALIDATION_FAILED"
INPUT: Final = "BAD_USER_INPUT"
NO_SCOPE: Final = "Authorization error is detected for this request. Do you have sufficient scope?"


def invalid(inner_code: str, message: str) -> dict[str, str]:
    """The extensions of what the caller got wrong."""
    return _extensions("VAL-0100", inner_code, message, "VALIDATION_ERROR")


def refused(refusal: RefusalError) -> GraphQLError:
    """A refusal by the books; the code of the fault is its inner code."""
    fault = refusal.fault
    if fault.code == "10000":
        return GraphQLError(fault.detail, extensions=_extensions("SYS-0100", fault.code, fault.detail, "SYSTEM_ERROR"))
    return GraphQLError(fault.detail, extensions=invalid(fault.code, fault.detail))


def no_scope() -> GraphQLError:
    inner = "Access denied; Insufficient Scope"
    return GraphQLError(NO_SCOPE, extensions=_extensions("AHZ-0010", "ACCESS_DENIED", inner, "AUTHORIZATION"))


def as_json(error: GraphQLError, inner_code: str) -> dict[str, Any]:
    """One entry of `errors`. The inner code is for errors that have none of their own."""
    told: dict[str, Any] = {"message": error.message}
    if error.locations:
        told["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        told["path"] = list(error.path)
    told["extensions"] = error.extensions or _default(error, inner_code)
    return told


def _default(error: GraphQLError, inner_code: str) -> dict[str, str]:
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        return _extensions("SYS-0100", "INTERNAL_SERVER_ERROR", "System Failure Error", "SYSTEM_ERROR")
    return invalid(inner_code, error.message)


def codes(errors: Sequence[dict[str, Any]]) -> set[str]:
    """The families of these errors: VAL, AHZ, SYS."""
    return {str(error["extensions"]["code"]).partition("-")[0] for error in errors}


def _extensions(code: str, inner_code: str, inner_message: str, classification: str) -> dict[str, str]:
    return {
        "code": code,
        "innerCode": inner_code,
        "innerMessage": inner_message,
        "classification": classification,
    }
