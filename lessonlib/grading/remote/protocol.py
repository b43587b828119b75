"""What can be done with a value that stays on the other side, named as Python names it."""

BUILTINS = (
    "getattr", "setattr", "delattr", "len", "iter", "next", "repr", "str", "format", "bool",
    "int", "float", "complex", "hash", "abs", "round", "divmod", "dir", "isinstance",
)  # fmt: skip
BINARY = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul",
    "and_", "or_", "xor", "lshift", "rshift",
)  # fmt: skip
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
UNARY = ("neg", "pos", "invert")
OPERATORS = (
    *BINARY, *COMPARISONS, *UNARY, "contains", "index", "getitem", "setitem", "delitem",
)  # fmt: skip


def special(name: str) -> str:
    """Return the special method behind an operation: "and_" is `__and__`."""
    return f"__{name.strip('_')}__"


# The special methods whose presence a handle mirrors.
SPECIAL = (
    *map(special, ("call", "iter", "next", "len", "bool", "int", "float", "complex", "hash")),
    *map(special, ("abs", "round", "enter", "exit", *BINARY, *COMPARISONS, *UNARY)),
    *map(special, ("contains", "index", "getitem", "setitem", "delitem", "divmod")),
    *(special(f"r{name.strip('_')}") for name in (*BINARY, "divmod")),
)
