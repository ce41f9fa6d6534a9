"""Conditions and whole-number sums of a shell script, with variables already filled in."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "-eq": operator.eq,
    "-ne": operator.ne,
    "-gt": operator.gt,
    "-ge": operator.ge,
    "-lt": operator.lt,
    "-le": operator.le,
}
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_LARGEST = 10**18
_LONGEST = 300
_TEST = re.compile(r"^\s*(!?)\s*\[\[?\s+(.*?)\s*\]\]?\s*$", re.DOTALL)
_SUM = re.compile(r"^\s*\(\((.*)\)\)\s*$")


def holds(condition: str) -> bool | None:
    """Whether a condition holds; None if it cannot be decided without running something."""
    if len(condition) > _LONGEST:
        return None
    result: bool | None = False
    for terms in condition.split("||"):
        every: bool | None = True
        for term in terms.split("&&"):
            every = _both(every, _term(term))
        if every:
            return True
        result = None if every is None else result
    return result


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _term(text: str) -> bool | None:
    if found := _SUM.match(text):
        value = worked_out(found[1], {})
        return None if value is None else value != "0"
    found = _TEST.match(text)
    if not found:
        return {"true": True, "false": False}.get(text.strip())
    inner, is_turned = found[2], bool(found[1])
    if inner.startswith("! "):
        inner, is_turned = inner[2:].strip(), not is_turned
    result = _tested(inner)
    return result if result is None else result != is_turned


def _tested(text: str) -> bool | None:
    if "$(" in text:
        return None
    if found := re.match(r"^-([zn])\s*(.*)$", text):
        is_empty = not _bare(found[2])
        return is_empty if found[1] == "z" else not is_empty
    if found := re.match(r"^(.*?)\s*(==|!=|=)\s*(.*)$", text):
        return (_bare(found[1]) == _bare(found[3])) != (found[2] == "!=")
    if found := re.match(r"^(.*?)\s+(-[a-z]{2})\s+(.*)$", text):
        left, right = _bare(found[1]), _bare(found[3])
        if found[2] in _COMPARED and _is_whole(left) and _is_whole(right):
            return _COMPARED[found[2]](int(left), int(right))
        return None
    return None if text.startswith("-") or " " in text else bool(_bare(text))


def _bare(text: str) -> str:
    return text.strip().strip("\"'")


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,18}", text) is not None


def worked_out(text: str, variables: Mapping[str, str]) -> str | None:
    """A sum of whole numbers and variables; None if it is not one."""
    if len(text) > _LONGEST or not text.strip():
        return None
    named = re.sub(r"[A-Za-z_]\w*", lambda found: variables.get(found[0], "0") or "0", text)
    try:
        value = _value(ast.parse(named.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return None
    return str(int(value)) if abs(value) < _LARGEST else None


def _value(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return _bounded(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _bounded(_BINARY[type(node.op)](_value(node.left), _value(node.right)))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _BINARY:
        right = _value(node.comparators[0])
        return int(_BINARY[type(node.ops[0])](_value(node.left), right))
    raise ValueError


def _bounded(value: int) -> int:
    if abs(value) >= _LARGEST:
        raise ValueError
    return value
