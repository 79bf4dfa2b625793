"""One GraphQL question: read, checked, carried out, and answered with the status that fits."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationType,
    execute_sync,
    get_operation_ast,
    specified_rules,
    validate,
)
from graphql.validation import NoSchemaIntrospectionCustomRule

from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.projects import bounds, errors
from qbsync.sandbox.projects.context import Context
from qbsync.sandbox.projects.schema import schema
from qbsync.sandbox.strict_json import read_json

RULES: Final = (*specified_rules, NoSchemaIntrospectionCustomRule)
ERRORS_MAX: Final = 20
MEMBERS: Final = {"query", "variables", "operationName", "extensions"}
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was sent, as far as it could be read; `trouble` says why it could not."""

    document: DocumentNode | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    trouble: Answer | None = None

    @property
    def writes(self) -> bool:
        if self.document is None:
            return False
        operation = get_operation_ast(self.document, self.operation_name)
        return operation is not None and operation.operation == OperationType.MUTATION


def read(content_type: str, body: bytes) -> Question:
    if content_type.split(";")[0].strip().lower() != "application/json":
        return Question(trouble=_invalid("Send application/json", errors.PARSE))
    try:
        sent = read_json(body)
    except ValueError:
        return Question(trouble=_invalid("The body is not JSON", errors.PARSE))
    if not isinstance(sent, dict) or not sent.keys() <= MEMBERS or not isinstance(sent.get("query"), str):
        return Question(trouble=_invalid("The body is an object with query, variables, operationName", errors.PARSE))
    variables, name = sent.get("variables"), sent.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        return Question(trouble=_invalid("variables is an object, operationName a text", errors.INPUT))
    try:
        document = bounds.read(sent["query"])
    except GraphQLError as error:
        return Question(trouble=_all_invalid([error], errors.PARSE))
    try:
        bounds.check_size(document)
    except GraphQLError as error:
        return Question(trouble=_all_invalid([error], errors.VALIDATE))
    return Question(document=document, variables=variables, operation_name=name)


def answer(context: Context, question: Question, *, refusal: RefusalError | None = None) -> Answer:
    """Status and body. The refusal, if there is one, stands for whatever the books would have said."""
    if question.trouble is not None:
        return question.trouble
    assert question.document is not None  # what could not be read is trouble
    wrong = validate(schema(), question.document, RULES, max_errors=ERRORS_MAX)
    if wrong:
        return _all_invalid(wrong, errors.VALIDATE)
    if refusal is not None:
        return 200, {"errors": [errors.as_json(errors.refused(refusal), errors.INPUT)]}
    with _writing(context, question):
        result = execute_sync(
            schema(),
            question.document,
            context_value=context,
            variable_values=question.variables,
            operation_name=question.operation_name,
        )
    return _told(result, context.sandbox.dials.graphql_refusal_status)


def _writing(context: Context, question: Question) -> AbstractContextManager[None]:
    return context.sandbox.store.writing() if question.writes else nullcontext()


def _told(result: ExecutionResult, refusal_status: int) -> Answer:
    """Data without errors, both, or errors alone when nothing was answered."""
    if not result.errors:
        return 200, {"data": result.data}
    if result.data is None:
        return _all_invalid(result.errors, errors.INPUT)
    told = [errors.as_json(error, errors.INPUT) for error in result.errors]
    answered = any(value is not None for value in result.data.values())
    status = refusal_status if "VAL" in errors.codes(told) else 200
    return status, {"errors": told, "data": result.data} if answered else {"errors": told}


def _all_invalid(wrong: Sequence[GraphQLError], inner_code: str) -> Answer:
    return 400, {"errors": [errors.as_json(error, inner_code) for error in wrong]}


def _invalid(message: str, inner_code: str) -> Answer:
    return _all_invalid([GraphQLError(message)], inner_code)
