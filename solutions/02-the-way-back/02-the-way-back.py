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
# # The way back
#
# **After this lesson you will be able to**
#
# - send a gradient back through a small calculation, box by box;
# - say what an addition, a multiplication and a maximum do to it;
# - work a layer's backward pass on paper, down to the last sum;
# - write that pass in four lines of NumPy, and say why each line is what it is;
# - find the units of a layer that have stopped learning.
#
# **Time**: about 65 minutes for 2,500 words to read and 6 exercises. **Builds on**: lesson 01: a
# layer forward, the loss, a step downhill.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import seed_001

# %% [markdown]
# ## 1. Where slopes come from
#
# In lesson 01 you rolled one weight downhill, and the formula for its slope was given. A network
# has thousands of weights, and each needs a slope of its own. Where do they all come from?
#
# Start small: one unit, one sample. The picture takes its calculation apart into boxes. Those of
# $w$, $x$ and $b$ hold what goes in. Each of the others does one small thing: multiply, add, ReLU,
# and at the end the loss. The answer should have been $y = 1$.

# %%
one_unit = {
    "w": 2,
    "x": 3,
    "b": -1,
    "p = w·x": 6,
    "z = p + b": 5,
    "a = relu(z)": 5,
    "L = (a − 1)²/2": 8,
}
arrows = [
    ("w", "p = w·x"),
    ("x", "p = w·x"),
    ("p = w·x", "z = p + b"),
    ("b", "z = p + b"),
    ("z = p + b", "a = relu(z)"),
    ("a = relu(z)", "L = (a − 1)²/2"),
]
plots.graph(one_unit, arrows, title="One unit, one sample, four small steps")

# %% [markdown]
# **Decide.** Nudge $w$ from 2 to 2.001, and hold $x$ and $b$ still. The loss moves, too: how many
# times as far as $w$? Follow the nudge from box to box.

# %% solution="guess-nudge"
# how many times as far as w does L move? Write a number in place of the three dots
### BEGIN SOLUTION
guess = 12
### END SOLUTION


# %%
def loss_of(w):
    p = w * 3
    z = p - 1
    a = max(0, z)
    return (a - 1) ** 2 / 2


h = 0.001
plots.resolve(guess, round((loss_of(2 + h) - loss_of(2)) / h, 2))

# %% [markdown]
# ### One slope for each arrow
#
# Look at one box at a time. Its *local slope* says how fast it moves when one of its inputs moves.
#
# | box | nudge this by $h$ | the box moves by | local slope |
# |---|---|---|---|
# | $p = w x$ | $w$ | $3h$ | $x = 3$ |
# | $z = p + b$ | $p$ | $h$ | $1$ |
# | $a = \mathrm{relu}(z)$ | $z$, which is above 0 | $h$ | $1$ |
# | $L = (a - 1)^2/2$ | $a$ | about $4h$ | $a - 1 = 4$ |
#
# Why "about"? When $a$ moves by $h$, $a - 1$ becomes $4 + h$. Then
# $(4 + h)^2/2 = 8 + 4h + h^2/2$, and for a small $h$ the last term is tiny.
#
# Put them together. Nudge $w$ by $h$. Then $p$ moves by $3h$, so $z$ moves by $3h$, so $a$ moves by
# $3h$, and $L$ moves by about $4 \cdot 3h = 12h$. That is the <dfn>chain rule</dfn>: along a path,
# the local slopes multiply.
#
# $$\frac{\partial L}{\partial w} = 4 \cdot 1 \cdot 1 \cdot 3 = 12$$
#
# Read $\partial L / \partial w$ as "the slope of $L$ in $w$". The round $\partial$ says that $w$
# alone moves, and all else holds still. The slope of the loss in a weight is the weight's
# <dfn>gradient</dfn>: nudge the weight by a small $h$, and the loss changes by about gradient times
# $h$. In code we write `dw`. Every other box has its gradient, too: the slope of the loss in its
# value.
#
# Lesson 01's formula for one sample was $(a - y) \cdot [z > 0] \cdot x$, where the bracket is 1 if
# $z > 0$ and 0 if not. Here that is $4 \cdot 1 \cdot 3$. So it was the chain rule all along.
#
# ### Why backward?
#
# You could walk the path from $w$ to $L$, then the path from $b$, then the one from $x$. Each walk
# would repeat most of the last one. So walk once, from the end.
#
# Put a 1 at $L$: nudge $L$, and it moves just as much. Then each box takes the number that arrived.
# For each of its inputs, it multiplies that number by the arrow's local slope and hands the result
# on. The result is a *message*: it tells the input its gradient. <dfn>Back-propagation</dfn> finds
# all gradients in one such walk, from the loss back to the inputs.
#
# Step through it. The numbers on the arrows are the local slopes.

# %%
arrows_with_slopes = [
    ("w", "p = w·x", 3),
    ("x", "p = w·x", 2),
    ("p = w·x", "z = p + b", 1),
    ("b", "z = p + b", 1),
    ("z = p + b", "a = relu(z)", 1),
    ("a = relu(z)", "L = (a − 1)²/2", 4),
]
plots.messages(one_unit, arrows_with_slopes, title="A message goes back through one unit")

# %% [markdown]
# ## 2. Three gates and a rule
#
# A layer is made of three kinds of boxes, or *gates*. Each treats its message in a way that you can
# remember. In this section $a$ and $b$ are any numbers, not a unit's activation and bias.
#
# - **Add copies.** In $s = u + v$, nudge either input and $s$ moves just as much. Both slopes are
#   1. So each input gets a copy of the message.
# - **Multiply swaps.** In $p = a \cdot b$, nudge $a$ by $h$ and $p$ moves by $b \cdot h$. So $a$
#   gets the message times $b$, and $b$ gets the message times $a$.
# - **Max routes.** $v = \max(b, c)$ follows the larger input. Nudge the smaller one and nothing
#   happens. So the larger one gets the whole message, and the smaller one gets 0. The ReLU is
#   $\max(0, z)$, so it is such a gate. The message reaches $z$ only if $z$ is above 0.
#
# And a rule: **a value that is used twice adds.** When two arrows leave a value, a nudge reaches
# $L$ along both. So two messages come back, and the gradient is their sum.
#
# **Worked example.** $L = (a + b) \cdot \max(b, c)$ with $a = 2$, $b = 5$, $c = 1$. Watch $b$: it
# is used twice.

# %%
plots.messages(
    {"a": 2, "b": 5, "c": 1, "u = a + b": 7, "v = max(b, c)": 5, "L = u·v": 35},
    [
        ("a", "u = a + b", 1),
        ("b", "u = a + b", 1),
        ("b", "v = max(b, c)", 1),
        ("c", "v = max(b, c)", 0),
        ("u = a + b", "L = u·v", 5),
        ("v = max(b, c)", "L = u·v", 7),
    ],
    title="Add copies, multiply swaps, max routes",
)

# %% [markdown]
# ### Your turn, with a pencil: `grads`
#
# Here is another graph, $L = (a \cdot b + \max(b, c)) \cdot c$. No slopes are given this time: the
# gates tell you. Draw it, put a 1 at $L$, and work from right to left. As before, `ds` is short for
# $\partial L / \partial s$.

# %%
plots.graph(
    {
        "a": 5,
        "b": 3,
        "c": -2,
        "u = a·b": 15,
        "v = max(b, c)": 3,
        "s = u + v": 18,
        "L = s·c": -36,
    },
    [
        ("a", "u = a·b"),
        ("b", "u = a·b"),
        ("b", "v = max(b, c)"),
        ("c", "v = max(b, c)"),
        ("u = a·b", "s = u + v"),
        ("v = max(b, c)", "s = u + v"),
        ("s = u + v", "L = s·c"),
        ("c", "L = s·c"),
    ],
    {
        "a": None,
        "b": None,
        "c": None,
        "u = a·b": None,
        "v = max(b, c)": None,
        "s = u + v": None,
        "L = s·c": 1,
    },
    title="Six gradients to find",
)

# %% solution="back-gates"
### BEGIN SOLUTION
ds = -2
du = -2
dv = -2
da = -6
db = -12
dc = 18
### END SOLUTION
grads = {"a": da, "b": db, "c": dc, "u": du, "v": dv, "s": ds}

# %% check="back.gates"

# %% [markdown]
# ## 3. Two units, two samples, every sum
#
# Now a whole layer, on paper: two inputs, two units, two samples. You need nothing new. A unit's
# sum is made of multiply gates and add gates, and its ReLU is a max gate. As always, a row of $W$
# or $Z$ is a unit, and a column of $X$ or $Z$ is a sample.
#
# $$W = \begin{pmatrix} 2 & -1 \\ 1 & -2 \end{pmatrix} \quad
# b = \begin{pmatrix} 1 \\ 4 \end{pmatrix} \quad
# X = \begin{pmatrix} 3 & 1 \\ 4 & 2 \end{pmatrix}$$
#
# $$Z = W X + b = \begin{pmatrix} 3 & 1 \\ -1 & 1 \end{pmatrix}$$
#
# The messages have come back as far as this layer: one for each activation. They form the array
# `dA`, shaped like $Z$.
#
# $$dA = \begin{pmatrix} 5 & 1 \\ 2 & -3 \end{pmatrix}$$
#
# We want three more such arrays: `dW`, `db` and `dX`, shaped like $W$, $b$ and $X$. Why `dX`? In a
# larger network these inputs are the activations of the layer below. Our `dX` is its `dA`.
#
# **Through the ReLU.** In three places $z$ is above 0. There the unit *fires*, and the message
# passes. Unit 2 is *silent* on sample 1: its $z$ is -1, and 0 wins. So its message, the 2,
# is stopped. Write 1 where a unit fires and 0 where it is silent, and you have the <dfn>mask</dfn>.
# Mask times `dA`, entry by entry, gives the gradients of $Z$:
#
# $$\mathrm{mask} = \begin{pmatrix} 1 & 1 \\ 0 & 1 \end{pmatrix} \qquad
# dZ = \begin{pmatrix} 5 & 1 \\ 0 & -3 \end{pmatrix}$$
#
# **Sample 1, worked.** Small letters stand for one sample. Its inputs are 3 and 4. Unit 1 has
# $dz = 5$. Its sum passes a copy of the 5 to the bias and to each product. Then each product
# swaps:
#
# | unit 1 sends | input 1 | input 2 |
# |---|---|---|
# | to its weights: $dz$ times the input | $5 \cdot 3 = 15$ | $5 \cdot 4 = 20$ |
# | to the inputs: $dz$ times the weight | $5 \cdot 2 = 10$ | $5 \cdot (-1) = -5$ |
# | to its bias: $dz$ | $5$, once | |
#
# Unit 2 has $dz = 0$. Everything that it sends is 0.
#
# **Now with gaps: sample 2.** The inputs are 1 and 2. Unit 1 has $dz = 1$, unit 2 has $dz = -3$.
#
# | | unit 1 | unit 2 |
# |---|---|---|
# | to its weights | $1 \cdot 1 = 1$ and $1 \cdot 2 = \ldots$ | $-3 \cdot 1 = -3$ and $\ldots$ |
# | to the inputs | $1 \cdot 2 = 2$ and $\ldots$ | $-3 \cdot 1 = \ldots$ and $\ldots$ |
# | to its bias | $1$ | $\ldots$ |
#
# <details><summary>Compare</summary>
#
# Unit 1 sends 1 and 2 to its weights, 2 and -1 to the inputs, 1 to its bias. Unit 2 sends -3 and -6
# to its weights, -3 and 6 to the inputs, -3 to its bias.
#
# </details>
#
# ### What is used twice?
#
# An **input** feeds both units. So its two messages add: a sum over the *units*.
#
# | $dX$ | sample 1 | sample 2 |
# |---|---|---|
# | input 1 | $10 + 0 = 10$ | $2 + (-3) = -1$ |
# | input 2 | $-5 + 0 = -5$ | $-1 + 6 = 5$ |
#
# A **weight** is used by both samples, and so is a **bias**. Their messages add as well: a sum over
# the *samples*.
#
# | | $dW$, input 1 | $dW$, input 2 | $db$ |
# |---|---|---|---|
# | unit 1 | $15 + 1 = 16$ | $20 + 2 = 22$ | $5 + 1 = 6$ |
# | unit 2 | $0 + (-3) = -3$ | $0 + (-6) = -6$ | $0 + (-3) = -3$ |
#
# That is the backward pass of a layer, complete. Nothing is divided by the number of samples. Where
# the loss is a mean over $m$ samples, the $1/m$ is in `dA` already.
#
# Now watch your own sums as a film, one unit at a time.

# %%
W = np.array([[2.0, -1.0], [1.0, -2.0]])
b = np.array([[1.0], [4.0]])
X = np.array([[3.0, 1.0], [4.0, 2.0]])
Z = W @ X + b
dA = np.array([[5.0, 1.0], [2.0, -3.0]])

plots.layer_messages(W, b, X, dA, title="Back through two units, for two samples")

# %% [markdown]
# ### Put in order: `order`
#
# A layer that knows its gradients can take its step downhill. Here is the way back and that step,
# with the lines shuffled. The two functions do the sums that you did on paper.
#
# ```
# (a)  dX = sum_over_units(W, dZ)
# (b)  W = W - learning_rate * dW
# (c)  dZ = dA * mask
# (d)  mask = Z > 0
# (e)  dW = sum_over_samples(dZ, X)
# (f)  db = sum_over_samples(dZ)
# (g)  b = b - learning_rate * db
# ```
#
# At the start there are `dA`, `Z`, `W`, `b`, `X` and `learning_rate`. Set `order` to the seven
# letters, each once, such as `"gfedcba"`. The check runs the lines in your order. More than one
# order is right. But beware: some run to the end and still compute something wrong.

# %% solution="back-order"
### BEGIN SOLUTION
order = "dceafbg"
### END SOLUTION

# %% check="back.order"

# %% [markdown]
# ## 4. The same sums, as matrices
#
# Matrices (tables of numbers) add nothing new. They write down what you just did, for any number of
# units and samples.
#
# **The ReLU.** The mask is written $[Z > 0]$: 1 where that holds, 0 elsewhere. So a $z$ of exactly
# 0 counts as silent. The sign $\odot$ multiplies entry by entry, as `*` does:
#
# $$dZ = dA \odot [Z > 0]$$
#
# **The weights.** The first entry of $dW$ was $5 \cdot 3 + 1 \cdot 1$. Unit 1's *row* of $dZ$ met
# input 1's *row* of $X$. But in a matrix product rows meet columns. So transpose $X$:
#
# $$dW = dZ\, X^\top = \begin{pmatrix} 5 & 1 \\ 0 & -3 \end{pmatrix}
# \begin{pmatrix} 3 & 4 \\ 1 & 2 \end{pmatrix}
# = \begin{pmatrix} 16 & 22 \\ -3 & -6 \end{pmatrix}$$
#
# **The biases.** Each row of $dZ$ is summed, and the sums stand in a column:
# $db = \begin{pmatrix} 5 + 1 \\ 0 - 3 \end{pmatrix}$.
#
# **The inputs.** Input 1 of sample 2 got $2 \cdot 1 + 1 \cdot (-3)$. Input 1's *column* of $W$ met
# sample 2's *column* of $dZ$. This time the left one has to become a row. So transpose $W$:
#
# $$dX = W^\top dZ = \begin{pmatrix} 2 & 1 \\ -1 & -2 \end{pmatrix}
# \begin{pmatrix} 5 & 1 \\ 0 & -3 \end{pmatrix}
# = \begin{pmatrix} 10 & -1 \\ -5 & 5 \end{pmatrix}$$
#
# Compare with your tables: the same numbers. All these arrays are 2 by 2, so shapes could not have
# told you what to transpose. The sums did.

# %% [markdown]
# ### Your turn: `layer_backward`
#
# Write the whole pass for any number of inputs, units and samples. Return `dW`, `db` and `dX`. Keep
# `db` a column, like `b`. Take plain sums, no mean.


# %% solution="relu-layer_backward"
def layer_backward(dA, Z, W, X):
    """dA and Z (n, m), W (n, n_in), X (n_in, m): returns dW, db, dX, shaped like W, b and X."""
    ### BEGIN SOLUTION
    dZ = dA * (Z > 0)
    dW = dZ @ X.T
    db = dZ.sum(axis=1, keepdims=True)
    dX = W.T @ dZ
    return dW, db, dX
    ### END SOLUTION


# %% check="relu.layer_backward"

# %% [markdown]
# ## 5. Find the bug
#
# **This cell is wrong on purpose.** It looks much like what you wrote, and each array that it
# returns has the right shape. One of its four numbered lines is wrong.


# %%
def planted_backward(dA, Z, W, X):
    A = np.maximum(0, Z)
    dZ = dA * (A >= 0)  # line 1
    dW = dZ @ X.T  # line 2
    db = dZ.sum(axis=1, keepdims=True)  # line 3
    dX = W.T @ dZ  # line 4
    return dW, db, dX


# %% [markdown]
# Don't stare at it. Make it contradict itself. A gradient is a promise: nudge a bias by a small
# $h$, and the loss changes by about its entry of `db` times $h$. So nudge it, and look.
#
# We use lesson 01's layer of four units, whose pre-activations were -1, 3, 5 and 3. As the loss we
# take the sum of its activations. Add copies, so every entry of `dA` is 1.
#
# **Decide.** How many of the four biases can change this loss at all?

# %% solution="guess-biases"
# how many of the four biases move the loss when they are nudged?
### BEGIN SOLUTION
guess = 3
### END SOLUTION

# %%
net = seed_001()
x, W1, b1 = net["x"], net["W1"], net["b1"]
z1 = W1 @ x + b1
_, db_planted, _ = planted_backward(np.ones_like(z1), z1, W1, x)


def measured(unit):
    """How many times as far as this unit's bias the loss moves."""
    b_nudged = b1.copy()
    b_nudged[unit] += h
    return (np.maximum(0, W1 @ x + b_nudged) - np.maximum(0, z1)).sum() / h


plots.resolve(guess, sum(measured(unit) > 0 for unit in range(4)))

# %%
print("unit   promised   measured")
for unit in range(4):
    print(f"{unit + 1:4d}   {db_planted[unit, 0]:8.3f}   {measured(unit):8.3f}")

# %% [markdown]
# One promise is broken. Which line is to blame? Set `wrong_line` to 1, 2, 3 or 4.

# %% solution="relu-bug_hunt"
### BEGIN SOLUTION
wrong_line = 1
### END SOLUTION

# %% check="relu.bug_hunt"

# %% [markdown]
# <details><summary>Once you have it</summary>
#
# An activation is never below 0. So `A >= 0` is true everywhere, and this mask stops nothing. With
# `A > 0` or `Z > 0` it would be right. Nothing else gave the bug away: no error, no wrong shape.
#
# </details>

# %% [markdown]
# ## 6. Dead units
#
# A <dfn>dead unit</dfn> is silent everywhere: its $z$ is not above 0 on any sample. So its mask is
# 0 throughout, and no message reaches its weights. Their gradient is 0, and a step downhill doesn't
# move them. Firing on a single sample is enough to keep learning.
#
# In the first layer a dead unit stays dead as long as the samples stay the same. Higher up there is
# hope. When the layer below learns, this unit's inputs change, and it may fire again.
#
# **Decide.** Which units are dead here? Cells where a unit is silent are grey.

# %%
Z_layer = np.array(
    [
        [1.3, 1.8, 1.3, -0.3, 1.9, 1.4],
        [-3.5, -2.4, -2.6, -2.7, -3.0, -2.5],
        [-0.7, -0.2, -0.5, 0.6, 0.3, -0.3],
        [-2.0, -1.5, -1.2, -1.5, 0.1, -0.2],
        [-1.1, -0.4, 0.0, -0.8, -0.3, -2.2],
    ]
)
plots.heatmap(
    {"Z": Z_layer},
    masks={"Z": Z_layer <= 0},
    title="Five units on six samples",
    rows="unit",
    columns="sample",
)

# %% [markdown]
# ### Your turn: `dead_units`
#
# Given the pre-activations `Z` of a layer, say for each unit whether it is dead. Return one `True`
# or `False` for each, in a flat array of shape `(n,)`. Leave `keepdims` out: nothing
# will be added to it. A unit whose highest value is exactly 0 is dead, too.


# %% solution="relu-dead_units"
def dead_units(Z):
    """Z (n, m): whether each of the n units is dead on these m samples, shape (n,), booleans."""
    ### BEGIN SOLUTION
    return ~np.any(Z > 0, axis=1)
    ### END SOLUTION


# %% check="relu.dead_units"

# %%
for unit, dead in enumerate(dead_units(Z_layer), start=1):
    print(f"unit {unit}: {'dead' if dead else 'alive'}")

# %% [markdown]
# ### In your own words
#
# A friend starts the training of a layer with every bias at -100. The loss stays the same for
# thousands of steps. Explain in three or four sentences what happens on the way forward and on the
# way back, and what you would change. Write yours first: the fold below has a model answer and says
# what earns the two points.

# %% [markdown] written="relu-explain" points=2
# <!-- BEGIN SOLUTION -->
# Forward: with a bias of -100 every pre-activation is far below 0, unless the inputs are huge. So
# the ReLU gives 0 for every unit and every sample. Backward: the slope of the ReLU is 0 there, so
# the mask stops every message, and dW and db are all 0. A step with gradient 0 changes nothing, and
# the next round is the same: the units are dead. Start with biases at or near 0 and with random
# weights, so that each unit fires for some samples.
# <!-- END SOLUTION -->

# %% [markdown] rubric="relu-explain"
# - 1 point: forward every unit is silent, so backward the mask stops all messages. The gradients
#   are 0, and no step moves anything.
# - 1 point: a change that makes units fire for some samples, such as biases near 0.

# %% [markdown]
# ### If you want more
#
# `plots.messages(values, edges)` films any graph, if you know the slopes: each edge is
# `(from, to, slope)`. Film the graph of section 2's exercise with slopes of your own. Do the
# gradients at its end agree with your `grads`? Then nudge `b` by 0.001, compute $L$ again, and see
# which of the two is right.
#
# <details><summary>Compare</summary>
#
# L goes from -36 to -36.012, so it moves -12 times as far as b. That is db.
#
# </details>

# %% [markdown]
# ## Recap
#
# - A gradient is a slope. Along a path local slopes multiply; where paths meet, messages add.
# - Add copies, multiply swaps, max routes. The ReLU is a max.
# - An input feeds all units: $dX$ adds over units. A weight serves all samples: $dW$ and $db$ add
#   over samples.
# - Get every message out before a weight moves.
# - A unit that never fires gets no message. It is dead, at least until its inputs change.
#
# ### The formulas on one card
#
# | forward | backward | shape |
# |---|---|---|
# | $A = \max(0, Z)$ | $dZ = dA \odot [Z > 0]$ | $(n, m)$ |
# | $Z = W X + b$ | $dW = dZ\, X^\top$ | $(n, n_\mathrm{in})$ |
# | | $db = \sum_\mathrm{samples} dZ$ | $(n, 1)$ |
# | | $dX = W^\top dZ$ | $(n_\mathrm{in}, m)$ |
#
# The sign $\odot$ means entry by entry; $[Z > 0]$ is 1 where the condition holds and 0 elsewhere.
#
# ### What comes next
#
# One layer's `dX` is the `dA` of the layer below. In lesson 03 you stack three layers, turn the
# last one's numbers into probabilities, and send a message all the way back by hand.
