"""The package boaviztapi, measured in a virtual environment of its own: it is imported when the case is prepared.

Its functions are called directly, without its web server, and without the explanations that it adds by default.
"""

from collections.abc import Callable
from typing import Any

EVALUATIONS = 1_000
CRITERIA = ["gwp", "adp", "pe"]


def prepare() -> Callable[[], object]:
    """Return 1 000 evaluations in a loop: laptop, screen, smartphone, server, a quarter each, French electricity."""
    from boaviztapi import config
    from boaviztapi.compute.impacts_computation import compute_impacts
    from boaviztapi.data.archetype import get_server_archetype, get_user_terminal_archetype
    from boaviztapi.dto.device import Server
    from boaviztapi.dto.device.device import mapper_server
    from boaviztapi.dto.device.user_terminal import Laptop, Monitor, Smartphone, mapper_user_terminal

    usage = {"usage_location": "FRA"}
    terminals = [
        (Laptop, config.default_laptop),
        (Monitor, config.default_monitor),
        (Smartphone, config.default_smartphone),
    ]

    def impacts_of(device: Any) -> Any:
        duration = device.usage.hours_life_time.value
        return compute_impacts(model=device, selected_criteria=CRITERIA, duration=duration)

    def run() -> None:
        for _ in range(EVALUATIONS // 4):
            for kind, name in terminals:
                found = impacts_of(mapper_user_terminal(kind(usage=usage), archetype=get_user_terminal_archetype(name)))
            archetype = get_server_archetype(config.default_server)
            found = impacts_of(mapper_server(Server(usage=usage), archetype=archetype))
        if set(found) != set(CRITERIA):
            raise ValueError(f"boaviztapi returned {sorted(found)}")

    return run
