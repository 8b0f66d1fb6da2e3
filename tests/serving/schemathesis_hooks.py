"""What the OpenAPI document can say in words only, for schemathesis."""

from typing import Any

import schemathesis


@schemathesis.hook
def before_call(_: Any, case: Any, **__: Any) -> None:
    """Let an id in a body be that of the address; one that can be no id stays as it is."""
    match case.path_parameters, case.body:
        case {"item_id": item_id}, {"item": {"id": int() | float() as sent} as item}:
            if str(item_id).isdecimal() and _is_id(sent):
                item["id"] = int(item_id)


def _is_id(sent: float) -> bool:
    return type(sent) is not bool and 1 <= sent < 2**63 and sent % 1 == 0
