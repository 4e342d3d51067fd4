"""Checks answers by the documents that describe them, with a strict validator of OpenAPI 3.0's schemas.

A file has the name of a document beside it and a list of answers, each with the operation and the status that it
was given by: `body` must be what the document says, and what stands under `refused` must not be.
"""

import json
import pathlib
import sys
from urllib.parse import quote

from openapi_schema_validator import OAS30ReadValidator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4


def validator(document, answer):
    steps = ["paths", answer["path"], answer["method"], "responses", str(answer["status"])]
    steps += ["content", "application/json", "schema"]
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
    # References are to the document, from wherever they stand in it.
    registry = Registry().with_resource("urn:document", Resource(contents=document, specification=DRAFT4))
    schema = {"$ref": f"urn:document#/{quote(pointer)}"}
    return OAS30ReadValidator(schema, registry=registry, format_checker=oas30_format_checker)


def main(files):
    wrong = checked = refused = 0
    for file in map(pathlib.Path, files):
        told = json.loads(file.read_text())
        document = json.loads((file.parent / told["document"]).read_text())
        for answer in told["answers"]:
            said = validator(document, answer)
            where = f"{file.name}: {answer['method']} {answer['path']}, {answer['status']}"
            for error in said.iter_errors(answer["body"]):
                wrong += 1
                print(f"{where}: {error.json_path}: {error.message}", file=sys.stderr)
            checked += 1
            for body in answer["refused"]:
                refused += 1
                if said.is_valid(body):
                    wrong += 1
                    print(f"{where}: the document allows {json.dumps(body)}", file=sys.stderr)
    if not checked or not refused:
        print("there is nothing to check", file=sys.stderr)
        return 1
    print(f"{checked} answers are what the documents say, {refused} are not and are refused")
    return 1 if wrong else 0


sys.exit(main(sys.argv[1:]))
