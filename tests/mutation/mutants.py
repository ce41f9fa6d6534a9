"""Mutants: the functions of the engine, each with one small mistake."""

from __future__ import annotations

import ast
import inspect
import random
import textwrap
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType

from dsexplore.engine import counting, elementwise, idioms, normal
from dsexplore.engine.formulas import modules

# Formulas share what these compute.
SHARED = "shared"
_SWAPPED_CALLS = {"larger": "smaller", "smaller": "larger", "ceil": "floor", "floor": "ceil"}
_SWAPPED_SIGNS: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
    ast.Mod: ast.Mult(),
    ast.Pow: ast.Mult(),
    ast.BitAnd: ast.BitOr(),
    ast.BitOr: ast.BitAnd(),
}
# Each comparison at its border, and turned round.
_SWAPPED_COMPARISONS: dict[type[ast.cmpop], tuple[ast.cmpop, ast.cmpop]] = {
    ast.Lt: (ast.LtE(), ast.GtE()),
    ast.LtE: (ast.Lt(), ast.Gt()),
    ast.Gt: (ast.GtE(), ast.LtE()),
    ast.GtE: (ast.Gt(), ast.Lt()),
}
_TURNED_COMPARISONS: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
}


@dataclass(frozen=True)
class Mutant:
    """A function with one mistake: where it is, how the line reads before and after."""

    subject: str
    function: FunctionType
    line: int
    before: str
    after: str
    code: CodeType

    @property
    def place(self) -> str:
        """Module, line and function."""
        module = self.function.__module__.removeprefix("dsexplore.engine.")
        return f"{module}:{self.line} {self.function.__name__}"

    def apply(self) -> None:
        """Make the mistake, for everyone who holds the function."""
        for name in _SWAPPED_CALLS:
            self.function.__globals__.setdefault(name, getattr(elementwise, name))
        self.function.__code__ = self.code


def sample(count: int, seed: int, subject: str | None = None) -> list[Mutant]:
    """So many mutants, as many of each subject as can be; the same ones for the same seed."""
    chance = random.Random(seed)
    by_subject = {name: found for name, found in _all().items() if subject in (None, name)}
    for found in by_subject.values():
        chance.shuffle(found)
    chosen: list[Mutant] = []
    while len(chosen) < count and any(by_subject.values()):
        chosen += [found.pop() for found in by_subject.values() if found]
    return chosen[:count]


def subjects() -> list[str]:
    """Names of what can be mutated."""
    return [*modules(), SHARED]


def _all() -> dict[str, list[Mutant]]:
    homes = {**modules(), SHARED: [counting, idioms, normal]}
    return {
        subject: [
            mutant
            for module in found
            for function in _functions(module)
            for mutant in _mutants(subject, function)
        ]
        for subject, found in homes.items()
    }


def _functions(module: ModuleType) -> list[FunctionType]:
    return [
        function
        for function in vars(module).values()
        if isinstance(function, FunctionType) and function.__module__ == module.__name__
    ]


def _mutants(subject: str, function: FunctionType) -> Iterator[Mutant]:
    lines, first = inspect.getsourcelines(function)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef):
        return
    definition.decorator_list = []
    ast.increment_lineno(tree, first - 1)
    for number, node in enumerate(ast.walk(tree)):
        for alternative in range(len(_alternatives(node))):
            copy = deepcopy(tree)
            target = list(ast.walk(copy))[number]
            replacement = ast.copy_location(_alternatives(target)[alternative], target)
            statement = _replaced(copy, target, replacement)
            yield Mutant(
                subject,
                function,
                getattr(node, "lineno", first),
                _shown(tree, statement),
                _shown(copy, statement),
                _compiled(copy, function),
            )


def _replaced(tree: ast.Module, target: ast.AST, replacement: ast.AST) -> int:
    """Put one node where another was; the number of the statement that holds it."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, replacement)
            elif isinstance(value, list) and any(each is target for each in value):
                value[[each is target for each in value].index(True)] = replacement
    ast.fix_missing_locations(tree)
    statements = _statements(tree)
    holding = [n for n, s in enumerate(statements) if any(x is replacement for x in ast.walk(s))]
    return max(holding)


def _statements(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _shown(tree: ast.Module, statement: int) -> str:
    return ast.unparse(_statements(tree)[statement]).partition("\n")[0]


def _compiled(tree: ast.Module, function: FunctionType) -> CodeType:
    scope: dict[str, FunctionType] = {}
    exec(compile(tree, function.__code__.co_filename, "exec"), dict(function.__globals__), scope)
    return scope[function.__name__].__code__


def _alternatives(node: ast.AST) -> list[ast.AST]:
    """What a node may be mistaken for."""
    for kind, mistakes in _MISTAKES.items():
        if isinstance(node, kind):
            return list(mistakes(node))
    return []


def _operation(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in _SWAPPED_SIGNS:
        yield ast.BinOp(node.left, _SWAPPED_SIGNS[type(node.op)], node.right)


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    sign = type(node.ops[0])
    others = [*_SWAPPED_COMPARISONS.get(sign, ())]
    if sign in _TURNED_COMPARISONS:
        others.append(_TURNED_COMPARISONS[sign])
    for other in others:
        yield ast.Compare(node.left, [other], node.comparators)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield ast.Constant(1 if value == 0 else 2 * value)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in _SWAPPED_CALLS:
            yield ast.Call(ast.Name(_SWAPPED_CALLS[name], ast.Load()), node.args, node.keywords)
        case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
            yield ast.Call(node.func, [condition, no, yes], [])
        case ast.Call(func=ast.Name(id="ratio"), args=[part, whole]):
            yield ast.BinOp(part, ast.Mult(), whole)
        case ast.Call(func=ast.Name(id="without_unknown"), args=[amount, price]):
            yield ast.BinOp(amount, ast.Div(), price)


def _table(node: ast.Dict) -> Iterator[ast.AST]:
    """Each neighbouring pair of entries exchanged."""
    for place in range(len(node.values) - 1):
        values = [*node.values]
        values[place], values[place + 1] = values[place + 1], values[place]
        if ast.dump(values[place]) != ast.dump(values[place + 1]):
            yield ast.Dict(node.keys, values)


def _branch(node: ast.IfExp) -> Iterator[ast.AST]:
    yield ast.IfExp(node.test, node.orelse, node.body)


def _negative(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.USub):
        yield node.operand


_MISTAKES: dict[type[ast.AST], Callable[..., Iterator[ast.AST]]] = {
    ast.BinOp: _operation,
    ast.Compare: _comparison,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Dict: _table,
    ast.IfExp: _branch,
    ast.UnaryOp: _negative,
}
