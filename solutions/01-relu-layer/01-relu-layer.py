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
# - say what a ReLU does to a number, and how steep it is, even at its corner;
# - work out a layer on paper, and get the same numbers from NumPy;
# - build a curve out of hinges;
# - send many samples through a layer with one matrix product;
# - measure how wrong a unit is, and let its weight learn, step by step.
#
# **Time**: about 65 minutes for 2,500 words to read and 7 exercises. **Builds on**: lesson 00,
# columns and matrix products.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import seed_001

# %% [markdown]
# ## 1. A hinge: the ReLU
#
# Add up straight lines, and all you get is another straight line. To follow a curve, a network
# needs something that bends. The simplest bend lets every positive number through and replaces
# every negative one by 0:
#
# $$\mathrm{relu}(z) = \max(0, z)$$
#
# The name <dfn>ReLU</dfn> is short for *rectified linear unit*: a straight line, made flat on one
# side.
#
# **Decide, and write it down.** What does the ReLU make of -2, -0.5, 0 and 3? Type your four
# numbers, as a list such as `[1, 2, 3, 4]`, in place of the three dots. Then run both cells.

# %% solution="guess-relu"
# four numbers: relu of -2, of -0.5, of 0 and of 3
### BEGIN SOLUTION
guess = [0, 0, 0, 3]
### END SOLUTION

# %%
plots.resolve(guess, [max(0.0, -2.0), max(0.0, -0.5), max(0.0, 0.0), max(0.0, 3.0)])

# %% [markdown]
# That cell takes one number at a time. A layer has many numbers, so we want the ReLU of a whole
# array at once: each entry on its own, the shape unchanged.
#
# ### Your turn: `relu`
#
# Write `relu(z)` for an array `z` of any shape. Don't change `z` itself: later steps need it.


# %% solution="relu-relu"
def relu(z):
    """max(0, z), entry by entry; the result has the shape of z."""
    ### BEGIN SOLUTION
    return np.maximum(0, z)
    ### END SOLUTION


# %% check="relu.relu"

# %% [markdown]
# ## 2. How steep is it?
#
# Learning rests on one question: if I nudge this number a little, how much does the result change?
# The answer is the slope, also called the derivative. You can read it off a picture.
#
# **Decide, then run.** What is the slope of the ReLU at z = -1? At z = 2? And at z = 0?

# %%
plots.function(
    np.linspace(-3, 3, 121),
    {"relu(z)": relu},
    title="The ReLU",
    xlabel="z",
    ylabel="relu(z)",
)

# %% [markdown]
# Left of 0 the curve is flat: the slope is 0. Right of 0 it rises by 1 for each 1 across: the slope
# is 1. At exactly 0 there is a corner, and a corner has no slope. We have to agree on a number, and
# in this course it is **0**. So
#
# $$\mathrm{relu}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}$$
#
# ### Your turn: `relu_derivative`
#
# Return the slope at each entry of `z`: an array of ones and zeros, with the shape of `z`.


# %% solution="relu-relu_derivative"
def relu_derivative(z):
    """1.0 where z > 0 and 0.0 elsewhere; the result has the shape of z."""
    ### BEGIN SOLUTION
    return (z > 0).astype(float)
    ### END SOLUTION


# %% check="relu.relu_derivative"

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
# A unit takes the numbers of a sample, its inputs, and multiplies each by a number of its own. Such
# a number is called a <dfn>weight</dfn>: it says how strongly that input counts, and in which
# direction. The unit adds up the products and its bias, and sends the sum through the ReLU. Here is
# a small layer, with two inputs and two units. The number on a line is a weight. The lines that end
# at a unit are its own.

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
# **Worked example.** Unit 1, at the top, has the weights 1 and -2 and the bias 2. We write $z$ for
# the sum and $a$ for what the ReLU makes of it:
#
# $$z = 1 \cdot 3 + (-2) \cdot 1 + 2 = 3, \qquad a = \mathrm{relu}(3) = 3$$
#
# **Now with gaps.** Unit 2 has the weights -1 and 1 and the bias 1. Fill in the dots on paper:
#
# $$z = (-1) \cdot \ldots + 1 \cdot \ldots + \ldots = \ldots, \qquad
# a = \mathrm{relu}(\ldots) = \ldots$$
#
# <details><summary>Compare</summary>
#
# The dots are 3, 1 and 1, so the sum is -3 + 1 + 1 = -1. The ReLU replaces it by 0.
#
# </details>
#
# The sum $z$ is the unit's <dfn>pre-activation</dfn>. The result $a$ is its <dfn>activation</dfn>.
# We say that a unit <dfn>fires</dfn> when its pre-activation is above 0. Otherwise it is
# <dfn>silent</dfn>, and its activation is 0. Above, unit 1 fires and unit 2 is silent.
#
# For a whole layer at once, put the weights of each unit into a row of a table $W$. Then $b$, $z$
# and $a$ are columns, with one number for each unit:
#
# $$z = W x + b, \qquad a = \mathrm{relu}(z)$$
#
# ### Your turn, with a pencil: `z1` and `a1`
#
# This layer has three inputs and four units. It is the first layer of a network that you will meet
# again in lesson 03.

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
# The same as arrays, with a row for each unit. The small 1 says that they belong to layer 1:
#
# $$x = \begin{pmatrix} 2 \\ 1 \\ 3 \end{pmatrix} \qquad
# W_1 = \begin{pmatrix} 1 & -1 & 1 \\ 1 & 1 & 0 \\ 0 & 1 & 1 \\ 1 & 0 & 1 \end{pmatrix} \qquad
# b_1 = \begin{pmatrix} -5 \\ 0 \\ 1 \\ -2 \end{pmatrix}$$
#
# Work out the four pre-activations and the four activations on paper. Then type them in, as two
# lists of four numbers, unit 1 first.

# %% solution="relu-by_hand"
# z1: the four pre-activations; a1: the four activations
### BEGIN SOLUTION
z1 = [-1, 3, 5, 3]
a1 = [0, 3, 5, 3]
### END SOLUTION

# %% check="relu.by_hand"

# %% [markdown]
# Now let NumPy do the same, and compare with your paper.

# %%
z = W1 @ x + b1
plots.heatmap(
    {"z1 = W1 x + b1": z, "a1 = relu(z1)": relu(z)},
    title="Layer 1, before the ReLU and after it",
    rows="unit",
    columns="sample",
)

# %% [markdown]
# ## 4. What hinges can build
#
# One unit with one input is a hinge: the curve of $\mathrm{relu}(w x + b)$ is flat where $w x + b$
# is below 0, and straight and sloping where it is above. With $w = 1$ the hinge opens at $x = -b$.
# Multiply that hinge by a factor $v$, and its slope becomes $v$. Add up several hinges, and the
# slopes of all those that are open add up, too.
#
# **Worked example: a ramp.** It should be 0 up to $x = 0$, rise to 1 at $x = 1$, and stay there. So
# it bends twice. The first hinge opens at 0 and starts the rise: $v = 1$. The second opens at 1 and
# stops it. It takes away as much slope as the first one gave: $v = -1$.

# %%
plots.hinge(w=[1, 1], b=[0, -1], v=[1, -1], title="A ramp out of two hinges")

# %% [markdown]
# **Decide, and write it down.** Suppose the second hinge has $v = -2$. Right of 1, does the sum
# rise, stay level or fall?

# %% solution="guess-ramp"
# "rises", "stays level" or "falls"
### BEGIN SOLUTION
guess = "falls"
### END SOLUTION

# %%
plots.resolve(
    guess,
    "falls",
    plots.hinge(w=[1, 1], b=[0, -1], v=[1, -2], title="The second hinge with v = -2"),
    choices=["rises", "stays level", "falls"],
)

# %% [markdown]
# ### Your turn: a tent
#
# Choose three hinges $v \cdot \mathrm{relu}(w x + b)$ whose sum is a tent. It is 0 left of -1 and
# right of 1, it is 1 at 0, and it is straight in between. `w`, `b` and `v` hold three numbers each,
# one for each hinge. Run the picture below as often as you like before you run the check.

# %% solution="relu-tent"
# w, b: each hinge opens where w x + b is 0; v: the factor in front of it
### BEGIN SOLUTION
w = np.array([1.0, 1.0, 1.0])
b = np.array([1.0, 0.0, -1.0])
v = np.array([1.0, -2.0, 1.0])
### END SOLUTION

# %%
plots.hinge(w, b, v, interval=(-3, 3), title="Your three hinges and their sum")

# %% check="relu.tent"

# %% [markdown]
# Put many narrow tents side by side, some high and some low, and their sum follows any unbroken
# curve over a stretch of $x$, as closely as you like. But who would choose all those numbers? In
# section 6 the network begins to choose them itself.
#
# ## 5. Many samples at once
#
# A network sees not one sample but hundreds. Put them side by side, **each sample a column** of
# $X$. Then a single matrix product does the whole layer for all of them. The bias column is added
# to each column of the product:
#
# $$Z = W X + b, \qquad A = \mathrm{relu}(Z)$$
#
# **Decide, then run.** A layer has 3 inputs and 4 units, and there are 5 samples. So $W$ is (4, 3),
# $X$ is (3, 5) and $b$ is (4, 1). What is the shape of $Z$?

# %%
plots.shapes((4, 3), (3, 5), (4, 1), title="Three inputs, four units, five samples")

# %% [markdown]
# ### Your turn: `layer_forward`
#
# Return both $Z$ and $A$, in this order: in lesson 02 you will need both. In the line in quotes, n
# counts the units, n_in the inputs and m the samples.


# %% solution="relu-layer_forward"
def layer_forward(W, b, X):
    """W (n, n_in), b (n, 1), X (n_in, m): returns Z = W X + b and A = relu(Z), both (n, m)."""
    ### BEGIN SOLUTION
    Z = W @ X + b
    A = relu(Z)
    return Z, A
    ### END SOLUTION


# %% check="relu.layer_forward"

# %% [markdown]
# ## 6. Let a weight learn
#
# So far you chose the weights. Now the smallest network there is will find its own: one unit with
# one input, one weight and no bias. Its answer is $a = \mathrm{relu}(w x)$.
#
# It should learn how many ice creams a stand sells. Each sample is a day. The input $x$ says how
# much warmer than 15 degrees it was, in tens of degrees. The number $y$ says how many ice creams
# were sold, in hundreds. We want the answer $a$ to be close to $y$.

# %%
warmth = np.array([-1.0, 1.0, 1.0, 2.0])  # x: one cold day, two warm ones, a hot one
sold = np.array([0.0, 1.0, 3.0, 4.0])  # y

# %% [markdown]
# ### How wrong is it?
#
# On each day, the error is $a - y$. Square it, so that too much and too little both count. Take the
# mean over the days, and halve it. The result is a <dfn>loss</dfn>: a single number that says how
# wrong the network is.
#
# $$L = \frac{1}{2m} \sum_\mathrm{samples} (a - y)^2$$
#
# The sign $\sum$ means: add up over all the samples. Their number is $m$. The half is only there to
# make the next formula simpler.
#
# **Worked example.** Take $w = 1$:
#
# | $x$ | $y$ | $a = \mathrm{relu}(w x)$ | $a - y$ | $(a - y)^2$ |
# |---|---|---|---|---|
# | -1 | 0 | 0 | 0 | 0 |
# | 1 | 1 | 1 | 0 | 0 |
# | 1 | 3 | 1 | -2 | 4 |
# | 2 | 4 | 2 | -2 | 4 |
#
# The squares add up to 8. Their mean is 2, and half of it is 1: at $w = 1$ the loss is 1. Another
# weight has another loss. Draw the loss against the weight, and you see a valley.


# %%
def loss(w):
    return np.mean((relu(w * warmth) - sold) ** 2) / 2


many_weights = np.linspace(-0.5, 4.5, 101)
plots.function(
    many_weights,
    {"loss": [loss(each) for each in many_weights]},
    title="The loss is a valley",
    xlabel="weight w",
    ylabel="loss",
)

# %% [markdown]
# ### Which way is down?
#
# You can see where the lowest place is. A network can't: with a million weights, nobody can draw
# this picture. It walks in fog. All it knows is the slope of the ground under its feet. That is
# enough. If the slope is positive, the loss grows to the right, so go left. If it is negative, go
# right. Either way, you step *against the slope*.
#
# For this loss and this unit the slope is
#
# $$\mathrm{slope} = \frac{1}{m} \sum_\mathrm{samples} (a - y) \cdot [w x > 0] \cdot x$$
#
# The sign $[w x > 0]$ means 1 where the unit fires and 0 where it is silent. On such a sample a
# nudge of $w$ changes nothing, so it has no say in the slope. Lesson 02 shows where this formula
# comes from; for now, use it.
#
# **Worked example.** Again $w = 1$:
#
# | $x$ | $a - y$ | fires? | $(a - y) \cdot [w x > 0] \cdot x$ |
# |---|---|---|---|
# | -1 | 0 | 0 | 0 |
# | 1 | 0 | 1 | 0 |
# | 1 | -2 | 1 | -2 |
# | 2 | -2 | 1 | -4 |
#
# The last column adds up to -6, and -6 / 4 = -1.5. The slope is negative, so the way down leads to
# the right.
#
# How far should a step go? We multiply the slope by a small number that we choose, the
# <dfn>learning rate</dfn> $\eta$ (the Greek letter eta):
#
# $$w_\mathrm{new} = w - \eta \cdot \mathrm{slope}$$
#
# With $\eta = 0.4$ the step leads from 1 to $1 - 0.4 \cdot (-1.5) = 1.6$.
#
# **Now with gaps.** The same from $w = 3$, on the other side of the valley:
#
# | $x$ | $y$ | $a$ | $a - y$ | fires? | $(a - y) \cdot [w x > 0] \cdot x$ |
# |---|---|---|---|---|---|
# | -1 | 0 | 0 | 0 | 0 | 0 |
# | 1 | 1 | 3 | 2 | 1 | 2 |
# | 1 | 3 | 3 | … | … | … |
# | 2 | 4 | … | … | … | … |
#
# The slope is …, and the new weight is $3 - 0.4 \cdot \ldots = \ldots$
#
# <details><summary>Compare</summary>
#
# The third row is 3, 0, 1, 0. The last one is 6, 2, 1, 4. The slope is 6 / 4 = 1.5, and the new
# weight is 3 - 0.6 = 2.4. From here the way down leads to the left.
#
# </details>
#
# **Put in order.** These are the parts of one step, shuffled. In which order are they done?
#
# - (a) take away the learning rate times the slope: that is the new $w$
# - (b) for each sample, multiply its error by 1 or 0 and by its $x$, and take the mean
# - (c) write the new $w$ down
# - (d) send each $x$ through the unit, with the present $w$
#
# <details><summary>Compare</summary>
#
# The order is d, b, a, c. The next step begins with d again, at the new w.
#
# </details>
#
# ### Your turn: `downhill`
#
# Write `downhill(w, x, y, learning_rate, steps)`. It starts at `w` and takes that many steps, each
# from where the last one ended. Return a list of all the places: the start, then the weight after
# each step. So two steps give three places, and no step gives the start alone. `x` and `y` are flat
# arrays, with one number for each sample. You may use your `relu`.


# %% solution="relu-downhill"
def downhill(w, x, y, learning_rate, steps):
    """x, y (m,): the list of the weights on the way down, steps + 1 of them, the start first."""
    ### BEGIN SOLUTION
    path = [w]
    for _ in range(steps):
        a = relu(w * x)
        slope = np.mean((a - y) * (w * x > 0) * x)
        w = w - learning_rate * slope
        path.append(w)
    return path
    ### END SOLUTION


# %% check="relu.downhill"

# %% [markdown]
# Here is your own path. Step through it with the slider or the buttons. The dashed line shows the
# slope at each place. The steps get shorter all by themselves: why?

# %%
path = downhill(0.5, warmth, sold, 0.4, 6)
plots.downhill_steps(warmth, sold, path, 0.4)

# %% [markdown]
# Each step is the learning rate times the slope, and near the bottom the ground is almost level.
# Here is what the unit answers at the start of your path and at its end:

# %%
many_x = np.linspace(-1.5, 2.5, 81)
plots.function(
    many_x,
    {"before": relu(path[0] * many_x), "after": relu(path[-1] * many_x)},
    points=(warmth, sold),
    title="The unit's answer and the four days",
    xlabel="x: tens of degrees above 15",
    ylabel="hundreds of ice creams",
)

# %% [markdown]
# The weight has arrived close to 2: two hundred more ice creams for every ten degrees. The loss is
# not 0 there, and can't be: two days have the same $x$ but a different $y$. Still, nobody chose
# this weight. You wrote a network that learns.
#
# ### How large a step?
#
# **Decide, and write it down.** We start at 0.5 once more and take 8 steps, with the learning rates
# 0.05, 0.4, 1.2 and 1.4. With one of them, the loss is higher at the end than at the start. Which
# one?

# %% solution="guess-rate"
# 0.05, 0.4, 1.2 or 1.4
### BEGIN SOLUTION
guess = 1.4
### END SOLUTION

# %%
paths = {}
for learning_rate in (0.05, 0.4, 1.2, 1.4):
    paths[learning_rate] = downhill(0.5, warmth, sold, learning_rate, 8)
plots.resolve(
    guess,
    1.4,
    plots.downhill_rates(warmth, sold, paths),
    choices=["0.05", "0.4", "1.2", "1.4"],
)

# %% [markdown]
# With 0.05 the weight creeps, and 8 steps are not enough. With 0.4 it arrives. With 1.2 it jumps
# across the valley and back, a little closer each time. With 1.4 it jumps so far that each place is
# *higher* than the one before. In the end it falls over the edge at 0, onto the flat ground. There
# the unit is silent on all the warm days, and almost no slope is left to bring it back.
#
# ### In your own words
#
# Two friends use your `downhill` on this data. Answer each in one or two sentences.
#
# 1. Ada starts at 0.5 with a learning rate of 3. After one step her loss is more than ten times as
#    high, although she went against the slope. What happened, and what should she change?
# 2. Ben leaves out the cold day and starts at $w = -1$. After a thousand steps his weight is still
#    exactly -1. Why?
#
# Double-click the cell below and answer. Write yours first: the fold below has a model answer and
# says what earns the two points.

# %% [markdown] written="relu-valley" points=2
# <!-- BEGIN SOLUTION -->
# Ada: the slope says which way is down, but only where she stands. Her step, 3 times the slope, is
# so long that it leaps over the bottom and lands higher on the other side. She needs a smaller
# learning rate.
#
# Ben: all his days have a positive x, so with w = -1 each w x is below 0 and the unit is silent on
# every sample. Each term of the slope is then 0, so the slope is 0, and the step is 0, too.
# <!-- END SOLUTION -->

# %% [markdown] rubric="relu-valley"
# - 1 point: Ada's step is too long and leads past the bottom, so the learning rate must be smaller.
# - 1 point: Ben's unit is silent on all samples, so the slope is 0 and no step moves the weight.

# %% [markdown]
# ### If you want more
#
# Between the learning rates 1.2 and 1.4 there is one that never arrives and never climbs out. Look
# for it with your `downhill`, to two decimal places. What does its path look like? (No points, no
# check.)
#
# <details><summary>Compare</summary>
#
# It is 4/3, about 1.33. For a positive weight the three warm days give
# (w - 1) + (w - 3) + 2 (2w - 4), which is 6 (w - 2). A quarter of it is the slope, 1.5 (w - 2). A
# step with 4/3 takes w - 2 to w - 2 - 2 (w - 2), which is -(w - 2): the same distance on the other
# side. So the path is 0.5, 3.5, 0.5, 3.5, and so on.
#
# </details>
#
# ## Recap
#
# - The ReLU lets positive numbers through and replaces the others by 0. Its slope is 1 or 0, and 0
#   at the corner.
# - A layer is a matrix product, a bias and a ReLU. Sums of hinges can follow any unbroken curve.
# - The loss says how wrong the network is. Step against its slope to make it smaller.
# - Too small a learning rate is slow; too large a one climbs out of the valley.
#
# ### The formulas on one card
#
# | what | formula | shape |
# |---|---|---|
# | a layer's pre-activations | $Z = W X + b$ | $(n, m)$ |
# | its activations | $A = \max(0, Z)$ | $(n, m)$ |
# | slope of the ReLU | 1 where $z > 0$, else 0 | as $z$ |
# | loss of one weight | $L = \frac{1}{2m} \sum (a - y)^2$ | a number |
# | its slope | $\frac{1}{m} \sum (a - y) \cdot [w x > 0] \cdot x$ | a number |
# | a step | $w_\mathrm{new} = w - \eta \cdot \mathrm{slope}$ | a number |
#
# ### What comes next
#
# You have trained one weight, with a formula that fell from the sky. A real layer has many weights,
# and other layers after it. How does each weight get its own slope? That is lesson 02, *the way
# back*.
