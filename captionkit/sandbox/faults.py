"""What can go wrong on the way, on purpose: the n-th request that fits a rule meets it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from captionkit.sandbox.answers import Answer, Words, broken, html_answer, login_page

#: What a rule can do, and what it is in the world.
ACTIONS = {
    "drop_before": "the connection is closed without an answer, and nothing was done",
    "drop_during": "the connection is closed after `size` bytes of the request's body, nothing done",
    "drop_after": "the connection is closed without an answer, but everything was done",
    "cut": "done, but the answer breaks off in the middle of its body",
    "hang_up_after": "done and answered, then the kept connection is closed without a word, as an idle one is",
    "bad_gateway_after": "done, but a proxy answers 502 with HTML",
    "error_before": "500, nothing done",
    "error_after": "500, but everything was done",
    "status": "the status of the rule (`status`) with an empty JSON list of errors, nothing done",
    "unavailable": "503 with HTML and Retry-After (`seconds`), nothing done",
    "login_page": "200 with the HTML of a login page, nothing done",
    "half_json": "done, and a whole HTTP answer whose JSON is cut in half",
    "not_a_list": "done, and 200 with a JSON object instead of the list",
    "no_content": "204, nothing done",
    "repeated_page": "the Link header names this very page as the next one",
    "redirect": "302 to another host (`location`), nothing done",
    "slow": "done, and answered after `seconds`",
    "slow_before": "answered and done after `seconds`",
    "throttled": "the rate limit refuses it, nothing done",
    "meanwhile": "`do` is run before it: a colleague writes between the client's read and its write",
    "meanwhile_after": "`do` is run after it was done, before the client has the answer",
}


@dataclass(slots=True)
class Rule:
    """One fault that is to happen.

    Attributes:
        action: one of ACTIONS.
        method: HTTP method, "" for any.
        path: regular expression searched in the path.
        nth: the first request of those that fit, counted from 1, that meets it.
        times: how many from there on; 0 for all.
    """

    action: str
    method: str = ""
    path: str = ""
    nth: int = 1
    times: int = 1
    seconds: float = 1.0
    status: int = 500
    location: str = ""
    size: int = 0
    do: Callable[[], object] | None = None
    seen: int = 0
    met: int = 0
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"no fault is called {self.action!r}; there are: {', '.join(ACTIONS)}")
        if self.action.startswith("meanwhile") and self.do is None:
            raise ValueError(f"the fault {self.action!r} needs `do`: what happens meanwhile")
        self.pattern = re.compile(self.path)

    def meets(self, method: str, path: str) -> bool:
        if (self.method and self.method.upper() != method) or not self.pattern.search(path):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times and self.seen >= self.nth + self.times):
            return False
        self.met += 1
        return True


class Faults:
    """The rules that are set. The first that meets a request is the one it gets."""

    def __init__(self, sleep: Callable[[float], object]) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._sleep = sleep

    def add(self, rule: Rule) -> None:
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def met(self) -> list[tuple[str, int]]:
        """How often each rule struck, in the order they were set."""
        with self._lock:
            return [(rule.action, rule.met) for rule in self._rules]

    def rule_for(self, method: str, path: str) -> Rule | None:
        with self._lock:
            met = [rule for rule in self._rules if rule.meets(method, path)]
        return met[0] if met else None

    def around(self, rule: Rule, url: str, throttled: Callable[[], Answer], execute: Callable[[], Answer]) -> Answer:
        """Answer a request as the rule says; `execute` does what was asked."""
        match rule.action:
            case "drop_before" | "drop_during":
                return Answer(0, cut_at=-1)
            case "error_before":
                return broken(Words("en")).answer
            case "status":
                return Answer(rule.status, b'{"errors":[]}', [("Content-Type", "application/json; charset=utf-8")])
            case "unavailable":
                return html_answer(503, "Service Unavailable", "", ("Retry-After", str(int(rule.seconds))))
            case "login_page":
                return login_page()
            case "no_content":
                return Answer(204)
            case "redirect":
                return Answer(302, b"", [("Location", rule.location or "http://elsewhere.invalid/login")])
            case "throttled":
                return throttled()
            case "slow_before":
                self._sleep(rule.seconds)
            case "meanwhile":
                assert rule.do is not None
                rule.do()
        return self._after(rule, url, execute())

    def _after(self, rule: Rule, url: str, answer: Answer) -> Answer:
        match rule.action:
            case "drop_after":
                return Answer(0, cut_at=-1)
            case "cut":
                answer.cut_at = len(answer.body) // 2
            case "hang_up_after":
                answer.cut_at = len(answer.body)
            case "bad_gateway_after":
                return html_answer(502, "Bad Gateway", "")
            case "error_after":
                return broken(Words("en")).answer
            case "half_json":
                answer.body = answer.body[: len(answer.body) // 2]
            case "not_a_list":
                answer.body = json.dumps({"status": "ok"}).encode()
            case "repeated_page":
                answer.headers = [(name, value) for name, value in answer.headers if name != "Link"]
                answer.headers.append(("Link", f'<{url}>; rel="current",<{url}>; rel="next"'))
            case "slow":
                self._sleep(rule.seconds)
            case "meanwhile_after":
                assert rule.do is not None
                rule.do()
        return answer
