"""How large a GraphQL document may be, so that none can keep the server busy."""

from typing import Final

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

BODY_BYTES_MAX: Final = 1024 * 1024
TOKENS_MAX: Final = 2000
COMMENTS_MAX: Final = 200
DEPTH_MAX: Final = 15
SELECTIONS_MAX: Final = 500
ROOT_SELECTIONS_MAX: Final = 30


def read(text: str) -> DocumentNode:
    """The parsed document. GraphQLError for one that cannot be read or is too large."""
    try:
        document = parse(text, max_lexical_tokens=TOKENS_MAX, max_comments=COMMENTS_MAX)
    except RecursionError:
        raise GraphQLError("The document is nested too deeply") from None
    return document


def check_size(document: DocumentNode) -> None:
    """Counts what would be selected, fragments laid out; a circle of fragments is too deep. May raise GraphQLError."""
    fragments = {
        part.name.value: part.selection_set for part in document.definitions if isinstance(part, FragmentDefinitionNode)
    }
    for part in document.definitions:
        if isinstance(part, OperationDefinitionNode):
            _measure(part.selection_set, fragments)


def _measure(root: SelectionSetNode, fragments: dict[str, SelectionSetNode]) -> None:
    if len(root.selections) > ROOT_SELECTIONS_MAX:
        raise GraphQLError(f"The operation asks for more than {ROOT_SELECTIONS_MAX} things at once")
    seen, waiting = 0, [(root, 1)]
    while waiting:
        selected, depth = waiting.pop()
        if depth > DEPTH_MAX:
            raise GraphQLError(f"The document is nested more than {DEPTH_MAX} deep")
        for selection in selected.selections:
            seen += 1
            if seen > SELECTIONS_MAX:
                raise GraphQLError(f"The document selects more than {SELECTIONS_MAX} fields")
            if isinstance(selection, FragmentSpreadNode):
                inner = fragments.get(selection.name.value)
            else:
                inner = getattr(selection, "selection_set", None)
            if inner is not None:
                waiting.append((inner, depth + 1))
