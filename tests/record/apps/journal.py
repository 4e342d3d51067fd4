"""A log in memory, to see afterwards what was called, and in which order."""

import asyncio

from fastapi import APIRouter

lines: list[str] = []
router = APIRouter(include_in_schema=False)


def log(line: str) -> None:
    lines.append(line)


@router.get("/log")
async def read_log(least: int = 0) -> list[str]:
    """The log, as soon as it has so many lines, and after a second at the latest.

    What runs after an answer may not have run yet when its client asks again.
    """
    for _ in range(100):
        if len(lines) >= least:
            break
        await asyncio.sleep(0.01)
    return lines


@router.delete("/log", status_code=204)
async def empty_log() -> None:
    lines.clear()
