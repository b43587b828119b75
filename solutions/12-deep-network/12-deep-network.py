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
# # A deep network: any number of layers
#
# **After this lesson you will be able to**
#
# - start a network of any depth, so that its numbers neither grow nor fade on the way;
# - send samples forward and gradients back through any number of layers, with one loop each;
# - compute a loss that stays exact where a probability would be rounded to 0 or 1;
# - reproduce, to the printed digits, the gradients of a framework, and say why they looked
#   different at first;
# - put all of it into a class, and let it learn two spirals.
#
# **Time**: about 145 minutes for 3,900 words to read and 12 exercises; a good place for a break is
# after section 4. **Builds on**: lessons 04 (gradient checking), 06 (a whole training), 09 (samples
# in rows) and 11 (Glorot's rule).

# %%
from itertools import pairwise

import numpy as np

from lessonlib import check, nn, plots
from lessonlib.data import spirals, xor
from lessonlib.reference import keras_two_hidden_layers

# %% [markdown]
# ## Two questions from earlier lessons
#
# Answer from memory. The effort of remembering is what makes it stay.
#
# ### How many parameters?
#
# A network 2-4-3-1 has two inputs, layers of four and of three hidden units, and one output unit.
# How many parameters has it in all? Set `count` to a number.

# %% solution="deep-recall_1"
# count: one number
### BEGIN SOLUTION
count = 31
### END SOLUTION

# %% check="deep.recall_1"

# %% [markdown]
# ### What counts as evidence?
#
# Somebody has written the backward pass of a network, and says that it is right. Which of these
# shows it? Set `evidence` to a letter.
#
# - (a) The loss goes down in every single step.
# - (b) Every gradient has the shape of its parameter.
# - (c) Every gradient differs from central differences by a relative error below 1e-6.
# - (d) The network learns XOR, from each of a hundred starts.

# %% solution="deep-recall_2"
# evidence: "a", "b", "c" or "d"
### BEGIN SOLUTION
evidence = "c"
### END SOLUTION

# %% check="deep.recall_2"

# %% [markdown]
# ## 1. Depth is a list
#
# In lesson 03 you went through three layers by hand, with `W1` to `W3` and a line of code for each.
# For ten layers that would be ten lines forward and thirty back, all alike. Whatever is all alike
# belongs into a loop. A <dfn>deep network</dfn> is a list of layers, each reading what the layer
# before it gave:
#
# $$\text{parameters} = [(W_1, b_1), (W_2, b_2), \ldots, (W_L, b_L)]$$
#
# Samples stand in rows, as in lesson 09: $W_l$ has a row for each input of its layer and a column
# for each unit, and $b_l$ is flat. Here is one with $L = 3$ layers, 2-4-3-1. Its weights were
# printed by Keras, a <dfn>framework</dfn>: a library of ready-made layers, losses and gradients.
# You will meet them again in section 6.

# %%
keras = keras_two_hidden_layers()

# The figure was made for the columns convention: it wants one row for each unit.
plots.network(
    [keras[name].T.round(2) for name in ("W1", "W2", "W3")],
    names=["input", "hidden 1", "hidden 2", "output"],
    title="A network 2-4-3-1 and its weights",
)

# %% [markdown]
# **Decide, then run.** What are the shapes of the three weight matrices, and of the three biases?

# %%
layer_sizes = [2, 4, 3, 1]
for left, right in pairwise(layer_sizes):
    print(f"from {left} to {right}:   W is ({left}, {right}) and b is ({right},)")

# %% [markdown]
# Python's `pairwise` gives all pairs of neighbours in a list. You will need it again.
#
# ### How large should the first weights be?
#
# Equal weights never part (lesson 06), so the weights start at random. But how large? A unit adds
# up $n_\mathrm{in}$ products. To see how large such a sum gets, we need a word for *how far numbers
# lie from their mean*. The <dfn>standard deviation</dfn> is the root of the mean squared distance
# from the mean. Its square is called the variance. NumPy has `np.std`.
#
# **Decide, then run.** Inputs and weights are normal random numbers with standard deviation 1. A
# unit adds up 1, 4, 25 or 100 products of them. How large will the sum of 100 be beside a single
# product: as large, 10 times, or 100 times?

# %%
rng = np.random.default_rng(0)
for n_in in (1, 4, 25, 100):
    sums = (rng.normal(size=(4000, n_in)) * rng.normal(size=(4000, n_in))).sum(axis=1)
    print(f"{n_in:3d} products: the sum has the standard deviation {np.std(sums):5.2f}")

# %% [markdown]
# About 10 times, the square root of 100: some products are negative and cancel others. So weights
# with the standard deviation $1/\sqrt{n_\mathrm{in}}$ would keep the sum as large as the inputs.
# That is the whole idea. Two refinements of it have names:
#
# | scheme | variance of the weights | made for |
# |---|---|---|
# | `"he"` | $2 / n_\mathrm{in}$ | ReLU |
# | `"glorot"` | $2 / (n_\mathrm{in} + n_\mathrm{out})$ | tanh, and used for the sigmoid |
#
# Both are named after the people who found them, Kaiming He and Xavier Glorot. <dfn>He's rule</dfn>
# has a 2 because a ReLU stops about half of what arrives. Glorot's rule takes the mean of the two
# sizes, since the gradients on the way back add up $n_\mathrm{out}$ products; where both sizes are
# equal, the variance is $1 / n_\mathrm{in}$ again. In lesson 11 you drew its weights evenly from an
# interval; normal numbers of the same spread do as well.
#
# **Worked example.** A layer from 50 to 30 with `"he"`: the variance is $2/50 = 0.04$, so the
# standard deviation is $\sqrt{0.04} = 0.2$.
#
# **Now with gaps.** The same layer with `"glorot"`: the variance is $2/\ldots = \ldots$, and the
# standard deviation is about $\ldots$
#
# <details><summary>Compare</summary>
#
# 2/80 is 0.025, and its square root is about 0.158.
#
# </details>
#
# ### Your turn: `initialize`
#
# Return a list with a pair `(W, b)` for each layer: `W` normal with the standard deviation of the
# scheme, `b` zeros. Draw everything from `rng`.


# %% solution="deep-initialize"
def initialize(layer_sizes, rng, scheme="he"):
    """Returns [(W, b), ...], one pair a layer: W (n_in, n_out) normal, b (n_out,) zeros."""
    ### BEGIN SOLUTION
    parameters = []
    for n_in, n_out in pairwise(layer_sizes):
        variance = 2 / n_in if scheme == "he" else 2 / (n_in + n_out)
        W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        parameters.append((W, np.zeros(n_out)))
    return parameters
    ### END SOLUTION


# %% check="deep.initialize"

# %% [markdown]
# ## 2. Forward, as a loop
#
# Two small helpers first. They let the name of an activation choose the function. `slope` is for
# the way back: for each of the three hidden activations the slope can be read off the activation
# itself, so that is what it takes.


# %%
def activate(Z, kind):
    """The activation called `kind`, entry by entry; softmax row by row."""
    if kind == "linear":
        return Z.copy()
    functions = {"relu": nn.relu, "tanh": np.tanh, "sigmoid": nn.sigmoid, "softmax": nn.softmax}
    return functions[kind](Z)


def slope(A, kind):
    """The slope of relu, tanh or sigmoid where the activation is A."""
    slopes = {
        "relu": nn.relu_derivative,
        "tanh": nn.tanh_derivative,
        "sigmoid": nn.sigmoid_derivative,
    }
    return slopes[kind](A)


# %% [markdown]
# The hidden layers all have the same activation, called `hidden`. The last layer has one of its
# own, called `output`: a sigmoid for yes or no, a softmax for one of several classes, linear for
# numbers of any size.
#
# **Worked example**, with two layers, written out line by line. For the way back each layer keeps a
# cache, a dictionary of three arrays: `A_prev`, what it was given; `Z`, its sum; `A`, what it gave.

# %%
X, Y = xor()
(W1, b1), (W2, b2) = initialize([2, 3, 1], np.random.default_rng(0))

A0 = X
Z1 = A0 @ W1 + b1
A1 = activate(Z1, "relu")
Z2 = A1 @ W2 + b2
A2 = activate(Z2, "sigmoid")
P = A2

caches = [{"A_prev": A0, "Z": Z1, "A": A1}, {"A_prev": A1, "Z": Z2, "A": A2}]
for layer, cache in enumerate(caches, start=1):
    shapes = ", ".join(f"{name} {array.shape}" for name, array in cache.items())
    print(f"layer {layer}: {shapes}")

# %% [markdown]
# The lines come in pairs, and every pair does the same with other letters. So let `A` stand for
# *what the last layer gave*. Before the first layer that is `X`.
#
# **Now with gaps.** Three layers, 2-4-3-1, with `hidden="tanh"` and `output="sigmoid"`, four
# samples. Fill in the table for the loop:
#
# | round | shape of `A` before | kind of activation | shape of `A` after |
# |---|---|---|---|
# | 1 | (4, 2) | tanh | (4, 4) |
# | 2 | … | … | … |
# | 3 | … | … | … |
#
# <details><summary>Compare</summary>
#
# Round 2: (4, 4), tanh, (4, 3). Round 3: (4, 3), sigmoid, (4, 1). Only the last round differs in
# kind, and what comes out of it is P.
#
# </details>
#
# ### Your turn: `forward`
#
# Return `P` and the list of caches, one dictionary a layer, with the three keys of the example:
# later cells read the caches by these names. The check tries every pair of activations, with one to
# four layers. In its messages it lays the arrays of all caches side by side.


# %% solution="deep-forward"
def forward(X, parameters, hidden="relu", output="sigmoid"):
    """X (m, n_in), parameters [(W, b), ...]: returns P (m, n_out) and the list of caches.

    A cache is a dictionary with "A_prev" (m, n_in of the layer), "Z" and "A" (m, n of the layer).
    """
    ### BEGIN SOLUTION
    A, caches = X, []
    for i, (W, b) in enumerate(parameters):
        A_prev = A
        Z = A_prev @ W + b
        A = activate(Z, output if i == len(parameters) - 1 else hidden)
        caches.append({"A_prev": A_prev, "Z": Z, "A": A})
    return A, caches
    ### END SOLUTION


# %% check="deep.forward"

# %% [markdown]
# Now depth is a number that you choose. The same function, one layer and then twelve:

# %%
for sizes in ([2, 1], [2, 4, 3, 1], [2] + [6] * 11 + [1]):
    start = initialize(sizes, np.random.default_rng(1), "glorot")
    P, caches = forward(X, start, hidden="tanh")
    print(f"depth {len(caches):2d}: P is {P.shape}, between {P.min():.3f} and {P.max():.3f}")

# %% [markdown]
# ## 3. What becomes of the numbers on the way?
#
# You chose the spread of the weights by an argument about one layer. Does it hold through ten? The
# way to know is to measure: send data through, and take the standard deviation of the activations
# after each layer.
#
# ### Your turn: `layer_scales`
#
# Every layer in `parameters` has the activation `hidden` here, the last one too. Return a list with
# one number a layer: the standard deviation over all entries of its activations.


# %% solution="deep-layer_scales"
def layer_scales(X, parameters, hidden):
    """Returns a list: the standard deviation of the activations of each layer."""
    ### BEGIN SOLUTION
    A, scales = X, []
    for W, b in parameters:
        A = activate(A @ W + b, hidden)
        scales.append(np.std(A))
    return scales
    ### END SOLUTION


# %% check="deep.layer_scales"

# %% [markdown]
# **Decide, then run.** Ten ReLU layers of 50 units, started in four ways: normal weights of
# standard deviation 0.01, of standard deviation 1, by Glorot's rule and by He's. Which of the four
# keeps the activations as large as they came in? What will the other three do? The scale on the
# left is in powers of ten.

# %%
sizes = [50] * 11
data = np.random.default_rng(2).normal(size=(200, 50))


def weights_of(spread, seed=3):
    """Ten layers of 50 units, all weights with this standard deviation."""
    rng = np.random.default_rng(seed)
    return [(spread * rng.normal(size=(50, 50)), np.zeros(50)) for _ in range(10)]


starts = {
    "weights 1": weights_of(1.0),
    "He's rule": initialize(sizes, np.random.default_rng(3), "he"),
    "Glorot's rule": initialize(sizes, np.random.default_rng(3), "glorot"),
    "weights 0.01": weights_of(0.01),
}
plots.layer_scales(
    {name: layer_scales(data, parameters, "relu") for name, parameters in starts.items()},
    title="Ten ReLU layers: how large the activations are",
)

# %% [markdown]
# With 1 the numbers grow by a factor of about five in every layer; with 0.01 they shrink to
# nothing. Both are straight lines on this scale, and that is the point: **depth multiplies**. A
# factor a little off 1, ten times over, is far off. He's rule has the factor right for ReLU layers:
# a variance of $2/50$. Glorot's gives $2/(50 + 50)$, half of that. It does not make up for the half
# that a ReLU stops, and loses a little in each layer.
#
# A tanh cannot grow beyond 1. What it does instead can be seen in the histograms: a bar is the
# higher, the more activations lie there.
#
# **Decide, then run.** Where will the activations of a tanh layer lie if its weights are far too
# large?

# %%
histograms = {}
for name in ("weights 1", "Glorot's rule", "weights 0.01"):
    _, caches = forward(data, starts[name], hidden="tanh", output="tanh")
    histograms[name] = [caches[layer]["A"] for layer in (0, 1, 3, 6, 9)]

plots.layer_histograms(
    histograms,
    interval=(-1, 1),
    title="Layers 1, 2, 4, 7 and 10 of a tanh network",
    names=["layer 1", "layer 2", "layer 4", "layer 7", "layer 10"],
)

# %% [markdown]
# With large weights nearly all activations are at -1 or 1. Such units are called saturated. There
# the tanh is flat, its slope is close to 0, and hardly any gradient gets through. With small
# weights every activation is next to 0, and the layers have nothing to tell each other. By Glorot's
# rule they draw together a little from layer to layer, but stay spread out, and off the flat ends.
#
# ## 4. A loss that stays exact
#
# A sigmoid output with the binary cross-entropy charges $-\log p$ where $y = 1$ and $-\log(1 - p)$
# where $y = 0$. What goes into the sigmoid is the score $z$; for a sigmoid it is also called the
# <dfn>logit</dfn>. An early network is often wildly wrong: a large score on the wrong side.
#
# **Decide, then run.** The right answer is $y = 0$, and $1 - p = 1/(1 + e^z)$. What should the loss
# be for the scores 5, 20, 40 and 1000, roughly? And what will the formula give in floating point?

# %%
print("score z   1 - p      -log(1 - p)")
for z in (5.0, 20.0, 40.0, 1000.0):
    p = nn.sigmoid(z)
    with np.errstate(divide="ignore"):  # no warning for log(0): we want to see what it gives
        print(f"{z:7.0f}   {1 - p:7.1e}   {-np.log(1 - p):9.3f}")

# %% [markdown]
# The loss should be about $z$ itself, for $-\log(1 - p) = \log(1 + e^z)$, and beside a large $e^z$
# the 1 does not count. At 20 that holds. At 40 the probability is rounded to 1, and the loss
# becomes infinite. The cure is to never make the probability.
#
# For $y = 1$ the loss is $-\log p = \log(1 + e^{-z})$. It differs from the other one by $z$ alone.
# For $1 + e^z$ is $e^z$ times $1 + e^{-z}$, and a logarithm turns the product into a sum:
#
# $$\log(1 + e^z) = z + \log(1 + e^{-z})$$
#
# So both answers become one formula. With $y = 1$ it takes the $z$ away, with $y = 0$ it does not:
#
# $$\ell = \log(1 + e^z) - z\,y$$
#
# Now $e^z$ can overflow, for large $z$. So for $z > 0$ write $z + \log(1 + e^{-z})$ instead, which
# is the same. For $z \le 0$ leave it. Both cases together:
#
# $$\ell = \max(z, 0) - z\,y + \log(1 + e^{-|z|})$$
#
# Here exp only ever sees a number that is not above 0. Nothing can overflow.
#
# **Worked example.** $z = 3$, $y = 0$: the terms are 3, 0 and $\log(1 + e^{-3}) = 0.048587$. The
# loss is 3.048587.
#
# **Now with gaps.** $z = -2$, $y = 1$: the terms are $\max(-2, 0) = \ldots$, $-z\,y = \ldots$ and
# $\log(1 + e^{\ldots}) = 0.126928$. The loss is $\ldots$
#
# <details><summary>Compare</summary>
#
# The terms are 0 and 2, the exponent is -2, and the loss is 2.126928: a score on the wrong side
# costs about as much as it is far out.
#
# </details>
#
# ### Your turn: `bce_from_logits`
#
# For `Z` and `Y` of shape `(m, n_out)`: add up the losses of all entries, and divide by the number
# of samples `m`. Several outputs of one sample are added, not averaged. The result is one number.


# %% solution="deep-bce_from_logits"
def bce_from_logits(Z, Y):
    """Z, Y (m, n_out): returns the loss, summed over the outputs, the mean over the m samples."""
    ### BEGIN SOLUTION
    losses = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))
    return np.sum(losses) / len(Z)
    ### END SOLUTION


# %% check="deep.bce_from_logits"

# %%
for z in (5.0, 20.0, 40.0, 1000.0):
    loss = bce_from_logits(np.array([[z]]), np.array([[0.0]]))
    print(f"score {z:6.0f}, y = 0: loss {loss:9.3f}")

# %% [markdown]
# Frameworks have this function too; look for the words *from logits* in their documents.
#
# **A good place for a break.** You have a network that starts well, runs forward, and has a loss.
# After the break it learns.
#
# ## 5. Backward, as a loop
#
# Going back begins at the output, with the gradient of the loss for the last layer's $Z$. Each kind
# of output has a loss that matches it, and then the slope of the activation and the slope of the
# loss cancel, as you saw in lesson 03 for the softmax and in lesson 06 for the sigmoid:
#
# | output | loss that matches, for $m$ samples | gradient for $Z_L$ |
# |---|---|---|
# | sigmoid | binary cross-entropy, mean over the samples | $(P - Y) / m$ |
# | softmax | cross-entropy, mean over the samples | $(P - Y) / m$ |
# | linear | $\frac{1}{2m} \sum (P - Y)^2$ | $(P - Y) / m$ |
#
# Three losses, one beginning. The $1/m$ of the mean is in it, **once**. All that follows inherits
# it.
#
# Then, for each layer from the last to the first:
#
# $$dW_l = A_{l-1}^\top\, dZ_l \qquad db_l = \sum_\mathrm{samples} dZ_l \qquad
# dZ_{l-1} = \left(dZ_l\, W_l^\top\right) \odot f'(Z_{l-1})$$
#
# **Worked example.** A network 1-1-1 with a ReLU and a linear output, one sample: $x = 2$, $y = 4$,
# $w_1 = 1.5$, $b_1 = 0$, $w_2 = 2$, $b_2 = -1$. Forward: $z_1 = 1.5 \cdot 2 = 3$, so $a_1 = 3$, and
# $p = z_2 = 2 \cdot 3 - 1 = 5$. Then back, from the last layer to the first:
#
# | layer | backward |
# |---|---|
# | 2 | $dz_2 = 5 - 4 = 1$, $dw_2 = a_1 \cdot dz_2 = 3 \cdot 1 = 3$, $db_2 = dz_2 = 1$ |
# | down | $dz_2 \cdot w_2 = 1 \cdot 2 = 2$, times the slope 1 |
# | 1 | $dz_1 = 2$, $dw_1 = x \cdot dz_1 = 2 \cdot 2 = 4$, $db_1 = dz_1 = 2$ |
#
# **Now with gaps.** The same form with a tanh unit whose activation is $a_1 = 0.6$, and $x = 2$,
# $w_2 = 2$, $b_2 = 0$, $y = 0.2$, so that $p = 1.2$:
#
# | layer | backward |
# |---|---|
# | 2 | $dz_2 = 1.2 - 0.2 = \ldots$, $dw_2 = \ldots$, $db_2 = \ldots$ |
# | down | $dz_2 \cdot w_2 = \ldots$, times the slope $\ldots$ |
# | 1 | $dz_1 = \ldots$, $dw_1 = \ldots$, $db_1 = \ldots$ |
#
# <details><summary>Compare</summary>
#
# Layer 2: 1, 0.6 and 1. Down: 2, times the slope 1 - 0.36 = 0.64. Layer 1: 1.28, 2.56 and 1.28.
#
# </details>

# %% [markdown]
# **Put in order.** These are the steps of one round of the loop, and two that stand outside it,
# shuffled. What comes first, what is repeated, what comes last?
#
# - (a) multiply what came down by the slope at the layer below
# - (b) add up dZ over the samples, for db
# - (c) subtract Y from P and divide by m
# - (d) hand back the list, the first layer first
# - (e) send dZ down through the weights of this layer
# - (f) multiply what the layer was given by dZ, for dW
#
# <details><summary>Compare</summary>
#
# (c) is first, once. Repeated are (f) and (b), in any order, then (e), then (a), which makes the dZ
# of the next round. Below the first layer there is nothing, so (e) and (a) are not needed there.
# (d) is last.
#
# </details>
#
# ### Your turn: `backward`
#
# Return a list of pairs `(dW, db)` in the order of `parameters`. The caches are those of `forward`.
# In its messages the check counts the layers from the end, as Python does: `dW[-1]` belongs to the
# last layer, where the way back begins.


# %% solution="deep-backward"
def backward(P, Y, parameters, caches, hidden="relu"):
    """P, Y (m, n_out): returns [(dW, db), ...] like parameters, means over the samples."""
    ### BEGIN SOLUTION
    dZ, grads = (P - Y) / len(Y), []
    for i in reversed(range(len(parameters))):
        A_prev, W = caches[i]["A_prev"], parameters[i][0]
        grads.insert(0, (A_prev.T @ dZ, dZ.sum(axis=0)))
        if i > 0:
            dZ = (dZ @ W.T) * slope(A_prev, hidden)
    return grads
    ### END SOLUTION


# %% check="deep.backward"

# %% [markdown]
# ### Check it yourself
#
# You answered above what counts as evidence. So here it is, as a helper that you can use on any
# gradients: for each parameter the relative error against central differences. It needs `forward`
# and one of the three losses, and nothing of `backward`.


# %%
def loss_of(P, Y, output):
    """The loss that matches an output, the mean over the samples."""
    if output == "sigmoid":
        return nn.binary_cross_entropy(P, Y)
    if output == "softmax":
        return nn.cross_entropy(P, Y)
    return np.sum((P - Y) ** 2) / (2 * len(Y))


def relative_errors(parameters, grads, X, Y, hidden, output):
    """Print the relative error of each gradient; right ones come out below 1e-6."""
    for layer, gradients in enumerate(grads):
        for which, name in enumerate(("W", "b")):
            # the loss, with theta in the place of this one array
            def loss(theta, layer=layer, which=which):
                changed = [list(pair) for pair in parameters]
                changed[layer][which] = theta
                return loss_of(forward(X, changed, hidden, output)[0], Y, output)

            numeric = nn.numeric_gradient(loss, parameters[layer][which])
            error = nn.relative_error(gradients[which], numeric)
            said = "below 1e-8" if error < 1e-8 else f"{error:.1e}"
            print(f"d{name}{layer + 1}: {said}")


# %% [markdown]
# The biases get small random numbers first: with zeros a mistake can hide.


# %%
def network_to_check(sizes, m, seed):
    """m samples with a random class each, and a network with random biases."""
    rng = np.random.default_rng(seed)
    parameters = initialize(sizes, rng, "glorot")
    parameters = [(W, 0.1 * rng.normal(size=b.shape)) for W, b in parameters]
    X = rng.normal(size=(m, sizes[0]))
    Y = np.eye(sizes[-1])[rng.integers(0, sizes[-1], size=m)]
    return X, Y, parameters


X, Y, parameters = network_to_check([3, 5, 4, 2], m=7, seed=4)
P, caches = forward(X, parameters, "tanh", "softmax")
relative_errors(parameters, backward(P, Y, parameters, caches, "tanh"), X, Y, "tanh", "softmax")

# %% [markdown]
# ## 6. A framework's gradients, reproduced
#
# The network of the figure in section 1 was made with Keras: 2-4-3-1, a sigmoid in every layer,
# every bias 0. It was shown the four samples of XOR, and Keras was asked for the gradients. It
# finds them by itself; how it does that is the story of lesson 17. This is what it printed:

# %%
for name in ("dW3", "db3", "dW2", "db2", "dW1", "db1"):
    print(f"{name}:")
    for row in np.atleast_2d(keras[name]):
        print("   ", "  ".join(f"{value:11.8f}" for value in row))

# %% [markdown]
# Your `backward` can do that. One thing has to be settled first: **gradients of what?** Keras was
# handed `loss = binary_crossentropy(y, predictions)`. That is not one number but four, one loss for
# each sample. Asked for the gradient of several numbers, Keras gives the gradient of their *sum*.
# Yours is the gradient of the *mean*.
#
# **Decide.** By which factor will every number differ?
#
# <details><summary>Compare</summary>
#
# The mean is the sum, divided by the number of samples. There are four, so Keras's gradients are
# four times yours. The direction is the same. With a learning rate four times smaller the step
# would be the same too.
#
# </details>
#
# ### Your turn: `grads`
#
# Run Keras's network forward and back with your functions, and bring the result to the same loss.
# Set `grads` to the list of the three pairs `(dW, db)`, the first layer first.

# %%
X, Y = keras["X"], keras["Y"]
keras_parameters = [
    (keras["W1"], np.zeros(4)),
    (keras["W2"], np.zeros(3)),
    (keras["W3"], np.zeros(1)),
]

# %% solution="deep-framework_gradients"
# grads: [(dW1, db1), (dW2, db2), (dW3, db3)], of the sum over the four samples
### BEGIN SOLUTION
_P, _caches = forward(X, keras_parameters, hidden="sigmoid", output="sigmoid")
_means = backward(_P, Y, keras_parameters, _caches, hidden="sigmoid")
grads = [(len(Y) * dW, len(Y) * db) for dW, db in _means]
### END SOLUTION

# %% check="deep.framework_gradients"

# %% [markdown]
# How close is it? Keras calculated with about seven digits (float32), you with sixteen (float64).

# %%
for layer, (dW, db) in enumerate(grads, start=1):
    for name, mine in ((f"dW{layer}", dW), (f"db{layer}", db)):
        difference = np.max(np.abs(mine - keras[name]))
        print(f"{name}: the largest difference is {difference:.0e}")

# %% [markdown]
# All that is left is Keras's own rounding. A framework does nothing that you have not done.
#
# **If you like.** The next cell asks PyTorch, another framework, if it is installed here. The
# course does not need it. It stacks the same three layers out of ready-made parts, and asks for the
# gradients of the sum, in one line.

# %% tags=["nbval-ignore-output"]
try:
    import torch
except ImportError:
    torch = None

if torch is None:
    print("PyTorch is not installed here. It would agree to about sixteen digits.")
else:
    tensors = [
        torch.tensor(array, dtype=torch.float64, requires_grad=True)
        for pair in keras_parameters
        for array in pair
    ]
    A = torch.tensor(X, dtype=torch.float64)
    for W, b in zip(tensors[::2], tensors[1::2], strict=True):
        A = torch.sigmoid(A @ W + b)
    target = torch.tensor(Y, dtype=torch.float64)
    loss = torch.nn.functional.binary_cross_entropy(A, target, reduction="sum")
    loss.backward()
    mine = [array for pair in grads for array in pair]
    theirs = [tensor.grad.numpy() for tensor in tensors]
    largest = max(np.max(np.abs(a - b)) for a, b in zip(mine, theirs, strict=True))
    print(f"PyTorch {torch.__version__} agrees: the largest difference is {largest:.0e}.")

# %% [markdown]
# ## 7. What becomes of the gradients on the way back?
#
# Section 3 followed the numbers forward. The gradients go through the same layers in the other
# direction, and there, too, depth multiplies: each layer brings a product with $W^\top$ and a
# product with the slope.
#
# **Decide, then run.** Ten layers again, with ReLU (started by He's rule), tanh and sigmoid
# (started by Glorot's). The slope of the ReLU is 0 or 1, that of the tanh at most 1, that of the
# sigmoid at most 0.25. How much smaller than those of the tenth layer will the gradients of the
# first layer be, in each of the three: a few times, hundreds of times, hundreds of thousands of
# times?

# %%
sizes = [50] * 10 + [1]
target = (data[:, :1] > 0).astype(float)
gradient_scales = {}
for hidden, scheme in (("relu", "he"), ("tanh", "glorot"), ("sigmoid", "glorot")):
    start = initialize(sizes, np.random.default_rng(5), scheme)
    P, caches = forward(data, start, hidden)
    gradients = backward(P, target, start, caches, hidden)
    gradient_scales[hidden] = [np.std(dW) for dW, db in gradients]

plots.layer_scales(
    gradient_scales,
    title="Ten layers: how large the gradients dW are",
    ylabel="standard deviation of dW",
)

# %% [markdown]
# Read the figure from right to left, as the gradients travel. With ReLU and tanh they lose
# something in the first step, and then stay as large as they are. In the sigmoid network each layer
# passes on about a quarter of what arrives, and in the first layer two millionths are left. So the
# first layer learns next to nothing, while the last layers learn. That is called a <dfn>vanishing
# gradient</dfn>. It was a main reason why deep networks were so hard to train until about 2010. A
# start by the right rule and units that do not flatten on both sides are two cures.
#
# ### In your own words
#
# A friend has a network of ten sigmoid layers. The loss falls a little and then stays where it is,
# and the weights of the first five layers hardly move at all. A colleague says that backward must
# have a bug. Explain in four or five sentences what may happen although every gradient is right,
# which factor in the formula for $dZ_{l-1}$ is to blame, how your friend could find out which of
# the two it is, and name one cure. A person will read your answer and give up to 2 points.

# %% [markdown] written="deep-explain" points=2
# <!-- BEGIN SOLUTION -->
# On the way back each layer multiplies by the slope of the sigmoid, which is at most 0.25, and by
# its weights. Ten such factors make the gradient of the first layers many thousands of times
# smaller than that of the last: it vanishes, so these layers hardly move, though the numbers are
# right. The factor is f'(Z). To find out: check the gradients against central differences. If every
# relative error is below 1e-6 there is no bug; then print the size of dW layer by layer and see it
# shrink. Cures: ReLU (slope 1 where it fires) with He's rule, or tanh with Glorot's rule, or fewer
# layers.
# <!-- END SOLUTION -->

# %% [markdown]
# ## 8. A step, and a class that holds everything
#
# ### Your turn: `update`
#
# One step of gradient descent, for every layer: $W - \text{rate} \cdot dW$ and
# $b - \text{rate} \cdot db$. Return a new list. The old arrays stay as they are.


# %% solution="deep-update"
def update(parameters, grads, learning_rate):
    """Returns a new list of pairs (W, b), one step of gradient descent further."""
    ### BEGIN SOLUTION
    new_parameters = []
    for (W, b), (dW, db) in zip(parameters, grads, strict=True):
        new_parameters.append((W - learning_rate * dW, b - learning_rate * db))
    return new_parameters
    ### END SOLUTION


# %% check="deep.update"

# %% [markdown]
# Now you have four functions, and you hand the same three things from one to the other: the
# parameters and the names of the two activations. What belongs together can live in one object. A
# class in Python says what such an object holds and what can be done with it; `self` is the object
# itself. What is put into `self.value` in one call is still there in the next. **Worked example**,
# a class that holds one number:


# %%
class Counter:
    def __init__(self, start):
        """Runs when an object is made: Counter(3)."""
        self.value = start

    def add(self, step, times):
        """Changes what the object holds."""
        for _ in range(times):
            self.value = self.value + step

    def summary(self):
        """Returns a text about the object."""
        return "\n".join(["value", f"{self.value:5d}"])


counter = Counter(3)
counter.add(step=2, times=5)
counter.add(step=1, times=1)
print(counter.summary())

# %% [markdown]
# Note that the second call of `add` went on where the first had stopped. The next class has the
# same form: something is set up, something is changed many times over, and a text tells about it.
#
# ### Your turn: `Network`
#
# - `Network(layer_sizes, rng, hidden, output)` draws the parameters with `initialize`, by the
#   scheme that suits `hidden`;
# - `fit(X, Y, learning_rate, epochs)` takes that many steps, each on all samples, and keeps the
#   result in the object;
# - `predict(X)` returns `P`, with a row for each sample;
# - `summary()` returns a text: for each layer the shape of `W` and the number of its parameters,
#   biases included, and at the end the total.
#
# The check looks at what the class does, not at how it is written. It lets it learn four small
# tasks, so it takes a moment.


# %% solution="deep-network"
class Network:
    def __init__(self, layer_sizes, rng, hidden, output):
        """Keeps the names of the two activations, and draws the parameters from rng."""
        ### BEGIN SOLUTION
        self.hidden = hidden
        self.output = output
        self.parameters = initialize(layer_sizes, rng, "he" if hidden == "relu" else "glorot")
        ### END SOLUTION

    def fit(self, X, Y, learning_rate, epochs):
        """Takes `epochs` steps of gradient descent, each on all samples."""
        ### BEGIN SOLUTION
        for _ in range(epochs):
            P, caches = forward(X, self.parameters, self.hidden, self.output)
            grads = backward(P, Y, self.parameters, caches, self.hidden)
            self.parameters = update(self.parameters, grads, learning_rate)
        ### END SOLUTION

    def predict(self, X):
        """Returns P (m, n_out)."""
        ### BEGIN SOLUTION
        P, _ = forward(X, self.parameters, self.hidden, self.output)
        return P
        ### END SOLUTION

    def summary(self):
        """Returns a text: for each layer the shape of W and the number of parameters; the total."""
        ### BEGIN SOLUTION
        lines, total = ["layer   shape of W   parameters"], 0
        for layer, (W, b) in enumerate(self.parameters, start=1):
            lines.append(f"{layer:5d}   {str(W.shape):10s}   {W.size + b.size:10d}")
            total += W.size + b.size
        lines.append(f"total                {total:10d}")
        return "\n".join(lines)
        ### END SOLUTION


# %% check="deep.network"

# %% [markdown]
# ### Two spirals
#
# Now the reward. Two arms wind round each other, one and a half turns each. No line separates
# them, and a few tanh units would not either. **Decide, then run.** How many parameters will the
# summary show for 2-32-32-1?

# %%
X, Y = spirals(200, np.random.default_rng(6))
net = Network([2, 32, 32, 1], np.random.default_rng(7), "relu", "sigmoid")
print(net.summary())

# %% [markdown]
# Training can be taken in portions, since `fit` goes on where it stopped. After every 100 steps we
# look at the loss on the 200 samples, and on 200 others from the same spirals that are never
# trained on.
#
# **Decide, then run.** How many of these others will be right at the end: half of them, most, or
# nearly all?

# %%
X_new, Y_new = spirals(200, np.random.default_rng(8))
curves = {"trained on": [], "never seen": []}
for portion in range(16):
    if portion > 0:
        net.fit(X, Y, learning_rate=0.5, epochs=100)
    curves["trained on"].append(nn.binary_cross_entropy(net.predict(X), Y))
    curves["never seen"].append(nn.binary_cross_entropy(net.predict(X_new), Y_new))

right = np.mean((net.predict(X_new) > 0.5) == (Y_new > 0.5))
print(f"after 1500 steps: {100 * right:.0f} % of the samples that it never saw are right")
plots.loss_curve(
    curves, title="A network 2-32-32-1 learns two spirals", xlabel="steps, in hundreds"
)

# %%
plots.decision_boundary(net.predict, X, Y, title="Two spirals, told apart by three layers")

# %% [markdown]
# Between the arms the border winds along with them. Look at the corners, too, where there is no
# sample at all. The network is just as sure of itself there, though nothing has taught it.

# %% [markdown]
# ## 9. Find the bug
#
# **This code is wrong on purpose.** Somebody wrote a backward pass for tanh layers and a softmax
# output, and treated the last and the first layer by themselves. Two of its lines are wrong. A
# network still learns with them.


# %%
def planted_backward(P, Y, parameters, caches, hidden):
    m, last = len(Y), len(parameters) - 1
    planted = [None] * len(parameters)

    # the output layer
    error = np.round(P, 2) - Y
    planted[last] = (caches[last]["A_prev"].T @ error / m, error.sum(axis=0) / m)
    dZ = (P - Y) / m

    # the layers in the middle, from the last to the second
    for layer in range(last - 1, 0, -1):
        dA = dZ @ parameters[layer + 1][0].T
        dZ = dA * slope(caches[layer]["A"], hidden)
        planted[layer] = (caches[layer]["A_prev"].T @ dZ, dZ.sum(axis=0))

    # the first layer
    X, A1 = caches[0]["A_prev"], caches[0]["A"]
    dA = dZ @ parameters[1][0].T
    dZ = dA * slope(A1, hidden)
    planted[0] = (X.T @ (dZ * slope(A1, hidden)), dZ.sum(axis=0))
    return planted


# %% [markdown]
# Here are the planted gradients for a network with four layers. There are eight arrays, from `dW1`
# and `db1` to `dW4` and `db4`.
#
# **Decide first.** From reading alone: which of the eight do you suspect? Write it down. Then
# measure.

# %%
X, Y, parameters = network_to_check([3, 6, 5, 4, 3], m=20, seed=9)
P, caches = forward(X, parameters, "tanh", "softmax")
planted_grads = planted_backward(P, Y, parameters, caches, "tanh")

print("layer   first entry of dW: planted   yours")
yours = backward(P, Y, parameters, caches, "tanh")
for layer in (2, 3, 4):
    planted, mine = planted_grads[layer - 1][0][0, 0], yours[layer - 1][0][0, 0]
    print(f"{layer:5d}   {planted:26.3f}   {mine:5.3f}")

# %% [markdown]
# To three digits these entries look the same, though not all of them are right. So an eye is no
# instrument here; you have a better one. Use `relative_errors` from section 5 on the planted
# gradients, then set `suspects` to the set of the names that are wrong, such as `{"dW2", "db3"}`.

# %% solution="deep-suspects"
# suspects: the names of the wrong gradients, out of dW1, db1, ..., dW4, db4
### BEGIN SOLUTION
relative_errors(parameters, planted_grads, X, Y, "tanh", "softmax")
suspects = {"dW1", "dW4", "db4"}
### END SOLUTION

# %% check="deep.suspects"

# %% [markdown]
# <details><summary>When you have found them: what the two slips teach</summary>
#
# A number was rounded for the eye, and then used in a calculation: a few tenths of a per cent, in
# one layer only, because the message to the layers below was made from a fresh number. And a slope
# was multiplied in twice, in the first layer, where no layer below can show the damage. Every shape
# was right, a network learns with it, and a tolerance of a per cent would have let two of the three
# pass.
#
# </details>
#
# ## Recap
#
# - A deep network is a list of layers. Forward is one loop over it, backward another, in the
#   opposite direction.
# - Depth multiplies. The spread of the first weights decides whether numbers and gradients survive
#   ten layers: He's rule for ReLU, Glorot's for tanh.
# - Computed from the logits, the loss is exact at any score.
# - With the loss that matches the output, the way back begins with $(P - Y)/m$, once.
# - A framework's gradients are yours, digit by digit, if you ask: gradients of what? A sum or a
#   mean?
#
# ### The formulas on one card
#
# | | formula | shape |
# |---|---|---|
# | He | $W_l$ of variance $2 / n_{l-1}$, $b_l = 0$ | $(n_{l-1}, n_l)$, $(n_l,)$ |
# | Glorot | $W_l$ of variance $2 / (n_{l-1} + n_l)$, $b_l = 0$ | $(n_{l-1}, n_l)$, $(n_l,)$ |
# | forward | $Z_l = A_{l-1} W_l + b_l$, $A_l = f(Z_l)$; $A_0 = X$, $A_L = P$ | $(m, n_l)$ |
# | loss | mean of $\max(z, 0) - z\,y + \log(1 + e^{-\lvert z \rvert})$ | one number |
# | at the output | $dZ_L = (P - Y)/m$ | $(m, n_L)$ |
# | weights | $dW_l = A_{l-1}^\top\, dZ_l$ | $(n_{l-1}, n_l)$ |
# | biases | $db_l = \sum_\mathrm{samples} dZ_l$ | $(n_l,)$ |
# | down | $dZ_{l-1} = (dZ_l\, W_l^\top) \odot f'(Z_{l-1})$ | $(m, n_{l-1})$ |
# | step | $W_l - \text{rate} \cdot dW_l$ and $b_l - \text{rate} \cdot db_l$ | as $W_l$, $b_l$ |
#
# ### What comes next
#
# Your network takes every step on all samples, in the plainest way there is. In lesson 14 it learns
# to train well: on small portions of the data, with momentum and Adam, and with a rule for when to
# stop.
