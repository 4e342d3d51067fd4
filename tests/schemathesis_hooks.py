"""What no schema says, told to Schemathesis."""

import re
from typing import Any

import schemathesis
from hypothesis import strategies

# No bounds or places stand in the schema of a decimal, which is a text; these are in those of every example.
schemathesis.openapi.format("decimal", strategies.decimals(min_value=0, max_value=9999, places=2).map(str))


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    for path in raw_schema["paths"].values():
        for operation in path.values():
            # A cursor is a text that the program alone makes, with the page before.
            parameters = [one for one in operation.get("parameters", []) if one["name"] != "cursor"]
            for parameter in parameters:
                # Of the names in a text with commas, each stands there once.
                pattern = parameter["schema"].get("pattern", "")
                if parameter["name"] in ("sort", "fields") and pattern:
                    parameter["schema"]["pattern"] = re.sub(r"\(,.*\)\*\$$", "$", pattern)
            operation["parameters"] = parameters
