# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Automatic differentiation: let the graph do it
#
# **After this lesson you will be able to**
#
# - draw any calculation as a graph, and send a gradient back through it by hand;
# - write numbers that remember how they were made, so that Python does the same by itself;
# - say why messages must be added, and in which order they must be sent;
# - get all the gradients of lesson 03's network without deriving a single formula;
# - say what PyTorch and its relatives do when you call `backward`.
#
# **Time**: about 115 minutes for 3,100 words to read and 9 exercises; a good place for a break is
# before section 3. **Builds on**: the backward pass of lesson 03, the gradient check of lesson 04,
# the class of lesson 12.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import seed_001

# %% [markdown]
# ## Two questions from earlier lessons
#
# Answer from memory first. Trying to remember is what makes things stay.
#
# ### A look back: `bias_gradient`
#
# One unit has seen three samples. Its three pre-activations get these messages from the loss, which
# is a sum over the samples:
#
# $$dz = (0.5, \; -1, \; 2)$$
#
# What is the gradient of the unit's bias? Set `bias_gradient` to a number.

# %% solution="autodiff-recall_1"
### BEGIN SOLUTION
bias_gradient = 1.5
### END SOLUTION

# %% check="autodiff.recall_1"

# %% [markdown]
# ### A look back: `tanh_slope`
#
# A tanh unit has the activation $a = \tanh(z) = 0.6$. What is the slope of the tanh at this $z$?
# Set `tanh_slope` to a number. You do not need $z$ itself.

# %% solution="autodiff-recall_2"
### BEGIN SOLUTION
tanh_slope = 0.64
### END SOLUTION

# %% check="autodiff.recall_2"

# %% [markdown]
# ## 1. A calculation is a graph
#
# In lessons 02 to 12 you derived a backward pass for each new network, and found out how easily one
# goes wrong. Yet all of them had the same plan: go back step by step, and multiply by the slope of
# each step. Work that always goes the same way can be left to a machine. For that, the machine has
# to see a calculation as a chain of small steps.
#
# Take $L = (a + b) \cdot a$, with $a = 3$ and $b = 1$. It has two steps: first $u = a + b$, then
# $L = u \cdot a$. A <dfn>computational graph</dfn> is a drawing of a calculation: each number has a
# box, and an arrow leads from each number to what is made of it. A number in such a graph, with
# what belongs to it, is called a <dfn>node</dfn>. The nodes that go into a step are the
# <dfn>parents</dfn> of the node that comes out.

# %%
plots.graph(
    {"a": 3, "b": 1, "u = a + b": 4, "L = u · a": 12},
    [("a", "u = a + b"), ("b", "u = a + b"), ("u = a + b", "L = u · a"), ("a", "L = u · a")],
    title="L = (a + b) · a, as a graph",
)

# %% [markdown]
# The number on each arrow will be the slope of that one step: if the number at its tail grows by a
# little, how many times as much does the number at its head grow? For a single step that is easy:
#
# | step | slope for the first | slope for the second |
# |---|---|---|
# | $x + y$ | 1 | 1 |
# | $x - y$ | 1 | -1 |
# | $x \cdot y$ | $y$ | $x$ |
# | $x^n$, with a fixed number $n$ | $n\, x^{n-1}$ | |
# | $e^x$ | $e^x$, the result itself | |
# | $\log x$ | $1 / x$ | |
# | $\tanh x$ | 1 minus the square of the result | |
# | $\mathrm{relu}(x)$ | 1 where $x > 0$, else 0 | |
#
# You have met most of these rules. The one for powers is from school: $x^3$ has the slope $3x^2$.
# And $1 / x$ is $x^{-1}$, so its slope is $-x^{-2}$. That is the whole table; a network needs no
# more.
#
# **Worked example.** Go back from $L$. We write on each node how many times as much $L$ grows as
# the node does: its gradient.
#
# - $L$ itself: 1, for it grows as much as itself.
# - $u$: the arrow to $L$ has the slope $a = 3$, so its gradient is $3 \cdot 1 = 3$.
# - $b$: the arrow to $u$ has the slope 1, so it is $1 \cdot 3 = 3$.
# - $a$ has **two** arrows. The one to $u$ brings $1 \cdot 3 = 3$. The one to $L$ has the slope
#   $u = 4$ and brings $4 \cdot 1 = 4$. Whoever moves $a$ moves $L$ along both ways at once, so the
#   two shares add up: $3 + 4 = 7$.
#
# **Decide, then run.** If that is right, and $a$ grows from 3 to 3.001, where does $L$ go?

# %%
for a in (3.0, 3.001):
    print(f"a = {a:5.3f}   L = {(a + 1.0) * a:9.6f}")

# %%
plots.graph(
    {"a": 3, "b": 1, "u = a + b": 4, "L = u · a": 12},
    [
        ("a", "u = a + b", 1),
        ("b", "u = a + b", 1),
        ("u = a + b", "L = u · a", 3),
        ("a", "L = u · a", 4),
    ],
    grads={"a": 7, "b": 3, "u = a + b": 3, "L = u · a": 1},
    title="Slopes on the arrows, gradients in the boxes",
)

# %% [markdown]
# **Now with gaps.** The same with a ReLU and a minus: $u = a - b$, then $r = \mathrm{relu}(u)$,
# then $L = r \cdot b$, with $a = 5$ and $b = 2$. So $u = 3$, $r = 3$ and $L = 6$.
#
# - $L$: 1. $\quad r$: the slope is $b$, so its gradient is …
# - $u$: the slope of the ReLU at 3 is …, so its gradient is …
# - $a$: the slope is 1, so its gradient is …
# - $b$: directly it gets …, and through $u$ it gets … times …; together …
#
# <details><summary>Compare</summary>
#
# r: 2. u: the slope is 1, so 2. a: 2. b: directly r = 3, and through u it gets -1 times 2 = -2;
# together 1.
#
# </details>
#
# ### Your turn, with a pencil: five gradients
#
# Here is a graph with three inputs. Its values are filled in. Work out the gradients of $v$, $u$,
# $a$, $b$ and $c$, in this order, and type them in.

# %%
plots.graph(
    {"a": 2, "b": 3, "c": -1, "u = a · b": 6, "v = u + c": 5, "L = v · b": 15},
    [
        ("a", "u = a · b"),
        ("b", "u = a · b"),
        ("u = a · b", "v = u + c"),
        ("c", "v = u + c"),
        ("v = u + c", "L = v · b"),
        ("b", "L = v · b"),
    ],
    grads={
        "a": None,
        "b": None,
        "c": None,
        "u = a · b": None,
        "v = u + c": None,
        "L = v · b": 1,
    },
    title="Fill in the gradients, from right to left",
)

# %% solution="autodiff-by_hand"
### BEGIN SOLUTION
dv = 3
du = 3
da = 9
db = 11
dc = 3
### END SOLUTION

# %% check="autodiff.by_hand"

# %% [markdown]
# ## 2. Numbers that remember
#
# Python has to notice each step while it calculates. A plain number cannot help: when `a + b` is
# done, nobody knows any more what it was made of. So we make numbers of our own, with a class, as
# in lesson 12, that hold three things:
#
# - `data`, the number itself;
# - `grad`, its gradient, 0 until somebody asks for it;
# - `parents`, a list of pairs: each node that it was made from, and the slope of that step.
#
# One thing about classes is new. When Python meets `a + b`, it looks for a method of `a` with the
# name `__add__`, and calls it with `b`. A <dfn>special method</dfn> is a method that Python calls
# by itself when it meets a certain sign, and its name has two underscores on both sides.
#
# **Worked example.** This class knows two steps: the sum, and the square. Each makes a new node,
# and writes down where it came from.


# %%
class Number:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def __add__(self, other):  # called for self + other
        return Number(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def square(self):
        return Number(self.data**2, [(self, 2 * self.data)])


# %% [markdown]
# **Decide, then run.** Which slopes will the two steps of $(a + b)^2$ remember, with $a = 3$ and
# $b = 1$?

# %%
a, b = Number(3.0), Number(1.0)
total = a + b
end = total.square()
for name, node in (("total", total), ("end", end)):
    steps = ", ".join(f"from {p.data:.0f} with slope {s:.0f}" for p, s in node.parents)
    print(f"{name:5s} = {node.data:4.1f}   made {steps}")

# %% [markdown]
# Two more things before you write the whole class.
#
# **A plain number on the right.** In `a + 8` the `other` is 8, which has no `.data`. So each method
# first makes a node of it, if it is none. The helper `as_value` below does that.
#
# **A plain number on the left.** In `8 - a` Python asks the number 8 first, which does not know our
# class. Then it looks for a method of `a` with an *r* before it, `__rsub__`, and calls it: now
# `self` is `a`, and `other` is the 8 that stands on the **left**. The names are
#
# | sign | method | with a number on the left |
# |---|---|---|
# | `+` | `__add__` | `__radd__` |
# | `-` | `__sub__` | `__rsub__` |
# | `*` | `__mul__` | `__rmul__` |
# | `/` | `__truediv__` | `__rtruediv__` |
# | `**` | `__pow__` | |
# | `-` before it | `__neg__` | |
#
# ### Your turn: `class Value`
#
# Write the methods. Each is one or two lines: make a new `Value` with the number and the pairs. You
# may build one method on others: a difference is a sum with a minus, a quotient is a product with a
# power. The exponent `n` is always a plain number. `log` is the natural logarithm.
#
# Run the check as often as you like: it judges each operation by itself. It looks at the numbers
# that come out. The slopes are judged in section 4.


# %% solution="autodiff-value"
def as_value(other):
    """Return `other` itself if it is a Value, or a new Value that holds the number."""
    return other if isinstance(other, Value) else Value(other)


class Value:
    """A number that remembers how it was made: parents is a list of pairs (node, slope)."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def __add__(self, other):
        """self + other"""
        ### BEGIN SOLUTION
        other = as_value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])
        ### END SOLUTION

    def __radd__(self, other):
        """other + self, where other is a plain number"""
        ### BEGIN SOLUTION
        return as_value(other) + self
        ### END SOLUTION

    def __neg__(self):
        """-self"""
        ### BEGIN SOLUTION
        return Value(-self.data, [(self, -1.0)])
        ### END SOLUTION

    def __sub__(self, other):
        """self - other"""
        ### BEGIN SOLUTION
        return self + (-as_value(other))
        ### END SOLUTION

    def __rsub__(self, other):
        """other - self, where other is a plain number"""
        ### BEGIN SOLUTION
        return as_value(other) - self
        ### END SOLUTION

    def __mul__(self, other):
        """self * other"""
        ### BEGIN SOLUTION
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])
        ### END SOLUTION

    def __rmul__(self, other):
        """other * self, where other is a plain number"""
        ### BEGIN SOLUTION
        return as_value(other) * self
        ### END SOLUTION

    def __pow__(self, n):
        """self ** n, where n is a plain number"""
        ### BEGIN SOLUTION
        return Value(self.data**n, [(self, n * self.data ** (n - 1))])
        ### END SOLUTION

    def __truediv__(self, other):
        """self / other"""
        ### BEGIN SOLUTION
        return self * as_value(other) ** -1
        ### END SOLUTION

    def __rtruediv__(self, other):
        """other / self, where other is a plain number"""
        ### BEGIN SOLUTION
        return as_value(other) / self
        ### END SOLUTION

    def relu(self):
        """max(0, self); the slope at 0 is 0"""
        ### BEGIN SOLUTION
        return Value(max(0.0, self.data), [(self, float(self.data > 0))])
        ### END SOLUTION

    def tanh(self):
        """tanh of self"""
        ### BEGIN SOLUTION
        t = np.tanh(self.data)
        return Value(t, [(self, 1 - t**2)])
        ### END SOLUTION

    def exp(self):
        """e to the power self"""
        ### BEGIN SOLUTION
        e = np.exp(self.data)
        return Value(e, [(self, e)])
        ### END SOLUTION

    def log(self):
        """the natural logarithm of self"""
        ### BEGIN SOLUTION
        return Value(np.log(self.data), [(self, 1 / self.data)])
        ### END SOLUTION


# %% check="autodiff.value"

# %% [markdown]
# Do your nodes remember the right slopes? You know from lesson 04 how to find out: move the input a
# little to both sides, and measure. The table does so for one node $a = 2$, with $b = 0.5$.
#
# **Decide, then run.** Cover the last column. Which numbers do you expect for the first two rows?

# %%
rules = {
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "a ** 3": lambda a, b: a**3,
    "a.relu()": lambda a, b: a.relu(),
    "a.tanh()": lambda a, b: a.tanh(),
    "a.exp()": lambda a, b: a.exp(),
    "a.log()": lambda a, b: a.log(),
}
print("step       remembered   measured")
for name, rule in rules.items():
    a, b = Value(2.0), Value(0.5)
    remembered = sum(s for p, s in rule(a, b).parents if p is a)
    measured = (rule(Value(2.00001), b).data - rule(Value(1.99999), b).data) / 0.00002
    print(f"{name:9s} {remembered:11.4f} {measured:10.4f}")

# %% [markdown]
# ## 3. Who goes first?
#
# The graph is there now, hidden in the parents of the last node. To go back through it we need to
# visit the nodes one after the other. In which order?
#
# **Decide, then open.** Look at the graph that you worked out by hand, and imagine that $u$ were
# one of the two factors of $L$ as well: $L = v \cdot u$, with $v = u + c$. The message of $L$ to
# $u$ is there at once. May $u$ send its own messages on to $a$ and $b$ now?
#
# <details><summary>Compare</summary>
#
# Not yet. A second share comes to u later, through v. If u sent its messages on at once, a and b
# would miss their part of it. A node must wait until every node that was made of it has sent its
# share.
#
# </details>
#
# So a node may send only when all the nodes after it have sent. Turned round, that is the order in
# which the numbers could be computed in the first place: each node after its parents. A
# <dfn>topological order</dfn> is a list of the nodes in which each one stands after all that it
# depends on.
#
# **Worked example.** Six recipes, as names only. Which order is possible? Each dish is made of
# those after the colon.

# %%
recipes = {
    "flour": [],
    "water": [],
    "filling": [],
    "dough": ["flour", "water"],
    "pie": ["dough", "filling", "glaze"],
    "glaze": ["water"],
}

ready = []


def prepare(dish):
    if dish in ready:
        return
    for ingredient in recipes[dish]:
        prepare(ingredient)
    ready.append(dish)


prepare("pie")
print(" -> ".join(ready))

# %% [markdown]
# The function `prepare` calls itself: to prepare a dish, prepare each of its ingredients first.
# <dfn>Recursion</dfn> is when a function calls itself for a smaller part of the same job. It ends
# here, for flour has no ingredients.
#
# **Decide, then open.** Water is needed twice, for the dough and for the glaze. Why does it stand
# in the list only once?
#
# <details><summary>Compare</summary>
#
# The first line of prepare: what is ready already is not prepared again. Without that line water
# would be in the list twice.
#
# </details>
#
# ### Your turn: `topological_order`
#
# Write `topological_order(value)`. It returns a list of all the nodes that `value` depends on, each
# once and after its parents; `value` itself is the last one. Remember visited nodes in a set: two
# different nodes may hold the same number, and a set of nodes tells them apart.


# %% solution="autodiff-topological_order"
def topological_order(value):
    """Return the nodes that value depends on, each after its parents, value itself the last."""
    ### BEGIN SOLUTION
    order = []
    visited = set()

    def visit(node):
        if node in visited:
            return
        visited.add(node)
        for parent, _ in node.parents:
            visit(parent)
        order.append(node)

    visit(value)
    return order
    ### END SOLUTION


# %% check="autodiff.topological_order"

# %% [markdown]
# A remark for later. Python lets a function call itself about a thousand times in a row, and then
# stops with a `RecursionError`. A chain of 5,000 steps, such as a long sum, is longer than that.
# Engines for everyday use therefore walk through the graph with a loop, and keep the nodes that
# still have to be visited in a list of their own. For the graphs of this lesson recursion will do.
#
# ## 4. The way back
#
# Now everything is there: each node knows its parents and the slopes, and the order is known.
#
# **Put in order.** These are the parts of the way back, shuffled.
#
# - (a) give the end the gradient 1
# - (b) go through the order from its end to the inputs
# - (c) set the gradient of every node to 0
# - (d) at each node: give every parent its share, the slope times the node's own gradient
# - (e) find the topological order
#
# <details><summary>Compare</summary>
#
# (e), (c), (a), (b), and inside (b), for each node, (d). If (c) came after (a) it would wipe out
# the 1. If it were left out, a second call would add to what the first one left.
#
# </details>
#
# To get derivatives out of a program in this way, by following its steps, is called
# <dfn>automatic differentiation</dfn>. Going from the end back to the inputs is its <dfn>reverse
# mode</dfn>, which gets the gradients for all the inputs in a single walk, however many there are.
#
# ### Your turn: `backward`
#
# A class can be given a method later: the last line of the cell does so. Write the body. After
# `L.backward()`, the `grad` of every node that `L` depends on says how many times as much `L` grows
# as that node does. A second call gives the same numbers again.
#
# The check now also looks at the slopes of all your operations. If it finds a wrong one, mend it in
# the cell of `class Value`. Run that cell, then this one, then the check.


# %% solution="autodiff-backward"
def backward(self):
    """Set the grad of self to 1, and of each node it depends on to d(self) / d(node)."""
    ### BEGIN SOLUTION
    order = topological_order(self)
    for node in order:
        node.grad = 0.0
    self.grad = 1.0
    for node in reversed(order):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
    ### END SOLUTION


Value.backward = backward

# %% check="autodiff.backward"

# %% [markdown]
# Let your engine work out the graph that you did with a pencil. The helper `picture` collects the
# numbers from the nodes; read it if you like.


# %%
def picture(end, names, title):
    """Draw the graph of a Value; names is a dictionary from node to name."""
    nodes = topological_order(end)
    called = {node: names.get(node, f"n{i}") for i, node in enumerate(nodes)}
    arrows = [(called[p], called[node], s) for node in nodes for p, s in node.parents]
    values = {called[node]: node.data for node in nodes}
    grads = {called[node]: node.grad for node in nodes}
    return plots.graph(values, arrows, grads, title=title)


a, b, c = Value(2.0), Value(3.0), Value(-1.0)
u = a * b
v = u + c
L = v * b
L.backward()
names = {a: "a", b: "b", c: "c", u: "u = a · b", v: "v = u + c", L: "L = v · b"}
picture(L, names, title="The same graph, by your engine")

# %% [markdown]
# Now a formula that nobody has derived for you, with a unit in it: $a = \tanh(w \cdot x + b)$, and
# the loss is $a^2$, so that it is smallest when the unit gives 0.
#
# **Decide, then run.** With the numbers below the unit gives a negative number. In which direction
# should $b$ go? So what sign will its gradient have?

# %%
x, w, b = Value(2.0), Value(-0.75), Value(0.5)
p = w * x
z = p + b
a = z.tanh()
L = a**2
L.backward()
names = {x: "x", w: "w", b: "b", p: "p = w · x", z: "z = p + b", a: "a = tanh(z)", L: "L = a²"}
picture(L, names, title="A unit and its loss")

# %% [markdown]
# If you see boxes with names such as `n4`, they are steps in between, or plain numbers that became
# nodes. Whether there are any depends on how you wrote your methods.
#
# With gradients you can go downhill, on any formula at all. Here the unit should give 1, so we take
# the loss $(a - 1)^2$. Seven steps for `w` and `b`:

# %%
w_now, b_now = -0.75, 0.5
for step in range(7):
    w, b = Value(w_now), Value(b_now)
    L = ((w * 2.0 + b).tanh() - 1) ** 2
    L.backward()
    print(f"step {step}   w {w_now:7.4f}   b {b_now:7.4f}   loss {L.data:.4f}")
    w_now, b_now = w_now - 0.1 * w.grad, b_now - 0.1 * b.grad

# %% [markdown]
# ## 5. Find the bug
#
# Here is an engine of another make, a common one: a node does not keep slopes but a little function
# `push`, which sends its messages to its parents. **This cell is wrong on purpose.** Seven of its
# lines have a letter. Some of them write over a gradient where they would have to add to it.


# %%
class Planted:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
        self.push = lambda: None

    def __add__(self, other):
        out = Planted(self.data + other.data, (self, other))

        def push():
            self.grad += out.grad  # line A
            other.grad = out.grad + other.grad  # line B

        out.push = push
        return out

    def __mul__(self, other):
        out = Planted(self.data * other.data, (self, other))

        def push():
            self.grad = other.data * out.grad  # line C
            other.grad += self.data * out.grad  # line D

        out.push = push
        return out

    def tanh(self):
        out = Planted(np.tanh(self.data), (self,))

        def push():
            self.grad = (1 - out.data**2) * out.grad  # line E

        out.push = push
        return out

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        for node in order:
            node.grad = 0.0  # line F
        self.grad = 1.0  # line G
        for node in reversed(order):
            node.push()


# %% [markdown]
# Let it make promises, and measure whether it keeps them. The column *promised* is the gradient of
# $a$ by this engine, with $a = 0.5$ and $b = 3$; *measured* is the central difference of lesson 04.
#
# **Decide, then run.** In which of these formulas could writing over do harm, and in which can it
# not?

# %%
trials = {
    "a * b": lambda a, b: a * b,
    "a + a": lambda a, b: a + a,
    "a * a": lambda a, b: a * a,
    "a * b + a": lambda a, b: a * b + a,
    "b * a + a": lambda a, b: b * a + a,
    "a.tanh() + b": lambda a, b: a.tanh() + b,
    "a.tanh() + a": lambda a, b: a.tanh() + a,
}
print("formula          promised   measured")
for name, trial in trials.items():
    a, b = Planted(0.5), Planted(3.0)
    trial(a, b).backward()
    higher, lower = trial(Planted(0.5 + 1e-5), b).data, trial(Planted(0.5 - 1e-5), b).data
    print(f"{name:14s} {a.grad:10.4f} {(higher - lower) / 2e-5:10.4f}")

# %% [markdown]
# Most promises are kept, even three of the five where `a` is used twice. That is how such a bug
# lives on: writing over does harm only when a share has arrived earlier.
#
# Which lines are wrong? Set `suspects` to the set of their letters, such as `{"A", "B"}`. You may
# add formulas of your own to the table.

# %% solution="autodiff-suspects"
### BEGIN SOLUTION
suspects = {"C", "E"}
### END SOLUTION

# %% check="autodiff.suspects"

# %% [markdown]
# ## 6. A whole network, without a formula
#
# In lesson 03 you derived the backward pass of a network with two ReLU layers and a softmax, and
# worked it out on paper. Your engine has never heard of it. Let us see whether it gets the same
# numbers.
#
# **Worked example.** One unit of the first layer, with nodes for its weights and its bias. The
# inputs may stay plain numbers: nobody asks for their gradients.

# %%
inputs = [2.0, 1.0, 3.0]
unit_weights = [Value(1.0), Value(1.0), Value(0.0)]
unit_bias = Value(-1.0)

pre_activation = unit_bias
for weight, entry in zip(unit_weights, inputs, strict=True):
    pre_activation = pre_activation + weight * entry
unit = pre_activation.relu()
unit.backward()

print(f"activation {unit.data:.1f}")
print("gradients of the weights:", ", ".join(f"{weight.grad:.1f}" for weight in unit_weights))
print(f"gradient of the bias: {unit_bias.grad:.1f}")

# %% [markdown]
# The gradients of the weights are the inputs, as in lesson 02. The array of the gradients of a
# whole weight matrix can be collected from a list of rows, each a list of nodes. The second row
# stands for a unit that was not in the graph, so its gradients are 0:

# %%
rows = [unit_weights, [Value(0.5), Value(0.5), Value(0.5)]]
dW_rows = np.array([[weight.grad for weight in row] for row in rows])
W_rows = np.array([[weight.data for weight in row] for row in rows])
plots.heatmap(
    {"weights": W_rows, "gradients": dW_rows},
    title="The data and the grad of six nodes",
    rows="unit",
    columns="input",
)

# %% [markdown]
# ### Your turn: `agrees`
#
# Write `agrees(x, y, parameters)` for lesson 03's network: layers 1 and 2 are ReLU, layer 3 ends in
# a softmax, and the loss is the cross-entropy, for a single sample. `x` and `y` are columns, and
# `parameters` is the dictionary with `W1`, `b1` to `W3`, `b3`. Return the loss, as a number, and a
# dictionary of six arrays, `dW1` to `db3`, shaped like the parameters.
#
# The softmax is $e^{z_i}$ divided by the sum of all of them. The scores are small here, so you need
# not take the maximum away.


# %% solution="autodiff-agrees"
def agrees(x, y, parameters):
    """x (n_x, 1), y (n_y, 1): the loss and {"dW1": …, "db3": …}, by Value and backward."""
    ### BEGIN SOLUTION
    nodes = {
        name: [[Value(number) for number in row] for row in array]
        for name, array in parameters.items()
    }

    def layer(k, a):
        z = []
        for row, (bias,) in zip(nodes[f"W{k}"], nodes[f"b{k}"], strict=True):
            z.append(bias + sum(w * a_j for w, a_j in zip(row, a, strict=True)))
        return z

    a1 = [z.relu() for z in layer(1, [number for (number,) in x])]
    a2 = [z.relu() for z in layer(2, a1)]
    powers = [z.exp() for z in layer(3, a2)]
    total_power = sum(powers)
    loss = 0.0
    for power, (target,) in zip(powers, y, strict=True):
        loss = loss - (power / total_power).log() * target
    loss.backward()
    grads = {
        f"d{name}": np.array([[node.grad for node in row] for row in table])
        for name, table in nodes.items()
    }
    return loss.data, grads
    ### END SOLUTION


# %% check="autodiff.agrees"

# %% [markdown]
# **Decide, then run.** Here is the network of lesson 03 itself. You wrote its `dW1` on paper. Can
# you remember one of its rows?

# %%
net = seed_001()
parameters = {name: net[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3")}
loss, grads = agrees(net["x"], net["y"], parameters)
print(f"loss {loss:.6f}")
plots.heatmap(
    {"dW1": grads["dW1"] + 0.0, "dW2": grads["dW2"] + 0.0},
    title="Lesson 03's gradients, by your engine",
    rows="unit",
    columns="what goes in",
)

# %% [markdown]
# They are the numbers from your paper: `dW1` with 0, -4, 4 and -2 in its first column, `dW2` with
# 0, 3, 5 and 3 in its first row. Nobody told the engine about masks, or that $p - y$ comes out of a
# softmax and a logarithm. It found both by going back step by step.
#
# ## 7. What the frameworks do
#
# PyTorch, JAX and TensorFlow do what your engine does, with three differences.
#
# - **A node is a whole array.** One step is a matrix product or a ReLU of a table, and its rule for
#   the way back is what you wrote in lesson 02: $dW = dZ\,X^\top$ and so on. A network of a million
#   weights then has a few dozen nodes, and each of them is quick. Yours has several nodes for every
#   weight.
# - **The rules are a table of hundreds of steps**, not ten. If one is missing you can add it: the
#   forward line, and its slope.
# - **Who resets?** In PyTorch gradients add up from call to call until you set them back to zero
#   yourself. Whoever forgets that in a training loop steps in a wrong direction. Your `backward`
#   starts afresh each time.
#
# **If you like.** If PyTorch is installed here, the next cell asks it for the gradients of the same
# network, and compares. The course does not need it.

# %%
try:
    import torch
except ImportError:
    torch = None


def largest_difference():
    """The largest difference between PyTorch's gradients and yours; 0 without PyTorch."""
    if torch is None:
        return 0.0
    tensors = {
        key: torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        for key, numbers in parameters.items()
    }
    A = torch.tensor(net["x"], dtype=torch.float64)
    for k in (1, 2):
        A = torch.relu(tensors[f"W{k}"] @ A + tensors[f"b{k}"])
    scores = tensors["W3"] @ A + tensors["b3"]
    right_class = torch.tensor(net["y"], dtype=torch.float64)
    (-(right_class * torch.log_softmax(scores, dim=0)).sum()).backward()
    return max(np.abs(t.grad.numpy() - grads[f"d{name}"]).max() for name, t in tensors.items())


agreement = "agrees" if largest_difference() < 1e-9 else "does not agree"
print(f"PyTorch, where it is installed, {agreement} with your engine to nine digits.")

# %% [markdown]
# ### In your own words
#
# A friend's engine has `parent.grad = slope * node.grad` in its loop, and it passes a test on
# `a * b + c`. "All gradients are right," says the friend. Explain in three or four sentences for
# which formulas they are not, why shares have to be added there, and why the order of the nodes
# matters for just those formulas. A person will read your answer and give up to 2 points.

# %% [markdown] written="autodiff-explain" points=2
# <!-- BEGIN SOLUTION -->
# In a * b + c every node has only one arrow that leaves it, so each gradient consists of one share
# and nothing can be overwritten. As soon as a node is used twice, as in a * b + a, it gets a share
# along each way. A small change of it changes the end along all the ways at once, so the shares
# have to be added; with = only the last one stays. And such a node may pass its message on only
# when all its shares have arrived: that is why the nodes are visited in reversed topological order.
# For a graph without shared nodes any order from the end to the inputs would do.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Recap
#
# - A calculation is a graph. Each step knows its slopes; there are about ten kinds of step.
# - Along one way slopes are multiplied. The shares of different ways are added.
# - A node sends its messages on when all its shares have arrived: reversed topological order.
# - One walk back gives the gradients of all the parameters. Measuring takes two forward passes for
#   each.
# - Slopes are written once for each kind of step, and no longer once for each network.
#
# ### The formulas on one card
#
# | what | rule |
# |---|---|
# | the end $L$ | $\bar L = 1$; here $\bar x$ is short for the gradient of $x$ |
# | a node $x$ | $\bar x = \sum_y \frac{\partial y}{\partial x}\,\bar y$, all $y$ made of $x$ |
# | sum, difference | slopes 1 and 1; 1 and -1 |
# | product $x\,y$ | slopes $y$ and $x$ |
# | power $x^n$ | slope $n\,x^{n-1}$ |
# | $e^x$, $\log x$ | slopes $e^x$ and $1/x$ |
# | $\tanh x$, $\mathrm{relu}(x)$ | slopes $1 - \tanh^2 x$, and 1 above 0, else 0 |
#
# ### What comes next
#
# This is the end of the course. You started with one ReLU unit and a pencil. You can now
#
# - work out a network on paper, forward and backward, and write it in NumPy in both conventions;
# - check any gradient, and find a bug that no shape and no falling loss would show;
# - train a network with mini-batches, momentum or Adam, and tell a good learning rate from a bad
#   one;
# - judge a model on data that it never saw, and notice when that data has leaked;
# - write the engine under it all.
#
# Where to go from here: rebuild lesson 15's classifier in PyTorch; now you know what each of its
# lines does. Then convolutions, which share weights over a picture: a shared thing adds up its
# messages, as ever. Then attention, which is matrix products and a softmax. Read other people's
# engines: *micrograd* has 150 lines, and you will know all of them. And when something does not
# learn, do what you did here: take it apart, predict, and measure.
