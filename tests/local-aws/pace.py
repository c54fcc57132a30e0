"""How long things take: samples of the distributions in the settings; AWS's are in `tests/pace/aws.json`."""

import random

import settings


def holds(quantity: str) -> bool:
    return quantity in (settings.current.pace or {})


def sample(quantity: str) -> float | None:
    """In seconds; None if the settings have no such distribution.

    Half of the samples lie evenly between the minimum and the median, the others evenly between the median and the
    maximum.
    """
    if not holds(quantity):
        return None
    distribution = settings.current.pace[quantity]
    least, median, most = (distribution[name] for name in ("min", "median", "max"))
    chance = random.random()
    if chance < 0.5:
        return least + (median - least) * 2 * chance
    return median + (most - median) * (2 * chance - 1)


def pull() -> float | None:
    """The pull of an image of the configured size."""
    size = (settings.current.pace or {}).get("image_mb")
    return sample(f"pull_{size}_mb")
