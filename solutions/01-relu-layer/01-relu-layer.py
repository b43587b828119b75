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
# # One layer of ReLU units
#
# **After this lesson you will be able to**
#
# - say what a ReLU unit does to a number, and what its slope is, also at the corner;
# - work out a whole layer on paper and get the same numbers from NumPy;
# - send many samples through a layer with one matrix product;
# - send a gradient back through the layer, to its weights, its biases and its inputs;
# - find the units of a layer that have stopped learning.
#
# **Time**: about 75 minutes for 2,000 words to read and 9 exercises. **Builds on**: lesson 00,
# columns and row sums.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import seed_001

# %% [markdown]
# ## 1. A hinge: the ReLU
#
# A network of straight lines alone can only make straight lines. It needs a place where it can
# bend. The cheapest bend there is lets every positive number pass and stops every negative one:
#
# $$\mathrm{relu}(z) = \max(0, z)$$
#
# The name <dfn>ReLU</dfn> is short for *rectified linear unit*: a line, made flat on one side.
#
# **Decide, then run.** What will become of -2, of -0.5, of 0 and of 3? Write down four numbers
# before you run the next cell.

# %%
for z in (-2.0, -0.5, 0.0, 3.0):
    print(f"relu({z:4.1f}) = {max(0.0, z):.1f}")

# %% [markdown]
# The cell above does one number at a time. A layer has many, so we want the ReLU of a whole array
# at once: each entry on its own, the shape unchanged.
#
# ### Your turn: `relu`
#
# Write `relu(z)` for an array `z` of any shape. Leave `z` itself as it is: later steps need it.


# %% solution="relu-relu"
def relu(z):
    """max(0, z), entry by entry; the result has the shape of z."""
    ### BEGIN SOLUTION
    return np.maximum(0, z)
    ### END SOLUTION


# %% check="relu.relu"
check("relu.relu", relu)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Say in one sentence what happens to a single number: a negative one becomes 0, any other stays
#    what it is. Try it on -1.5, on 0 and on 2.5 before you write any code.
# 2. The same rule holds for every entry of the array, and no entry needs to know of another. So you
#    need no loop. NumPy has functions that compare two things entry by entry and keep the larger
#    one; the one you want is not np.max, which looks through one array only.
# 3. Its name is np.maximum. It takes two things to compare. One of them is z. Which number is the
#    other one? Return the result, and leave z itself alone.
#
# </details>

# %% [markdown]
# ## 2. How steep is it?
#
# To learn, a network asks of every step: if what goes in grows a little, how much does what comes
# out grow? That is the slope, or derivative. You can read the ReLU's slope off its picture.
#
# **Decide, then run.** What is the slope at z = -1? At z = 2? And what would you say at z = 0?

# %%
plots.function(
    np.linspace(-3, 3, 121),
    {"relu(z)": relu},
    title="The ReLU: flat, a corner at 0, then rising one for one",
    xlabel="z",
    ylabel="relu(z)",
)

# %% [markdown]
# Left of 0 the curve is flat: slope 0. Right of 0 it rises one up for one across: slope 1. At
# exactly 0 there is a corner, and a corner has no slope. We have to agree on a number, and in this
# course it is **0**. So
#
# $$\mathrm{relu}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}$$
#
# ### Your turn: `relu_derivative`
#
# Write the slope for an array `z` of any shape: ones and zeros, as floats.


# %% solution="relu-relu_derivative"
def relu_derivative(z):
    """1.0 where z > 0 and 0.0 elsewhere; the result has the shape of z."""
    ### BEGIN SOLUTION
    return (z > 0).astype(float)
    ### END SOLUTION


# %% check="relu.relu_derivative"
check("relu.relu_derivative", relu_derivative)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Look at the picture of the ReLU. Left of 0 it is flat, so its slope there is 0. Right of 0 it
#    rises one up for one across, so its slope is 1. At 0 itself there is a corner; we agreed on 0.
# 2. So the slope answers a question with yes or no: is this entry positive? In NumPy a comparison
#    such as z > 3 asks that of every entry at once and gives an array of True and False.
# 3. True and False count as 1 and 0 in NumPy. If you want numbers, turn the array of answers into
#    floats with .astype(float). Only one detail is left: does your comparison say yes or no at
#    exactly 0?
#
# </details>

# %%
plots.function(
    np.linspace(-3, 3, 121),
    {"relu(z)": relu, "relu_derivative(z)": relu_derivative},
    title="The ReLU and its slope",
    xlabel="z",
    ylabel="value",
    jump=0,
)

# %% [markdown]
# ## 3. A layer, on paper
#
# A <dfn>unit</dfn> takes all the inputs, multiplies each by a weight, adds the products and a bias,
# and sends the sum through the ReLU. A <dfn>layer</dfn> is several units side by side that see the
# same inputs. Here is a small one: two inputs, two units.

# %%
x_small = np.array([[3.0], [1.0]])
W_small = np.array([[1.0, -2.0], [-1.0, 1.0]])
b_small = np.array([[2.0], [1.0]])

plots.network(
    [W_small],
    [b_small],
    values=[x_small, None],
    names=["input x", "two ReLU units"],
    title="A layer with two inputs and two units",
)

# %% [markdown]
# **Worked example.** The upper unit has the weights 1 and -2 and the bias 2:
#
# $$z_1 = 1 \cdot 3 + (-2) \cdot 1 + 2 = 3 - 2 + 2 = 3, \qquad a_1 = \mathrm{relu}(3) = 3$$
#
# **Now with gaps.** The lower unit has the weights -1 and 1 and the bias 1. Fill in the dots on
# paper:
#
# $$z_2 = (-1) \cdot \ldots + 1 \cdot \ldots + \ldots = \ldots, \qquad
# a_2 = \mathrm{relu}(\ldots) = \ldots$$
#
# <details><summary>Compare</summary>
#
# The dots are 3, 1 and 1, so the sum is -3 + 1 + 1 = -1. The ReLU stops it: the activation is 0.
#
# </details>
#
# A unit's sum $z$ is called its <dfn>pre-activation</dfn>. The result $a$ behind the ReLU is the
# unit's <dfn>activation</dfn>. All units of a layer at once, with one row of $W$ for each unit:
#
# $$z = W x + b, \qquad a = \mathrm{relu}(z)$$
#
# ### Your turn, with a pencil: `z1` and `a1`
#
# This layer has three inputs and four units. It is the first layer of the network that you will
# meet again in lesson 02.

# %%
net = seed_001()
x, W1, b1 = net["x"], net["W1"], net["b1"]
plots.network(
    [W1],
    [b1],
    values=[x, None],
    names=["input x", "layer 1: ReLU"],
    title="Three inputs, four ReLU units",
)

# %% [markdown]
# As arrays, with a row for each unit:
#
# $$x = \begin{pmatrix} 2 \\ 1 \\ 3 \end{pmatrix} \qquad
# W_1 = \begin{pmatrix} 1 & -1 & 1 \\ 1 & 1 & 0 \\ 0 & 1 & 1 \\ 1 & 0 & 1 \end{pmatrix} \qquad
# b_1 = \begin{pmatrix} -5 \\ 0 \\ 1 \\ -2 \end{pmatrix}$$
#
# Work out the four pre-activations and the four activations on paper. Then type them in, as lists
# of four numbers. It is worth the two minutes: in lesson 02 you will check a whole network by hand.

# %% solution="relu-by_hand"
# z1: the four pre-activations; a1: the four activations
### BEGIN SOLUTION
z1 = [-1, 3, 5, 3]
a1 = [0, 3, 5, 3]
### END SOLUTION

# %% check="relu.by_hand"
check("relu.by_hand", z1=z1, a1=a1)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Take one unit at a time. Each row of W1 is one unit: it has three weights, one for each number
#    in x, and one bias in b1. So four rows give four numbers.
# 2. For a row, multiply its first weight by the first input, its second by the second, its third by
#    the third; add the three products, then add the bias. The worked example above does that for a
#    layer with two units: put your finger on the same places here.
# 3. The first row is [1, -1, 1] and x is [2, 1, 3]. The products are 2, -1 and 3. Add them, then
#    add the first bias, which is -5. For a1 go through your four numbers once more: which of them
#    does the ReLU stop?
#
# </details>

# %% [markdown]
# Now let NumPy do the same. The sign `@` is the matrix product: each row of `W1` meets the column
# `x`. Compare with your paper.

# %%
z = W1 @ x + b1
plots.heatmap(
    {"z1 = W1 x + b1": z, "a1 = relu(z1)": relu(z)},
    title="Layer 1: before and behind the ReLU",
    rows="unit",
    columns="sample",
)

# %% [markdown]
# ## 4. What hinges can build
#
# One unit with one input is a hinge. The curve of $\mathrm{relu}(w x + b)$ is flat until $w x + b$
# reaches 0, and straight from there on. With $w = 1$ the hinge opens at $x = -b$. Add several
# hinges, each multiplied by a height $v$, and you get any curve that is made of straight pieces.
#
# **Worked example: a ramp.** It should be 0 up to $x = 0$, rise to 1 at $x = 1$, and stay there. So
# it bends twice. The first hinge opens at 0 and starts the rise: $v = 1$. The second opens at 1 and
# has to stop it, so it takes away as much slope as the first one gave: $v = -1$.
#
# **Decide, then run.** What would the sum look like with $v = -2$ in the second place?

# %%
plots.hinge(w=[1, 1], b=[0, -1], v=[1, -1], title="A ramp out of two hinges")

# %% [markdown]
# ### Your turn: a tent
#
# Choose three hinges whose sum $\sum_i v_i\,\mathrm{relu}(w_i x + b_i)$ is a tent: 0 left of -1 and
# right of 1, exactly 1 at 0, straight in between. Set `w`, `b` and `v`, three numbers each.

# %% solution="relu-tent"
# w: how steep each hinge opens; b: where it opens; v: its height
### BEGIN SOLUTION
w = np.array([1.0, 1.0, 1.0])
b = np.array([1.0, 0.0, -1.0])
v = np.array([1.0, -2.0, 1.0])
### END SOLUTION

# %% check="relu.tent"
check("relu.tent", w=w, b=b, v=v)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. A hinge relu(w x + b) is flat until w x + b reaches 0, and straight from there on. First mark
#    on paper the three places where the tent bends: -1, 0 and 1. Each needs one hinge.
# 2. With w = 1 a hinge opens at -b. So the three biases follow from the three places. Now only the
#    heights v are left, and you can choose them from left to right.
# 3. Between -1 and 0 only the first hinge is open, and the slope should be 1. Between 0 and 1 the
#    first two are open, and the slope should be -1: so what must the second one add? Behind 1 all
#    three are open, and the slopes must add up to 0.
#
# </details>

# %%
plots.hinge(w, b, v, title="Your three hinges and their sum")

# %% [markdown]
# Tents beside each other, high and low, can follow any curve as closely as you like. That is why a
# layer of ReLU units, followed by a weighted sum, is enough to imitate any continuous function.
# Nobody will choose the numbers by hand, though. The rest of this course is about letting the
# network find them.
#
# ## 5. Many samples at once
#
# A network sees not one input but hundreds. We put them side by side: **each sample is a column**
# of $X$. One matrix product then does the whole layer for all of them, and the bias, a column,
# is added to each column of the product:
#
# $$Z = W X + b, \qquad A = \mathrm{relu}(Z)$$
#
# **Decide, then run.** A layer has 3 inputs and 4 units, and there are 5 samples. What is the shape
# of $W$, of $X$, of $b$, of $Z$? Which two numbers must be the same?

# %%
plots.shapes((4, 3), (3, 5), (4, 1), title="Three inputs, four units, five samples")

# %% [markdown]
# ### Your turn: `layer_forward`
#
# Return both $Z$ and $A$, in this order. Backward will need both.


# %% solution="relu-layer_forward"
def layer_forward(W, b, X):
    """W (n, n_in), b (n, 1), X (n_in, m): returns Z = W X + b and A = relu(Z), both (n, m)."""
    ### BEGIN SOLUTION
    Z = W @ X + b
    A = relu(Z)
    return Z, A
    ### END SOLUTION


# %% check="relu.layer_forward"
check("relu.layer_forward", layer_forward)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. You have done this for one sample on paper: products, sum, bias, ReLU. Now the samples stand
#    side by side in X, one in each column, and W X does all of them at once.
# 2. Write the shapes under the letters. W is (n, n_in), X is (n_in, m): the inner sizes agree, and
#    the product is (n, m), one row for each unit and one column for each sample. b is (n, 1), and
#    NumPy adds it to every column by itself.
# 3. The function is three lines: make Z with @ and +; make A from Z, with the relu that you wrote
#    above; return both, Z first. Take care that making A does not write into Z.
#
# </details>

# %% [markdown]
# ## 6. The way back
#
# Somewhere behind this layer a loss $L$ is computed: one number that says how bad the answer was.
# From there a message comes back for every activation: if *you* grew a little, the loss would grow
# by so much. That message is $\partial L / \partial A$; in code we call it `dA`. The layer has to
# turn it into three messages of its own: one for its weights (`dW`), one for its biases (`db`), and
# one for its inputs (`dX`), which the layer in front of it will receive as its `dA`.
#
# ### One unit, one sample
#
# The unit computes $z = w_1 x_1 + w_2 x_2 + b$ and $a = \mathrm{relu}(z)$. Going back, the chain
# rule multiplies what comes from behind by the slope of each step.
#
# **Worked example.** Let $w = (2, -1)$, $x = (3, 4)$, $b = 1$, and let the message be $da = 5$.
#
# | step | forward | backward |
# |---|---|---|
# | sum | $z = 2 \cdot 3 - 1 \cdot 4 + 1 = 3$ | |
# | ReLU | $a = \mathrm{relu}(3) = 3$ | $dz = da \cdot \mathrm{relu}'(3) = 5 \cdot 1 = 5$ |
# | weights | | $dw = dz \cdot x = (15, 20)$ |
# | bias | | $db = dz = 5$ |
# | inputs | | $dx = dz \cdot w = (10, -5)$ |
#
# **Now with gaps.** The same unit, with the bias $b = -3$:
#
# | step | forward | backward |
# |---|---|---|
# | sum | $z = 2 \cdot 3 - 1 \cdot 4 - 3 = \ldots$ | |
# | ReLU | $a = \ldots$ | $dz = 5 \cdot \ldots = \ldots$ |
# | weights, bias, inputs | | $dw = \ldots, \; db = \ldots, \; dx = \ldots$ |
#
# <details><summary>Compare</summary>
#
# The sum is -1, so the activation is 0 and the slope is 0. Then dz is 0, and so are dw, db and dx:
# all of them. A unit that the ReLU has stopped learns nothing from this sample and passes nothing
# on.
#
# </details>
#
# ### The mask
#
# For a whole layer the slopes of the ReLU form an array of ones and zeros, as large as $Z$: the
# <dfn>mask</dfn>. It lies over `dA`. Where a unit fired, the message passes; where it was stopped,
# nothing does.
#
# **Decide, then run.** Three of these twelve messages are stopped. Which ones?

# %%
Z_example = np.array([[1.5, -0.5, 2.0, 0.25], [0.0, 1.0, 0.5, -2.0], [3.0, 0.75, 1.25, 0.5]])
dA_example = np.array([[2.0, 1.0, -1.0, 0.5], [-0.5, 1.5, 2.0, 1.0], [1.0, -2.0, 0.5, -1.5]])
dZ_example = dA_example * (Z_example > 0)
plots.heatmap(
    {"Z": Z_example, "dA": dA_example, "dZ": dZ_example},
    masks={"dZ": Z_example <= 0},
    title="The mask: nothing flows back where Z is not above 0",
    rows="unit",
    columns="sample",
)

# %% [markdown]
# With `dZ` in hand the rest is three products. Let the shapes lead you:
#
# - `dW` must have the shape of `W`, since each weight gets one message;
# - `db` must have the shape of `b`; a bias is shared by all samples, so their messages add up;
# - `dX` must have the shape of `X`.
#
# **Put in order.** Here are the four steps of the backward pass in words, shuffled. In which order
# can they be done? One of them has to come first.
#
# - (a) give each input the messages of all the units that it feeds, each times its weight
# - (b) stop the messages of silent units
# - (c) for each bias, add up the messages of its unit over the samples
# - (d) for each weight, add up message times input over the samples
#
# <details><summary>Compare</summary>
#
# (b) is first, for the other three need its result. After it, any order will do.
#
# </details>
#
# ### Your turn: `layer_backward`
#
# Sum over the samples; do not take a mean here. The bias gradient is a column, like the bias.


# %% solution="relu-layer_backward"
def layer_backward(dA, Z, W, X):
    """dA and Z (n, m), W (n, n_in), X (n_in, m): returns dW, db, dX, shaped like W, b and X."""
    ### BEGIN SOLUTION
    dZ = dA * relu_derivative(Z)
    dW = dZ @ X.T
    db = dZ.sum(axis=1, keepdims=True)
    dX = W.T @ dZ
    return dW, db, dX
    ### END SOLUTION


# %% check="relu.layer_backward"
check("relu.layer_backward", layer_backward)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Go back through the layer in the opposite order. The last thing forward was the ReLU, so the
#    first thing backward is its slope: dZ is dA where the unit fired, and 0 where it was stopped.
#    It has the shape of Z.
# 2. Then three results come from dZ. Let the shapes lead you: dW must look like W, db like b, dX
#    like X. Write (n, m), (n_in, m) and (n, n_in) under the letters, and turn factors round until
#    the inner sizes agree.
# 3. dW is a matrix product of dZ and the transposed X: it sums over the samples by itself. For db
#    you sum yourself, along each row, with keepdims=True. dX is the transposed W times dZ. No mean
#    anywhere.
#
# </details>

# %% [markdown]
# ### Find the bug
#
# **This cell is wrong on purpose.** It looks much like what you wrote, and every array that it
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
# Do not stare at it. Make it contradict itself. A gradient is a promise: if I raise this bias by a
# little, the loss changes by `db` times as much. So raise a bias by a little and look. As the loss
# we take the sum of all activations, since then every entry of `dA` is 1.
#
# **Decide, then run.** Which of the four biases can change the loss at all? Look at `a1` above.

# %%
Z_seed = W1 @ x + b1
_, db_planted, _ = planted_backward(np.ones_like(Z_seed), Z_seed, W1, x)
step = 0.001

print("unit   promised   measured")
for unit in range(4):
    b_raised = b1.copy()
    b_raised[unit] += step
    before = np.sum(np.maximum(0, W1 @ x + b1))
    after = np.sum(np.maximum(0, W1 @ x + b_raised))
    print(f"{unit:4d}   {db_planted[unit, 0]:8.3f}   {(after - before) / step:8.3f}")

# %% [markdown]
# One promise is not kept. Which line makes it? Remember that `dW` and `dX` go through the same
# array. Set `wrong_line` to 1, 2, 3 or 4.

# %% solution="relu-bug_hunt"
### BEGIN SOLUTION
wrong_line = 1
### END SOLUTION

# %% check="relu.bug_hunt"
check("relu.bug_hunt", wrong_line=wrong_line)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Look at the table. Three promises are kept, and one is not. Which unit is it, and what was
#    special about that unit when you worked the layer out on paper? Look at its z1 and its a1.
# 2. That unit is silent: a small change of its bias changes nothing. So something should have
#    stopped its message on the way back. Which line of the four is there to stop messages?
# 3. Now ask that line about the silent unit. Its activation is exactly 0. The line compares an
#    activation with 0. Say the comparison aloud with 0 in both places: is the answer yes or no? And
#    can it ever be no?
#
# </details>

# %% [markdown]
# ## 7. Dead units
#
# A unit whose pre-activation is never above 0, on any sample, is a <dfn>dead unit</dfn>. It gives 0
# everywhere. Its mask is 0 everywhere too, so no message reaches its weights: it can never recover.
# A single sample that makes it fire is enough to keep it alive.
#
# **Decide, then run.** Which rows of this layer are dead? Cells that the ReLU stops are grey.

# %%
rng = np.random.default_rng(1)
Z_layer = rng.normal(size=(5, 6)) + np.array([[1.0], [-3.0], [0.0], [-1.2], [-4.0]])
plots.heatmap(
    {"Z": Z_layer.round(1)},
    masks={"Z": Z_layer <= 0},
    title="Pre-activations of five units on six samples",
    rows="unit",
    columns="sample",
)

# %% [markdown]
# ### Your turn: `dead_units`


# %% solution="relu-dead_units"
def dead_units(Z):
    """Z (n, m): for each of the n units, whether it is never above 0 on any of the m samples."""
    ### BEGIN SOLUTION
    return ~np.any(Z > 0, axis=1)
    ### END SOLUTION


# %% check="relu.dead_units"
check("relu.dead_units", dead_units)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Look at the heat map above and find a row that is grey from left to right. That unit never
#    fires. A row with a single coloured cell is alive: for that one sample it learns.
# 2. Put it as a question with yes or no. For one entry: is it above 0? For one unit: is that so for
#    any of its samples? A unit is dead when the answer is no.
# 3. Z > 0 asks the first question of all entries at once. np.any and np.all gather the answers;
#    with axis=1 they do so along each row, and give one answer for each unit. The sign ~ in front
#    turns yes into no.
#
# </details>

# %%
for unit, dead in enumerate(dead_units(Z_layer)):
    print(f"unit {unit}: {'dead' if dead else 'alive'}")

# %% [markdown]
# ### In your own words
#
# A friend starts the training of a layer with every bias at -100, and reports that nothing is
# learned: the loss stays the same for thousands of steps. Explain in three or four sentences what
# happens on the way forward and on the way back, and what you would change. A person will read your
# answer and give up to 2 points.

# %% [markdown] written="relu-explain" points=2
# ### BEGIN SOLUTION
# Forward: with a bias of -100 nearly every pre-activation is far below 0, so the ReLU gives 0 for
# every unit and sample, whatever the input. Backward: the slope of the ReLU is 0 there, so the mask
# stops every message and dW and db are all 0. A step with a zero gradient changes nothing, so the
# next round is the same: the units are dead. Start with biases near 0 (and random weights), so that
# each unit fires for some samples.
# ### END SOLUTION

# %% [markdown]
# ## Recap
#
# - The ReLU passes positive numbers and stops the others. Its slope is 1 or 0, and 0 at the corner.
# - A layer is a matrix product, a bias and a ReLU. With samples in columns one product does all.
# - Backward, the mask comes first. After it, shapes tell you which factor to turn round.
# - A shared thing (a bias, a weight) adds up the messages of all samples.
# - A unit that never fires gets no message. It is dead.
#
# ### The formulas on one card
#
# | forward | backward | shape |
# |---|---|---|
# | $Z = W X + b$ | $dW = dZ\, X^\top$ | $(n, n_\mathrm{in})$ |
# | | $db = \sum_\mathrm{samples} dZ$ | $(n, 1)$ |
# | | $dX = W^\top dZ$ | $(n_\mathrm{in}, m)$ |
# | $A = \max(0, Z)$ | $dZ = dA \odot [Z > 0]$ | $(n, m)$ |
#
# The sign $\odot$ means entry by entry; $[Z > 0]$ is 1 where the condition holds and 0 elsewhere.
#
# ### What comes next
#
# In lesson 02 you stack three layers, turn the last one's numbers into probabilities, and work a
# whole backward pass on paper, with a bug hunt that takes a clever input to win.
