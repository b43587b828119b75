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
# # A network of two layers
#
# **After this lesson you will be able to**
#
# - write a network with a tanh layer and biases, for any number of samples at once;
# - keep in a cache what the way back needs, and write the way back;
# - say where the factor 1/m stands, and why it stands in one place only.
#
# **Time**: about 70 minutes for 2,100 words to read and 7 exercises. **Builds on**: lesson 04, the
# gradient check; lessons 05 and 06, the sigmoid, the cross-entropy and a first training run.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.nn import numeric_gradient, relative_error, sigmoid

# %% [markdown]
# ## 1. From memory
#
# A layer has 3 inputs and 4 units. A batch of 6 samples goes through it, with one sample in each
# column. What is the shape of the bias gradient `db`? Set `db_shape` to it, written as Python does,
# such as `(2, 7)`. Don't look it up: the effort of remembering makes it stay.

# %% solution="twolayer-recall_1"
### BEGIN SOLUTION
db_shape = (4, 1)
### END SOLUTION

# %% check="twolayer.recall_1"

# %% [markdown]
# ## 2. The network
#
# The XOR network had no biases, and only four samples. Now you build one that you could use on real
# data. It takes any number of inputs, hidden units, outputs and samples, and every unit has a bias.
# The hidden units bend in a new way. Here it is with two inputs, three hidden units and one output.
# In lesson 08 you'll train it.

# %%
draw = np.random.default_rng(6)
plots.network(
    [draw.normal(size=(3, 2)).round(1), draw.normal(size=(1, 3)).round(1)],
    [np.zeros((3, 1)), np.zeros((1, 1))],
    names=["input: X", "hidden: Z1, A1", "output: Z2, A2"],
    title="Two layers: tanh, then sigmoid",
)

# %% [markdown]
# These are the shapes, with $n_x$ inputs, $n_h$ hidden units, $n_y$ outputs and $m$ samples. Keep
# this table in view.
#
# | array | shape | what it holds |
# |---|---|---|
# | $X$ | $(n_x, m)$ | the samples, one in each column |
# | $W_1$, $b_1$ | $(n_h, n_x)$, $(n_h, 1)$ | weights and biases of the hidden layer |
# | $Z_1$, $A_1$ | $(n_h, m)$ | the hidden layer before and after the tanh |
# | $W_2$, $b_2$ | $(n_y, n_h)$, $(n_y, 1)$ | weights and biases of the output layer |
# | $Z_2$, $A_2$ | $(n_y, m)$ | the output before and after the sigmoid |
# | $Y$ | $(n_y, m)$ | the right answers, 0 or 1 |
#
# $A_2$ is the network's prediction. Elsewhere in the course it's called $P$.
#
# ## 3. The tanh and its slope
#
# A sigmoid gives a number between 0 and 1. A hidden unit often has more to say: no, nothing or yes.
# The <dfn>tanh</dfn> squeezes any number into the range from -1 to 1, and leaves 0 at 0. Its curve
# is that of the sigmoid, made twice as high and half as wide, and moved down by 1:
#
# $$\tanh(z) = 2 \cdot \mathrm{sigmoid}(2z) - 1$$
#
# **Decide.** The sigmoid is steepest at 0, where its slope is 0.25. How steep is the tanh there?

# %% solution="guess-slope"
# the slope of the tanh at 0, a number
### BEGIN SOLUTION
guess = 1.0
### END SOLUTION

# %%
plots.resolve(
    guess,
    (np.tanh(1e-5) - np.tanh(-1e-5)) / 2e-5,  # measured, as in lesson 04
    plots.function(
        np.linspace(-4, 4, 161),
        {"tanh(z)": np.tanh, "sigmoid(z)": sigmoid},
        title="tanh and sigmoid",
        xlabel="z",
        ylabel="activation a",
    ),
)

# %% [markdown]
# The slope is 1, four times that of the sigmoid. So near 0 a message on its way back loses less in
# a tanh than in a sigmoid. That's one reason why people prefer it for hidden units. Far out the
# tanh is nearly flat, and its slope is never negative.
#
# As with the sigmoid, the slope follows from the activation $a = \tanh(z)$, which forward has
# computed already. Write $s = \mathrm{sigmoid}(2z)$, so that $a = 2s - 1$. By the chain rule $s$
# has the slope $2 \cdot s (1 - s)$. The slope of the tanh is twice that:
#
# $$4 s (1 - s) = 2s \cdot (2 - 2s) = (1 + a)(1 - a) = 1 - a^2$$
#
# **Worked example.** Where $a = 0.5$, the slope is $1 - 0.25 = 0.75$. **Now with gaps.** Where
# $a = -0.9$, the slope is $1 - \ldots = \ldots$
#
# <details><summary>Compare</summary>
#
# The square of -0.9 is 0.81, so the slope is 0.19. The sign of $a$ doesn't matter: the curve is as
# steep on the left as on the right.
#
# </details>
#
# ### Your turn: `tanh_derivative`
#
# The argument `a` is the activation, not `z`.


# %% solution="twolayer-tanh_derivative"
def tanh_derivative(a):
    """The slope of the tanh where its activation is a, entry by entry; the shape of a."""
    ### BEGIN SOLUTION
    return 1 - a**2
    ### END SOLUTION


# %% check="twolayer.tanh_derivative"

# %% [markdown]
# ## 4. Where to start
#
# Training needs a start. In lesson 06 you saw what equal weights do: the hidden units stay copies
# of each other. So draw the weights at random. We take *normal* random numbers: most lie near 0,
# and only a few beyond 2 or -2. The biases may start at 0, since different weights already make the
# units different.
#
# A <dfn>generator</dfn> is the object that random numbers are drawn from. You make one with a
# *seed*, a whole number of your choice, and pass the generator to every function that draws. The
# same seed gives the same run, today and in a year.
#
# **Decide.** `one` and `two` are generators with the same seed. Four numbers are drawn from `one`,
# then four from `two`, then four more from `one`. Which draws are equal: "all", "the first two" or
# "none"?

# %% solution="guess-draws"
# which draws are equal: "all", "the first two" or "none"
### BEGIN SOLUTION
guess = "the first two"
### END SOLUTION

# %%
one, two = np.random.default_rng(5), np.random.default_rng(5)
draws = [generator.standard_normal((1, 4)) for generator in (one, two, one)]
equal = {1: "all", 2: "the first two", 3: "none"}[len({draw[0, 0] for draw in draws})]
plots.resolve(guess, equal, choices=["all", "the first two", "none"])

# %% [markdown]
# Equal generators give equal numbers, and each draw moves a generator on.
#
# ### Your turn: `initialize_parameters`
#
# Return a dictionary with the keys `"W1"`, `"b1"`, `"W2"` and `"b2"`. The table in section 2 has
# the shapes. Draw the weights from `rng` and from nowhere else, as the cell above does.


# %% solution="twolayer-initialize_parameters"
def initialize_parameters(n_x, n_h, n_y, rng):
    """Normal weights W1 (n_h, n_x) and W2 (n_y, n_h), zero biases b1 (n_h, 1) and b2 (n_y, 1)."""
    ### BEGIN SOLUTION
    W1 = rng.standard_normal((n_h, n_x))
    W2 = rng.standard_normal((n_y, n_h))
    return {"W1": W1, "b1": np.zeros((n_h, 1)), "W2": W2, "b2": np.zeros((n_y, 1))}
    ### END SOLUTION


# %% check="twolayer.initialize_parameters"

# %% [markdown]
# ## 5. Forward
#
# **Worked example.** One sample $x = (2, 1)$, two hidden units, one output. Unit 1 has the weights
# 1 and -2 and the bias 1:
#
# $$z = 1 \cdot 2 - 2 \cdot 1 + 1 = 1, \qquad a = \tanh(1) = 0.762$$
#
# **Now with gaps.** Unit 2 has the weights -1 and 1 and the bias 1:
#
# $$z = -1 \cdot \ldots + 1 \cdot \ldots + \ldots = \ldots, \qquad a = \tanh(\ldots) = \ldots$$
#
# The output has the weights 2 and -1 and the bias -1. It reads the two activations, not $x$:
#
# $$z = 2 \cdot 0.762 - 1 \cdot \ldots - 1 = \ldots, \qquad a = \mathrm{sigmoid}(\ldots)$$
#
# <details><summary>Compare</summary>
#
# For unit 2, z is -2 + 1 + 1 = 0, and the tanh of 0 is 0. For the output, z is 1.524 - 0 - 1 =
# 0.524, and its sigmoid is 0.628. The network gives class 1 a probability of 62.8 %.
#
# </details>
#
# With all samples side by side, each step is one line:
#
# $$\begin{aligned}
# Z_1 &= W_1 X + b_1, & A_1 &= \tanh(Z_1), \\
# Z_2 &= W_2 A_1 + b_2, & A_2 &= \mathrm{sigmoid}(Z_2)
# \end{aligned}$$
#
# The way back will need some of these arrays again. The slope of the tanh is computed from $A_1$,
# and the gradient of $W_2$ needs $A_1$ as well, because that's what layer 2 reads. So forward keeps
# them in a cache, as in lesson 03.
#
# ### Your turn: `forward_propagation`
#
# Return two things: `A2`, then the cache, a dictionary with the keys `"Z1"`, `"A1"`, `"Z2"` and
# `"A2"`. `np.tanh` works on whole arrays.


# %% solution="twolayer-forward_propagation"
def forward_propagation(X, parameters):
    """X (n_x, m): returns A2 (n_y, m) and the cache, a dict with Z1, A1, Z2 and A2."""
    ### BEGIN SOLUTION
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
    ### END SOLUTION


# %% check="twolayer.forward_propagation"

# %% [markdown]
# Now run your function on the worked example. Its numbers agree with yours except in the last
# digit, where your paper was rounded.

# %%
x_paper, y_paper = np.array([[2.0], [1.0]]), np.array([[1.0]])
paper = {
    "W1": np.array([[1.0, -2.0], [-1.0, 1.0]]),
    "b1": np.array([[1.0], [1.0]]),
    "W2": np.array([[2.0, -1.0]]),
    "b2": np.array([[-1.0]]),
}
A2_paper, cache_paper = forward_propagation(x_paper, paper)
print("hidden activations:", ", ".join(f"{a:.3f}" for a in cache_paper["A1"][:, 0]))
print(f"output: z {cache_paper['Z2'][0, 0]:.3f}, probability {A2_paper[0, 0]:.3f}")

# %% [markdown]
# ## 6. One number for how bad it is
#
# Each output answers a yes-or-no question with a probability for yes. You know its loss from lesson
# 05, the binary cross-entropy: $-\log a$ where the right answer is yes, $-\log(1 - a)$ where it's
# no. The <dfn>cost</dfn> of a batch is the mean of its samples' losses. It's the loss that training
# lowers, under another name. Many books use that name, so the next function does too.
#
# **Worked example.** Three samples, one output, predictions 0.9, 0.2 and 0.6. The right answers are
# 1, 0 and 0. The first costs $-\log 0.9 = 0.105$, the second $-\log 0.8 = 0.223$.
#
# **Now with gaps.** The third costs $-\log \ldots = 0.916$. The mean of the three is $\ldots$
#
# <details><summary>Compare</summary>
#
# The third should be 0, and its probability of 0 is 0.4. The mean of 0.105, 0.223 and 0.916 is
# 0.415.
#
# </details>
#
# If there are several outputs, their losses add up. The division is by the number of samples, once:
#
# $$L = -\frac{1}{m} \sum_\mathrm{samples} \sum_\mathrm{outputs}
# \left( Y \log A_2 + (1 - Y) \log (1 - A_2) \right)$$
#
# ### Your turn: `compute_cost`
#
# Return one number. It should be finite even where `A2` is exactly 0 or 1, as in lesson 05.


# %% solution="twolayer-compute_cost"
def compute_cost(A2, Y):
    """A2 and Y (n_y, m): cross-entropy, the sum over outputs, the mean over samples."""
    ### BEGIN SOLUTION
    m = Y.shape[1]
    P = np.clip(A2, 1e-15, 1 - 1e-15)
    return -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / m
    ### END SOLUTION


# %% check="twolayer.compute_cost"

# %%
cost_example = compute_cost(np.array([[0.9, 0.2, 0.6]]), np.array([[1.0, 0.0, 0.0]]))
print(f"the worked example: {cost_example:.3f}")

# %% [markdown]
# ## 7. The way back
#
# At the output the slopes of the sigmoid and of the logarithm cancel, as in lesson 06. What's left
# is the prediction minus the right answer. From there you go back layer by layer.
#
# The network on paper said 0.628, and the right answer is 1. The activation of its unit 2 was 0.
#
# **Decide.** Does this sample change the weights that lead *into* unit 2, which said nothing?

# %% solution="guess-silent_unit"
# "yes" or "no"
### BEGIN SOLUTION
guess = "yes"
### END SOLUTION

# %% [markdown]
# **Worked example.** Read the column of unit 1. **Now with gaps**: fill in the column of unit 2.
#
# | step | unit 1, $a = 0.762$ | unit 2, $a = 0$ |
# |---|---|---|
# | at the output | $dz_2 = 0.628 - 1 = -0.372$ | the same |
# | gradient of $W_2$ there | $-0.372 \cdot 0.762 = -0.283$ | $-0.372 \cdot \ldots = \ldots$ |
# | message back, through 2 and -1 | $2 \cdot (-0.372) = -0.744$ | $-1 \cdot (-0.372) = \ldots$ |
# | slope of its tanh | $1 - 0.762^2 = 0.420$ | $1 - \ldots = \ldots$ |
# | $dz_1$ | $-0.744 \cdot 0.420 = -0.313$ | $\ldots \cdot \ldots = \ldots$ |
# | gradients of $W_1$, for $x = (2, 1)$ | $-0.625$ and $-0.313$ | $\ldots$ and $\ldots$ |
#
# The table keeps all digits until it prints, so a last digit may differ from your paper. When your
# column is full, run the next cell, step through it, and compare.

# %%
plots.resolve(
    guess,
    "yes",
    plots.two_layer_messages(paper, x_paper, y_paper),
    choices=["yes", "no"],
)

# %% [markdown]
# Yes. The weight in $W_2$ that reads unit 2 gets nothing from this sample, because it read a 0. But
# the weights of unit 2 do learn: at 0 the tanh is at its steepest, so the whole message passes.
#
# **Where does 1/m stand?** The loss is a mean, so every gradient has a factor 1/m. In lesson 06 it
# stood in $dZ_2$, and everything below was a plain sum. Many published networks leave $dZ_2$
# undivided and divide each $dW$ and each $db$ instead. This lesson does so too, because lesson 08
# takes apart one of them:
#
# $$dZ_2 = A_2 - Y, \qquad dW_2 = \frac{1}{m}\, dZ_2 A_1^\top, \qquad
# db_2 = \frac{1}{m} \sum_\mathrm{samples} dZ_2$$
#
# The four gradients are the same either way. Divide in one place, never in both.
#
# **Put in order.** Here are the steps for a whole batch, shuffled. Which order works?
#
# - (a) send the message back through the weights of layer 2
# - (b) the gradients of layer 1, with $X$
# - (c) the difference at the output
# - (d) multiply by the slope of the tanh
# - (e) the gradients of layer 2, with $A_1$
#
# <details><summary>Compare</summary>
#
# (c) comes first. Then (a), (d), (b) in this order. (e) may come anywhere after (c).
#
# </details>
#
# ### Your turn: `backward_propagation`
#
# Return a dictionary with the keys `"dW1"`, `"db1"`, `"dW2"` and `"db2"`. Each gradient has the
# shape of its parameter. Leave the cache as it is.


# %% solution="twolayer-backward_propagation"
def backward_propagation(parameters, cache, X, Y):
    """The gradients of the cost, a dict: dW1, db1, dW2, db2, shaped like W1, b1, W2 and b2."""
    ### BEGIN SOLUTION
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (parameters["W2"].T @ dZ2) * tanh_derivative(A1)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
    ### END SOLUTION


# %% check="twolayer.backward_propagation"

# %% [markdown]
# ## 8. Measure it
#
# Don't take the check's word for it. Lesson 04 gave you a way to measure a gradient. Here it is for
# all four, on a small batch. Read how `measured` works: you'll need it in lesson 08, on code that
# somebody else wrote.

# %%
rng = np.random.default_rng(2)
X_small = rng.normal(size=(2, 5))
Y_small = rng.integers(0, 2, size=(1, 5))
start = initialize_parameters(2, 3, 1, rng)


def measured(name):
    """The numeric gradient of the cost for one of the four parameters."""

    def cost_with(theta):
        changed = {**start, name: theta}  # a copy of start with one entry replaced
        A2, _ = forward_propagation(X_small, changed)
        return compute_cost(A2, Y_small)

    return numeric_gradient(cost_with, start[name])


_, cache_small = forward_propagation(X_small, start)
grads = backward_propagation(start, cache_small, X_small, Y_small)
for name in ("W1", "b1", "W2", "b2"):
    error = relative_error(grads[f"d{name}"], measured(name))
    print(f"d{name}: {'agrees' if error < 1e-6 else 'does NOT agree'}")

# %% [markdown]
# ### In your own words
#
# A friend pastes her batch together with a copy of itself. Now every sample is in it twice, and $m$
# is twice as large. What happens to the cost and to the four gradients? And what would happen if
# the 1/m were missing, and she trained with the same learning rate? Answer in three or four
# sentences. Write yours first: the fold below has a model answer and says what earns the two
# points.

# %% [markdown] written="twolayer-copies" points=2
# <!-- BEGIN SOLUTION -->
# The cost and the gradients stay the same. They are means: every sum doubles, because each sample
# counts twice, and m doubles as well. Without the 1/m they would be sums, so the cost and all four
# gradients would double. Each step would then be twice as long, as if she had doubled the learning
# rate, and one that worked for the small batch may be too large for the big one.
# <!-- END SOLUTION -->

# %% [markdown] rubric="twolayer-copies"
# - 1 point: with 1/m nothing changes, because the sums and m both double.
# - 1 point: without 1/m the gradients double, so the steps are twice as long, as with twice the
#   learning rate.

# %% [markdown]
# ### If you want more
#
# Give the hidden layer ReLU units. One line changes in `forward_propagation`, one in
# `backward_propagation`. Then run the cell of section 8 again. If a gradient doesn't agree, think
# of lesson 04 before you blame your code: how close is a hidden unit to its corner?
#
# ## Recap
#
# - The tanh goes from -1 to 1. Its slope follows from its activation: one minus the square.
# - Random weights make the hidden units different; biases may start at 0. Draw from the generator
#   that you were given.
# - Forward keeps in a cache what backward needs. Backward leaves the cache alone.
# - The cost is a mean over the samples, and so are the gradients. Divide by m in one place.
#
# ### The formulas on one card
#
# | forward | backward | shape |
# |---|---|---|
# | $Z_1 = W_1 X + b_1$ | $dW_1 = \frac{1}{m}\, dZ_1 X^\top$ | $(n_h, n_x)$ |
# | | $db_1 = \frac{1}{m} \sum_\mathrm{samples} dZ_1$ | $(n_h, 1)$ |
# | $A_1 = \tanh(Z_1)$ | $dZ_1 = (W_2^\top dZ_2) \odot (1 - A_1^2)$ | $(n_h, m)$ |
# | $Z_2 = W_2 A_1 + b_2$ | $dW_2 = \frac{1}{m}\, dZ_2 A_1^\top$ | $(n_y, n_h)$ |
# | | $db_2 = \frac{1}{m} \sum_\mathrm{samples} dZ_2$ | $(n_y, 1)$ |
# | $A_2 = \mathrm{sigmoid}(Z_2)$ | $dZ_2 = A_2 - Y$, undivided here | $(n_y, m)$ |
#
# ### What comes next
#
# Your network can go forward and back, but it hasn't learned anything yet. In lesson 08 you train
# it on two moons, and you find out what is wrong with a network that somebody published.
