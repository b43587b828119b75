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
# # Three layers by hand
#
# **After this lesson you will be able to**
#
# - turn any numbers into probabilities, even very large ones;
# - say with one number how wrong a prediction is;
# - send a sample through three layers, and keep what the way back needs;
# - work out a whole backward pass on paper, and get the same numbers from NumPy;
# - find out how far the error of a rounded number spreads.
#
# **Time**: about 75 minutes for 2,500 words to read and 7 exercises. **Builds on**: lesson 01, a
# layer forward; lesson 02, the way back.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import seed_001  # the network of this lesson
from lessonlib.nn import relu, relu_derivative

# %% [markdown]
# `relu` and `relu_derivative` are the functions that you wrote in lesson 01. From now on they come
# from the course's library.
#
# ## 1. From scores to probabilities
#
# Is it a cat, a dog or a bird? A network that chooses between classes ends with one number for each
# class, the <dfn>score</dfn> of that class. A score can be anything, -3 or 250. We'd rather have
# probabilities: all positive, with a sum of 1, and the largest for the largest score.
#
# Two steps get us there. First raise $e$, which is about 2.718, to the power of each score. In
# NumPy that is `np.exp`. The result is always positive, and one more point of score makes it 2.718
# times as large. Then divide each result by their sum. The <dfn>softmax</dfn> of some scores is the
# exponential of each, divided by the sum of all the exponentials:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# Here $i$ and $j$ count the classes.
#
# **Worked example.** The scores are 1 and 0. The exponentials are $e^1 = 2.718$ and $e^0 = 1$, and
# their sum is 3.718. The probabilities are $2.718 / 3.718 = 0.731$ and $1 / 3.718 = 0.269$.
#
# **Now with gaps.** Three scores, all 0. The exponentials are …, … and …, their sum is …, and each
# probability is ….
#
# <details><summary>Compare</summary>
#
# The exponentials are 1, 1 and 1, the sum is 3, and each probability is 1/3: equal scores, equal
# probabilities.
#
# </details>
#
# **Decide.** Take three pairs of scores: (1, 0), (6, 5) and (1001, 1000). The first pair gives its
# first class 0.731. What do the other two pairs give their first class, by the same formula?

# %% solution="guess-shares"
# three numbers with three decimal places; the first one you know
### BEGIN SOLUTION
guess = [0.731, 0.731, 0.731]
### END SOLUTION

# %%
first = []
for z in ([1.0, 0.0], [6.0, 5.0], [1001.0, 1000.0]):
    with np.errstate(all="ignore"):  # NumPy would warn about the last pair
        p = np.exp(z) / np.sum(np.exp(z))
    first.append(p[0].round(3))
plots.resolve(guess, first)

# %% [markdown]
# Only the *differences* between scores count. Add 5 to every score, and numerator and denominator
# both become $e^5$ times as large; the quotient stays. So all three answers should be 0.731.
#
# The last one isn't. `exp(1000)` is larger than any number that a float can hold. NumPy makes it
# infinity, and infinity divided by infinity is `nan`, *not a number*.
#
# The same fact is the cure. If adding a number changes nothing, neither does subtracting one. So
# subtract the **largest score** first. The largest exponent is then 0, and no exponential is too
# large for a float.
#
# ### Your turn: `softmax`
#
# `Z` has one column of scores for each sample. Turn each column into probabilities by itself.
# Scores of 1000 or -1000 must come out right too. Don't change `Z`.


# %% solution="hand-softmax"
def softmax(Z):
    """Z (n, m), scores: probabilities (n, m), each column sums to 1."""
    ### BEGIN SOLUTION
    E = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return E / np.sum(E, axis=0, keepdims=True)
    ### END SOLUTION


# %% check="hand.softmax"

# %% [markdown]
# Here is your function on four samples. In the first and the third, the scores have the same
# differences, so they get the same probabilities.

# %%
Z = np.array([[1.0, 0.0, 1001.0, 2.0], [0.0, 0.0, 1000.0, -1.0], [-1.0, 0.0, 999.0, 0.5]])
plots.heatmap(
    {"scores Z": Z, "softmax(Z)": softmax(Z).round(2)},
    title="Scores become probabilities, column by column",
    rows="class",
    columns="sample",
)

# %% [markdown]
# ## 2. How wrong is it?
#
# To learn, a network needs one number that says how bad its answer is: the loss. Its answer is a
# column of probabilities $p$. A column with a 1 for the right class and 0 elsewhere is called
# <dfn>one-hot</dfn>; the truth is such a column $y$. Let $c$ be the right class: we look only at
# $p_c$. The <dfn>cross-entropy</dfn> is minus the natural logarithm of the probability that the
# right class got:
#
# $$L = -\log p_c$$
#
# In NumPy the natural logarithm is `np.log`.

# %%
plots.function(
    np.linspace(0.02, 1, 99),
    {"-log p": lambda p: -np.log(p)},
    title="The loss of one sample",
    xlabel="probability given to the right class",
    ylabel="loss",
)

# %% [markdown]
# Follow the curve from right to left. A network that is sure and right, $p_c = 1$, has loss 0. At
# 0.5 the loss is 0.693, at 0.05 it is 2.996, and it grows without limit.
#
# For $m$ samples we take the mean of their losses. Put the probabilities into a table $P$ and the
# one-hot columns into a table $Y$, a column for each sample. Then $Y \odot \log P$, the product
# entry by entry, keeps the right entries and multiplies every other logarithm by 0. Add up all
# entries and divide by $m$:
#
# $$L = -\frac{1}{m} \sum_{\mathrm{samples}} \sum_{\mathrm{classes}} Y \odot \log P$$
#
# **Worked example.** Two samples gave their right classes 0.5 and 0.25. Their losses are 0.693 and
# 1.386, and the mean is $(0.693 + 1.386) / 2 = 1.040$.
#
# A computer rounds, so a probability can come out as exactly 0. Its logarithm is minus infinity,
# and `0 * -infinity` is `nan`. One `nan` makes the whole sum `nan`. The logarithm must never see a
# 0: lift every probability to at least some tiny number first.
#
# ### Your turn: `cross_entropy`
#
# Return one number. Where `P` is 0 at the right class, the loss should be large, but finite.


# %% solution="hand-cross_entropy"
def cross_entropy(P, Y):
    """P, Y (n, m): the mean over the m columns of -log of the right class's probability."""
    ### BEGIN SOLUTION
    logarithms = np.log(np.maximum(P, 1e-300))
    return float(-np.sum(Y * logarithms) / P.shape[1])
    ### END SOLUTION


# %% check="hand.cross_entropy"

# %% [markdown]
# ## 3. Three layers, forward
#
# Now we stack layers. Each one takes as its input the activations of the layer below, which stands
# to its left in the drawing. Ours has two ReLU layers, with four units and two units, and a softmax
# layer with three. A layer between the input and the output layer is called a <dfn>hidden
# layer</dfn>. This network has two of them.

# %%
net = seed_001()
parameters = {}
for name in ("W1", "b1", "W2", "b2", "W3", "b3"):
    parameters[name] = net[name]
weights = [net["W1"], net["W2"], net["W3"]]
x_paper, y = net["x"], net["y"]
columns = ["input x", "layer 1: ReLU", "layer 2: ReLU", "layer 3: softmax"]

plots.network(
    weights,
    [net["b1"], net["b2"], net["b3"]],
    values=[x_paper, None, None, None],
    names=columns,
    title="Three inputs, four units, two units, three classes",
)

# %% [markdown]
# Every layer does the same: weights times what comes in, plus bias, then its function.
#
# $$\begin{aligned}
# z_1 &= W_1 x + b_1 & a_1 &= \mathrm{relu}(z_1) \\
# z_2 &= W_2 a_1 + b_2 & a_2 &= \mathrm{relu}(z_2) \\
# z_3 &= W_3 a_2 + b_3 & p &= \mathrm{softmax}(z_3)
# \end{aligned}$$
#
# The small numbers count the layers. Layer 1 is the one that you worked out on paper in lesson 01.
#
# **Worked example.** Layer 1 gave $a_1 = (0, 3, 5, 3)$. Unit 1 of layer 2 has the weights 1, -1, 1,
# 0 and the bias 0:
#
# $$1 \cdot 0 + (-1) \cdot 3 + 1 \cdot 5 + 0 \cdot 3 + 0 = 2$$
#
# **Now with gaps.** Unit 2 has the weights 0, 1, -1, 1 and the bias 3:
#
# $$0 \cdot 0 + 1 \cdot \ldots + (-1) \cdot \ldots + 1 \cdot \ldots + \ldots = \ldots$$
#
# Go on to layer 3 with a pencil: its weights and biases are in the figure. What can you say about
# the three probabilities without a calculator?
#
# <details><summary>Compare</summary>
#
# Unit 2: 3 - 5 + 3 + 3 = 4. Both sums are positive, so the ReLU lets them pass: 2 and 4.
#
# Layer 3: 2 times 2 minus 1 is 3; 2 times 4 minus 5 is 3; 2 plus 4 minus 7 is -1. Two scores are
# equal, so two probabilities are equal, each a little less than one half. The third is small.
#
# </details>
#
# ### Your turn: `forward`
#
# The way back needs every number that was computed on the way forward. The dictionary in which the
# forward pass keeps its numbers for the way back is the <dfn>cache</dfn>. Return it with the keys
# `"z1"`, `"a1"`, `"z2"`, `"a2"`, `"z3"` and `"p"`. Each value is a column. The *parameters*, all
# weights and biases, come in a dictionary too: `parameters["W1"]` is the first weight matrix.


# %% solution="hand-forward"
def forward(x, parameters):
    """x (n_x, 1); parameters W1 b1 W2 b2 W3 b3: a dictionary with z1 a1 z2 a2 z3 p."""
    ### BEGIN SOLUTION
    z1 = parameters["W1"] @ x + parameters["b1"]
    a1 = relu(z1)
    z2 = parameters["W2"] @ a1 + parameters["b2"]
    a2 = relu(z2)
    z3 = parameters["W3"] @ a2 + parameters["b3"]
    p = softmax(z3)
    return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "z3": z3, "p": p}
    ### END SOLUTION


# %% check="hand.forward"

# %% [markdown]
# Compare with your paper. The right class is the second one, so the target is $y = (0, 1, 0)$.

# %%
cache = forward(x_paper, parameters)
for name in ("z1", "a1", "z2", "a2", "z3"):
    print(f"{name} = " + ", ".join(f"{number:.0f}" for number in cache[name].ravel()))
print("p  = " + ", ".join(f"{number:.6f}" for number in cache["p"].ravel()))
print(f"loss {cross_entropy(cache['p'], y):.6f}")

# %% [markdown]
# ## 4. The first step back
#
# We start at the end, with the gradient of the loss with respect to the three scores $z_3$. In code
# it is `dz3`, one number for each score. Put the softmax into the loss; $c$ is again the right
# class. The logarithm of a quotient is a difference, and the logarithm undoes the exponential:
#
# $$L = -\log \frac{e^{z_c}}{\sum_j e^{z_j}} = \log \sum_j e^{z_j} \; - \; z_c$$
#
# You need two slopes from calculus: the slope of $e^u$ is $e^u$, and the slope of $\log u$ is
# $1 / u$.
#
# - The first part is the logarithm of a sum $S = \sum_j e^{z_j}$. Nudge $z_i$ by a small $h$. Then
#   $S$ changes by about $e^{z_i} h$, and $\log S$ by about $1 / S$ times that. By the chain rule
#   the slope is $e^{z_i} / S$. You have met this quotient before. What is it called?
# - The second part, $-z_c$, has slope -1 with respect to $z_c$, and 0 with respect to every other
#   score. Which column has a 1 at the right class and 0 elsewhere?
#
# Put the two parts together into one short formula. Is it positive or negative for the right class?
#
# ### Your turn: `output_gradient`
#
# Write `dz3` for one sample, from the columns `p` and `y`. (For $m$ samples the loss is a mean, so
# a factor $1/m$ would come in here, once. With one sample it is 1.)


# %% solution="hand-output_gradient"
def output_gradient(p, y):
    """p, y (n, 1): the derivative of the cross-entropy with respect to the scores, (n, 1)."""
    ### BEGIN SOLUTION
    return p - y
    ### END SOLUTION


# %% check="hand.output_gradient"

# %% [markdown]
# The gradient is the slope, so you can measure it. Nudge one score by a small $h$, see how much the
# loss changes, and divide by $h$.

# %%
at_the_scores = output_gradient(cache["p"], y)
h = 0.0001
before = cross_entropy(cache["p"], y)

print("score   your gradient   measured")
for i in range(3):
    nudged = cache["z3"].copy()
    nudged[i] += h
    change = cross_entropy(softmax(nudged), y) - before
    print(f"{i:5d}   {at_the_scores[i, 0]:13.3f}   {change / h:8.3f}")

# %% [markdown]
# ## 5. The whole way back, on paper
#
# The rest is lesson 02, once for each layer. For one sample there is nothing to sum over, so for
# each layer, from the last to the first:
#
# 1. **Weights and bias:** $dW = dz \cdot (\text{what came in})^\top$ and $db = dz$. A column times
#    a row is a table, with every entry of the column times every entry of the row. It has the shape
#    of $W$.
# 2. **One layer down:** $W^\top dz$ is the gradient of the activations below.
# 3. **The mask:** where a unit below is silent, the gradient stops. The result is the $dz$ of the
#    layer below.
#
# This network and its numbers come from a solution that somebody published. On paper 0.495463 is no
# pleasure, so its author rounded $p$ to one decimal place, (0.5, 0.5, 0). **On paper only**, we do
# the same. Section 6 asks how much that changes.
#
# **Worked example: layer 3.** What came in is $a_2 = (2, 4)$.
#
# $$dz_3 = \begin{pmatrix} 0.5 \\ 0.5 \\ 0 \end{pmatrix} - \begin{pmatrix} 0 \\ 1 \\ 0 \end{pmatrix}
# = \begin{pmatrix} 0.5 \\ -0.5 \\ 0 \end{pmatrix}$$
#
# $$dW_3 = \begin{pmatrix} 0.5 \\ -0.5 \\ 0 \end{pmatrix} \begin{pmatrix} 2 & 4 \end{pmatrix}
# = \begin{pmatrix} 1 & 2 \\ -1 & -2 \\ 0 & 0 \end{pmatrix} \qquad db_3 = dz_3$$
#
# Down to layer 2, through $W_3$ transposed. Then the mask: $z_2 = (2, 4)$, so both units fire.
#
# $$W_3^\top dz_3 = \begin{pmatrix} 2 & 0 & 1 \\ 0 & 2 & 1 \end{pmatrix}
# \begin{pmatrix} 0.5 \\ -0.5 \\ 0 \end{pmatrix} = \begin{pmatrix} 1 \\ -1 \end{pmatrix}$$
#
# $$dz_2 = \begin{pmatrix} 1 \\ -1 \end{pmatrix} \odot \begin{pmatrix} 1 \\ 1 \end{pmatrix}
# = \begin{pmatrix} 1 \\ -1 \end{pmatrix}$$
#
# **Now with gaps: layer 2.** What came in is $a_1 = (0, 3, 5, 3)$, and $z_1 = (-1, 3, 5, 3)$.
#
# $$dW_2 = \begin{pmatrix} 1 \\ -1 \end{pmatrix} \begin{pmatrix} 0 & 3 & 5 & 3 \end{pmatrix}
# = \begin{pmatrix} 0 & 3 & \ldots & \ldots \\ 0 & \ldots & \ldots & -3 \end{pmatrix}$$
#
# $$W_2^\top dz_2 = \begin{pmatrix} 1 & 0 \\ -1 & 1 \\ 1 & -1 \\ 0 & 1 \end{pmatrix} \begin{pmatrix}
# 1 \\ -1 \end{pmatrix} = \begin{pmatrix} 1 \\ \ldots \\ \ldots \\ \ldots \end{pmatrix}$$
#
# $$dz_1 = \begin{pmatrix} 1 \\ \ldots \\ \ldots \\ \ldots \end{pmatrix} \odot \begin{pmatrix} 0 \\
# \ldots \\ \ldots \\ \ldots \end{pmatrix} = \begin{pmatrix} \ldots \\ \ldots \\ \ldots \\ \ldots
# \end{pmatrix}$$
#
# **On your own: layer 1.** What came in is $x = (2, 1, 3)$. Work out $dW_1$, with four rows and
# three columns. You know one of its rows without multiplying. Which one, and why?
#
# <details><summary>Compare</summary>
#
# dW2 has the rows (0, 3, 5, 3) and (0, -3, -5, -3).
#
# Down to layer 1: (1, -2, 2, -1). The mask is (0, 1, 1, 1), because unit 1 is silent. So dz1 is
# (0, -2, 2, -1).
#
# dW1 has the rows (0, 0, 0), (-4, -2, -6), (4, 2, 6) and (-2, -1, -3). The first row is 0 because
# its unit is silent. It learns nothing from this sample.
#
# </details>
#
# ### Your turn: `backward`
#
# Return a dictionary with `"dW1"`, `"db1"`, `"dW2"`, `"db2"`, `"dW3"` and `"db3"`, for one sample.
# Don't round. Each gradient has the shape of its parameter.


# %% solution="hand-backward"
def backward(x, y, parameters, cache):
    """x (n_x, 1), y (n_y, 1): a dictionary with dW1 db1 dW2 db2 dW3 db3."""
    ### BEGIN SOLUTION
    dz3 = output_gradient(cache["p"], y)
    da2 = parameters["W3"].T @ dz3
    dz2 = da2 * relu_derivative(cache["z2"])
    da1 = parameters["W2"].T @ dz2
    dz1 = da1 * relu_derivative(cache["z1"])
    return {
        "dW1": dz1 @ x.T,
        "db1": dz1,
        "dW2": dz2 @ cache["a1"].T,
        "db2": dz2,
        "dW3": dz3 @ cache["a2"].T,
        "db3": dz3,
    }
    ### END SOLUTION


# %% check="hand.backward"

# %% [markdown]
# Step through your own backward pass. For each layer, the coloured edges show two things: first its
# gradients `dW`, then the weights through which its messages go down.

# %%
grads = backward(x_paper, y, parameters, cache)

# %%
plots.network_messages(
    weights,
    values=[x_paper, cache["a1"], cache["a2"], cache["p"]],
    z=[cache["z1"], cache["z2"], cache["z3"]],
    dz=[grads["db1"], grads["db2"], grads["db3"]],
    names=columns,
    title="Back through three layers",
)

# %% [markdown]
# ## 6. What does rounding do?
#
# You rounded $p$ on paper only. The published solution does it in its code, and goes back from the
# rounded $p$. One decimal place is enough for a probability. Is it enough for a gradient?
#
# **This cell is wrong on purpose:** it makes `dz3` from the rounded $p$.

# %%
rounded_dz3 = np.round(cache["p"], 1) - y
print("dz3, rounded: " + ", ".join(f"{number:.6f}" for number in rounded_dz3.ravel()))

# %% [markdown]
# **Decide.** Suppose your `backward` went on from this `dz3`. How many of its six gradients would
# change?

# %% solution="guess-differing"
# a number from 0 to 6
### BEGIN SOLUTION
guess = 6
### END SOLUTION

# %% [markdown]
# You'll see the answer below the next exercise.
#
# ### Your turn: `error` and `reaches_layer_2`
#
# 1. How far off is the rounded `dz3`? Compare it with the exact one, entry by entry. Set `error` to
#    the largest difference, without its sign, to at least three significant digits, such as
#    0.00123.
# 2. Does this error reach layer 2? In other words: does $W_3^\top dz_3$ change, beyond the last
#    digit of a float? Set `reaches_layer_2` to `True` or `False`.
#
# Let Python do the arithmetic.

# %% solution="hand-rounding"
### BEGIN SOLUTION
_difference = rounded_dz3 - (cache["p"] - y)
error = np.max(np.abs(_difference))
reaches_layer_2 = bool(np.max(np.abs(net["W3"].T @ _difference)) > 1e-12)
### END SOLUTION

# %% check="hand.rounding"

# %% [markdown]
# Now run your `backward` from the rounded $p$. `{**cache, "p": ...}` is a copy of the dictionary
# `cache` with another `"p"`.

# %%
rounded = backward(x_paper, y, parameters, {**cache, "p": np.round(cache["p"], 1)})
changed = 0
for name in grads:
    if np.max(np.abs(grads[name] - rounded[name])) > 1e-12:
        changed += 1
plots.resolve(guess, changed)

# %%
for name in grads:
    print(f"{name}: largest difference {np.max(np.abs(grads[name] - rounded[name])):.6f}")

# %% [markdown]
# The error stays in layer 3, by coincidence. The two large probabilities are equal, so both are off
# by the same amount, and the third is off by twice that amount the other way. Each column of $W_3$
# holds a 2 for one of the first two classes and a 1 for the third, so the errors cancel. With other
# weights they would not.
#
# ### In your own words
#
# A colleague rounds $p$ before the way back and tests on this network. "Below layer 3 every
# gradient is exact", she says, "so rounding does no harm." Explain in three or four sentences why
# this example doesn't show that, and how you would choose examples for a test. Write yours first:
# the fold below has a model answer and says what earns the two points.

# %% [markdown] written="hand-explain" points=2
# <!-- BEGIN SOLUTION -->
# In this example the errors happen to cancel: two probabilities are equal, and each column of W3
# weighs their error against the third one's. That is a property of these numbers, not of the code.
# With other weights the error would reach every layer below, and even here dW3 and db3 are wrong.
# I would test on several examples without such coincidences: numbers that are all different, units
# that fire and units that are silent in every hidden layer. And I would compare with something that
# does not share the code's shortcut, such as measured slopes.
# <!-- END SOLUTION -->

# %% [markdown] rubric="hand-explain"
# - 1 point: the errors cancel because of this example's numbers (equal probabilities, the columns
#   of W3), so another network would show them; or: layer 3 is wrong even here.
# - 1 point: a better choice of examples, such as several with numbers that are all different, or
#   a comparison with something independent of the code.

# %% [markdown]
# ### If you want more
#
# Change one entry in a copy, `net["W3"].copy()`, so that the error of `dz3` does reach layer 2.
# Then follow it: how large is it in `dW2`, how large in `dW1`? (`{**parameters, "W3": ...}` makes
# the parameters; run `forward` again.)
#
# ## Recap
#
# - The softmax makes scores into probabilities. Subtract the largest score first.
# - The cross-entropy is minus the logarithm of what the right class got. Guard the logarithm.
# - Going forward, keep every number. The way back needs it.
# - Through softmax and cross-entropy together, the gradient is one subtraction.
# - Below the output every layer does the same: weights and bias, one layer down, mask.
# - Numbers that agree on one example prove little. Choose examples that can fail.
#
# ### The formulas on one card
#
# | forward | backward | shape |
# |---|---|---|
# | $p = \mathrm{softmax}(z_3), \; L = -\log p_c$ | $dz_3 = p - y$ | $(n_3, 1)$ |
# | $a_2 = \mathrm{relu}(z_2)$ | $dz_2 = W_3^\top dz_3 \odot [z_2 > 0]$ | $(n_2, 1)$ |
# | $a_1 = \mathrm{relu}(z_1)$ | $dz_1 = W_2^\top dz_2 \odot [z_1 > 0]$ | $(n_1, 1)$ |
# | $z_k = W_k a_{k-1} + b_k$ | $dW_k = dz_k\, a_{k-1}^\top$ | $(n_k, n_{k-1})$ |
# | | $db_k = dz_k$ | $(n_k, 1)$ |
#
# Here $k$ counts the layers, $n_k$ is the number of units in layer $k$, and $a_0$ is the input $x$.
# $[z > 0]$ is 1 where the condition holds and 0 elsewhere.
#
# ### What comes next
#
# You measured a slope: nudge a number and look at the loss. Lesson 04 makes a tool of that. It
# finds nearly every bug in a backward pass, and a second mistake in the published solution.
