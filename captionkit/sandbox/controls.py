"""What can be done to any running stand-in: read its log, let faults happen, run an operation by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from captionkit.sandbox.base_app import BaseApp
from captionkit.sandbox.faults import ACTIONS, Rule


class Controls:
    """The operations on a BaseApp."""

    _base_app: BaseApp

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The last 20,000 requests: number, method, path, query, body, user, status, fault, seconds, at. No tokens."""
        return [entry.as_dict() for entry in self._base_app.logged()]

    @property
    def counts(self) -> dict[str, int]:
        """Requests by method."""
        return self._base_app.counts()

    def request_log(self) -> list[dict[str, Any]]:
        """The request log, without tokens."""
        return self.requests

    def request_counts(self) -> dict[str, int]:
        """Requests by method."""
        return self.counts

    def reset_log(self) -> None:
        """Forget the requests so far."""
        self._base_app.forget()

    def fault(
        self,
        action: str,
        *,
        method: str = "",
        path: str = "",
        nth: int = 1,
        times: int = 1,
        seconds: float = 1.0,
        status: int = 500,
        location: str = "",
        size: int = 0,
        do: Callable[[], object] | list[dict[str, Any]] | None = None,
    ) -> None:
        """Let a fault happen to the n-th request from now on that fits; `fault_actions()` explains them.

        Args:
            method: HTTP method, "" for any.
            path: regular expression searched in the path.
            times: how many requests from the n-th on; 0 for all.
            do: for "meanwhile" and "meanwhile_after": a function, or operations as `{"op": "add_track", ...}`.
        """
        meanwhile = self._doing(do) if isinstance(do, list) else do
        self._base_app.faults.add(Rule(action, method, path, nth, times, seconds, status, location, size, meanwhile))

    def clear_faults(self) -> None:
        """Let no more faults happen."""
        self._base_app.faults.clear()

    def fault_actions(self) -> dict[str, str]:
        """The faults that can happen."""
        return ACTIONS

    def faults_met(self) -> list[tuple[str, int]]:
        """How often each fault happened."""
        return self._base_app.faults.met()

    def control(self, operation: str, /, **arguments: Any) -> Any:
        """Run an operation by its name, as the control endpoint does."""
        return self._base_app.operations[operation](**arguments)

    def _doing(self, steps: list[dict[str, Any]]) -> Callable[[], object]:
        for step in steps:
            if step.get("op") not in self._base_app.operations:
                raise ValueError(f"no operation is called {step.get('op')!r}; GET /sandbox lists them")
        return lambda: [
            self.control(step["op"], **{key: value for key, value in step.items() if key != "op"}) for step in steps
        ]

    def _operations(self) -> dict[str, Callable[..., Any]]:
        hidden = {"stop", "control"}
        names = [
            name
            for name in dir(type(self))
            if not name.startswith("_") and name not in hidden and callable(getattr(type(self), name))
        ]
        return {name: getattr(self, name) for name in names}
