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
# - turn any scores into probabilities, even very large ones;
# - say with one number how wrong a prediction is;
# - send a sample through three layers and keep what the way back needs;
# - work out a whole backward pass on paper, and get the same numbers from NumPy;
# - find two bugs that all the printed numbers hide.
#
# **Time**: about 90 minutes for 2,600 words to read and 8 exercises; a good place for a break is
# before section 4. **Builds on**: lesson 00, shapes; lesson 01, the ReLU layer.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import seed_001
from lessonlib.nn import relu, relu_derivative

# %% [markdown]
# The functions `relu` and `relu_derivative` come from the course's library this time. They are the
# ones that you wrote in lesson 01.
#
# ## 1. From scores to probabilities
#
# A network that has to choose between classes ends with one number for each class, called its
# <dfn>score</dfn>. Scores can be anything, also negative. We would like to read them as
# probabilities: all positive, summing to 1, the largest score with the largest share.
#
# Two steps do it. First take $e$ to the power of each score; $e$ is a number near 2.718. The result
# is positive for every score, and one more in the score makes it 2.718 times as large. NumPy calls
# it `np.exp`.

# %%
plots.function(
    np.linspace(-3, 2, 101),
    {"exp(z)": np.exp},
    title="exp turns every score into a positive number",
    xlabel="score z",
    ylabel="exp(z)",
)

# %% [markdown]
# Then divide each by the sum of all. The <dfn>softmax</dfn> of some scores is the exponential of
# each, divided by the sum of all the exponentials, so that they become positive and sum to 1:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# **Worked example.** The scores are 1 and 0. The powers are $e^1 = 2.718$ and $e^0 = 1$, their sum
# is 3.718, and the shares are $2.718 / 3.718 = 0.731$ and $1 / 3.718 = 0.269$.
#
# **Now with gaps.** Three scores, all 0. The powers are …, … and …, their sum is …, and each share
# is ….
#
# <details><summary>Compare</summary>
#
# The powers are 1, 1 and 1, the sum is 3, and each share is 1/3: equal scores, equal shares.
#
# </details>
#
# **Decide, then run.** The same formula for three pairs of scores. How do the shares of (1, 0),
# (6, 5) and (1001, 1000) differ?

# %%
for z in ([1.0, 0.0], [6.0, 5.0], [1001.0, 1000.0]):
    with np.errstate(all="ignore"):  # NumPy would warn about the last pair
        p = np.exp(z) / np.sum(np.exp(z))
    print(f"scores {z[0]:6.0f} and {z[1]:6.0f}: shares {p[0]:.3f} and {p[1]:.3f}")

# %% [markdown]
# Only differences count: adding the same number to all scores multiplies above and below by the
# same factor, and it cancels. So all three answers should be the same. The last one is not, since
# `exp(1000)` is larger than any number that a float can hold. NumPy makes it infinity, and infinity
# divided by infinity is `nan`, *not a number*.
#
# The cure follows from the same fact. If adding a number changes nothing, taking one away does not
# either. Take away the **largest score** first: then the largest exponent is 0, and nothing can
# overflow.
#
# ### Your turn: `softmax`
#
# `Z` has a column for each sample. Each column is turned into probabilities by itself, and must
# come out right for scores of 1000 or -1000 too. Leave `Z` as it is.


# %% solution="hand-softmax"
def softmax(Z):
    """Z (n, m), scores: probabilities (n, m), each column sums to 1."""
    ### BEGIN SOLUTION
    E = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return E / np.sum(E, axis=0, keepdims=True)
    ### END SOLUTION


# %% check="hand.softmax"
check("hand.softmax", softmax)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Three steps, and each column goes through them alone: exp of every entry, the sum down the
#    column, and the quotient. Try it for one column on paper, as in the worked example.
# 2. The rows are axis 0. To sum down the columns is to let the rows disappear, so name that axis,
#    and keep it with keepdims=True. Check yourself: the sums down the columns of your result are
#    all 1.
# 3. For scores such as 1000 one step comes before exp. Find the largest entry of each column, with
#    np.max and the same two arguments as the sum. Take it away from Z with a plain minus, so that Z
#    itself is not touched. Go on with what you get.
#
# </details>

# %% [markdown]
# **Decide, then run.** Two of these four samples get the same probabilities. Which two?

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
# To learn, a network needs one number that says how bad its answer is: the <dfn>loss</dfn>. The
# answer is a column of probabilities $p$. The truth is a column $y$. A <dfn>one-hot</dfn> column
# has a 1 at the right class and 0 elsewhere. All that counts is the probability $p_c$ that the
# right class got. The <dfn>cross-entropy</dfn> is minus the logarithm of the probability that the
# right class got:
#
# $$L = -\log p_c$$
#
# It is the natural logarithm, `np.log` in NumPy.
#
# **Decide, then run.** What is the loss when the net is sure and right, $p_c = 1$? Which costs
# more: going from 1 to 0.5, or from 0.5 to 0.05?

# %%
plots.function(
    np.linspace(0.02, 1, 99),
    {"-log p": lambda p: -np.log(p)},
    title="The loss grows without limit as the right class gets less",
    xlabel="probability given to the right class",
    ylabel="loss",
)

# %%
for p in (1.0, 0.5, 0.05, 0.005):
    print(f"p = {p:5.3f}   loss {abs(np.log(p)):.3f}")

# %% [markdown]
# For $m$ samples we take the mean of their losses. With the one-hot columns in a table $Y$, the sum
# over all entries picks the right ones, for every other logarithm is multiplied by 0:
#
# $$L = -\frac{1}{m} \sum_{\mathrm{samples}} \sum_{\mathrm{classes}} Y \log P$$
#
# **Worked example.** Two samples. The first gave its right class 0.5, the second 0.25. Their losses
# are 0.693 and 1.386, and the mean is $(0.693 + 1.386) / 2 = 1.040$.
#
# **Now with gaps.** A third sample gave its right class 0.5. The mean is now
# $(0.693 + 1.386 + \ldots) / \ldots = \ldots$
#
# <details><summary>Compare</summary>
#
# (0.693 + 1.386 + 0.693) / 3 = 0.924.
#
# </details>
#
# **Decide, then run.** A probability can be 0 on the computer. Its logarithm is then minus
# infinity. At a wrong class that should not matter, since it is multiplied by 0. What do you expect
# of `0 * np.log(0)`?

# %%
with np.errstate(all="ignore"):  # NumPy would warn
    print(f"log(0)     = {np.log(0.0):.1f}")
    print(f"0 * log(0) = {0 * np.log(0.0):.1f}")

# %% [markdown]
# One `nan` makes the whole sum `nan`. So the logarithm must never see a 0: lift every probability
# to at least some tiny number first.
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
check("hand.cross_entropy", cross_entropy)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Y has a single 1 in each column, and zeros. So Y times the logarithm of P keeps one number in
#    each column: the logarithm of the probability that the right class was given. The rest is a
#    sum.
# 2. The minus makes the sum positive. Then take the mean over the samples: they stand in the
#    columns, so look for the size that counts columns. Divide once, and not by the number of
#    classes.
# 3. Where P is 0, np.log gives minus infinity. Let np.maximum compare P with a tiny number, such as
#    1e-300, before the logarithm. That makes a new array, and leaves P alone.
#
# </details>

# %% [markdown]
# ## 3. Three layers, forward
#
# Here is the whole network. Its first layer is the one that you worked out in lesson 01. Two more
# follow: another ReLU layer with two units, and a softmax layer with three.

# %%
net = seed_001()
parameters = {name: net[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3")}
W1, b1, W2, b2, W3, b3 = parameters.values()
x_paper, y = net["x"], net["y"]
columns = ["input x", "layer 1: ReLU", "layer 2: ReLU", "layer 3: softmax"]

plots.network(
    [W1, W2, W3],
    [b1, b2, b3],
    values=[x_paper, None, None, None],
    names=columns,
    title="Three inputs, four units, two units, three classes",
)

# %% [markdown]
# Each layer does the same with what it is given: weights, bias, activation.
#
# $$z_1 = W_1 x + b_1 \quad a_1 = \mathrm{relu}(z_1) \qquad
# z_2 = W_2 a_1 + b_2 \quad a_2 = \mathrm{relu}(z_2) \qquad
# z_3 = W_3 a_2 + b_3 \quad p = \mathrm{softmax}(z_3)$$
#
# **Worked example.** Lesson 01 ended with $a_1 = (0, 3, 5, 3)$. The upper unit of layer 2 has the
# weights 1, -1, 1, 0 and the bias 0:
#
# $$1 \cdot 0 + (-1) \cdot 3 + 1 \cdot 5 + 0 \cdot 3 + 0 = 2$$
#
# **Now with gaps.** The lower unit has the weights 0, 1, -1, 1 and the bias 3:
#
# $$0 \cdot 0 + 1 \cdot \ldots + (-1) \cdot \ldots + 1 \cdot \ldots + \ldots = \ldots$$
#
# Go on to layer 3 with a pencil: three scores, each from two activations. Then say what you can
# about the three probabilities without a calculator.
#
# <details><summary>Compare</summary>
#
# The lower unit: 3 - 5 + 3 + 3 = 4. Both are positive, so the ReLU lets them pass: 2 and 4.
#
# Layer 3: 2 times 2 minus 1 is 3; 2 times 4 minus 5 is 3; 2 plus 4 minus 7 is -1. Two scores are
# equal, so two probabilities are equal, a little less than one half each. The third is small.
#
# </details>
#
# ### Your turn: `forward`
#
# The way back will need every number that was computed on the way. The dictionary in which the
# forward pass keeps these numbers for the way back is the <dfn>cache</dfn>. Return it with the keys
# `"z1"`, `"a1"`, `"z2"`, `"a2"`, `"z3"` and `"p"`. Each value is a column. The parameters come in a
# dictionary too: `parameters["W1"]` is the first weight matrix.


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
check("hand.forward", forward)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Six lines, one for each entry of the cache, in the order z1, a1, z2, a2, z3, p. Every z comes
#    from the activation before it; every activation comes from its own z.
# 2. A z is always made in the same way: weights times what came in, plus the bias. Layer 1 gets x.
#    Layer 2 gets a1, not z1. The parameters are in a dictionary, so the first weight matrix is
#    parameters["W1"].
# 3. Layers 1 and 2 end with relu, the third with the softmax that you wrote above. Return a
#    dictionary with the six names as keys, in quotes, and the arrays as values. Keep everything a
#    column: no flattening on the way.
#
# </details>

# %% [markdown]
# Compare with your paper. The right class is the second one, so the target is $y = (0, 1, 0)$.

# %%
cache = forward(x_paper, parameters)
for name in ("z1", "a1", "z2", "a2", "z3"):
    print(f"{name} = " + ", ".join(f"{number:.0f}" for number in cache[name].ravel()))
print("p  = " + ", ".join(f"{number:.6f}" for number in cache["p"].ravel()))
print(f"loss {cross_entropy(cache['p'], y):.6f}")

# %%
plots.network(
    [W1, W2, W3],
    values=[x_paper, cache["a1"], cache["a2"], cache["p"].round(3)],
    z=[cache["z1"], cache["z2"], cache["z3"]],
    names=columns,
    title="Forward: z above each unit, what it hands on inside",
)

# %% [markdown]
# ## 4. The first step back
#
# Now the way back. For every number of an array, the <dfn>gradient</dfn> says how many times as
# much the loss would grow if that number grew a little. We start at the end, with the three scores
# $z_3$. In code their gradient is called `dz3`; it has one number for each score.
#
# Put the softmax into the loss. Let $c$ be the right class. The logarithm of a quotient is a
# difference, and the logarithm undoes the power:
#
# $$L = -\log \frac{e^{z_c}}{\sum_j e^{z_j}} = \log \sum_j e^{z_j} \; - \; z_c$$
#
# - The first part, $\log \sum_j e^{z_j}$: its slope with respect to $z_i$ is $e^{z_i} / \sum_j
#   e^{z_j}$. You have met that quotient before. What is it called?
# - The second part, $-z_c$: its slope is -1 with respect to $z_c$, and 0 with respect to every
#   other score. Which column has a 1 at the right class and 0 elsewhere?
#
# **Decide, then go on.** Put the two parts together into one short formula. For the right class, is
# it positive or negative? And for the wrong ones?
#
# ### Your turn: `output_gradient`
#
# Write `dz3` for one sample, from the columns `p` and `y`.


# %% solution="hand-output_gradient"
def output_gradient(p, y):
    """p, y (n, 1): the derivative of the cross-entropy with respect to the scores, (n, 1)."""
    ### BEGIN SOLUTION
    return p - y
    ### END SOLUTION


# %% check="hand.output_gradient"
check("hand.output_gradient", output_gradient)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Read the derivation above once more. The derivative of the loss and the derivative of the
#    softmax are multiplied, and almost everything cancels. Which two vectors are left?
# 2. Think of one entry. If the net gives a wrong class 0.3, its score should go down, so the
#    gradient there is +0.3. If it gives the right class 0.3, 0.7 is lacking, so the gradient there
#    is -0.7.
# 3. Both fit one formula: a difference of two columns, with no product and no logarithm. Which
#    comes first? Test the signs with the two numbers just given. Write a plain minus, so that
#    neither column is changed.
#
# </details>

# %% [markdown]
# A gradient is a promise, and a promise can be tested. Raise a score by a little, and see how many
# times that little the loss has changed.

# %%
promised = output_gradient(cache["p"], y)
step = 0.0001

print("score   promised   measured")
for i in range(3):
    raised = cache["z3"].copy()
    raised[i] += step
    change = cross_entropy(softmax(raised), y) - cross_entropy(cache["p"], y)
    print(f"{i:5d}   {promised[i, 0]:8.3f}   {change / step:8.3f}")

# %% [markdown]
# ## 5. The whole way back, on paper
#
# From `dz3` on there is nothing new. Each layer does what the layer of lesson 01 did. For one
# sample it reads, from the last layer to the first:
#
# 1. weights and bias: $dW = dz \cdot (\text{what came in})^\top$ and $db = dz$;
# 2. one layer down: $W^\top dz$ is the gradient of the activation below;
# 3. the mask: where the unit below was silent, that gradient is stopped. The result is its $dz$.
#
# A column times a row is a table: each entry of the column times each entry of the row. So $dW$ has
# the shape of $W$.
#
# With digits such as 0.495463 that is no pleasure on paper. So **for the paper only** we round $p$
# to one digit, (0.5, 0.5, 0), as the author of this example did. In section 6 we ask what it cost.
#
# **Worked example: layer 3.** What came in is $a_2 = (2, 4)$.
#
# $$dz_3 = \begin{pmatrix} 0.5 \\ 0.5 \\ 0 \end{pmatrix} - \begin{pmatrix} 0 \\ 1 \\ 0 \end{pmatrix}
# = \begin{pmatrix} 0.5 \\ -0.5 \\ 0 \end{pmatrix} \qquad
# dW_3 = \begin{pmatrix} 0.5 \\ -0.5 \\ 0 \end{pmatrix} \begin{pmatrix} 2 & 4 \end{pmatrix}
# = \begin{pmatrix} 1 & 2 \\ -1 & -2 \\ 0 & 0 \end{pmatrix} \qquad db_3 = dz_3$$
#
# Down to layer 2, through the turned $W_3$. Then the mask: $z_2 = (2, 4)$, both units fired.
#
# $$W_3^\top dz_3 = \begin{pmatrix} 2 & 0 & 1 \\ 0 & 2 & 1 \end{pmatrix}
# \begin{pmatrix} 0.5 \\ -0.5 \\ 0 \end{pmatrix} = \begin{pmatrix} 1 \\ -1 \end{pmatrix} \qquad
# dz_2 = \begin{pmatrix} 1 \\ -1 \end{pmatrix} \odot \begin{pmatrix} 1 \\ 1 \end{pmatrix}
# = \begin{pmatrix} 1 \\ -1 \end{pmatrix}$$
#
# The sign $\odot$ means entry by entry.
#
# **Now with gaps: layer 2.** What came in is $a_1 = (0, 3, 5, 3)$, and $z_1 = (-1, 3, 5, 3)$.
#
# $$dW_2 = \begin{pmatrix} 1 \\ -1 \end{pmatrix} \begin{pmatrix} 0 & 3 & 5 & 3 \end{pmatrix}
# = \begin{pmatrix} 0 & 3 & \ldots & \ldots \\ 0 & \ldots & \ldots & -3 \end{pmatrix}$$
#
# $$W_2^\top dz_2 = \begin{pmatrix} 1 & 0 \\ -1 & 1 \\ 1 & -1 \\ 0 & 1 \end{pmatrix} \begin{pmatrix}
# 1 \\ -1 \end{pmatrix} = \begin{pmatrix} 1 \\ \ldots \\ \ldots \\ \ldots \end{pmatrix} \qquad dz_1
# = \begin{pmatrix} 1 \\ \ldots \\ \ldots \\ \ldots \end{pmatrix} \odot \begin{pmatrix} 0 \\ \ldots
# \\ \ldots \\ \ldots \end{pmatrix} = \begin{pmatrix} \ldots \\ \ldots \\ \ldots \\ \ldots
# \end{pmatrix}$$
#
# **And alone: layer 1.** What came in is $x = (2, 1, 3)$. Work out $dW_1$, a table with four rows
# and three columns. One of its rows you know without multiplying. Which, and why?
#
# <details><summary>Compare</summary>
#
# dW2 has the rows (0, 3, 5, 3) and (0, -3, -5, -3).
#
# Down to layer 1: (1, -2, 2, -1). The mask is (0, 1, 1, 1), for the first unit was silent. So dz1
# is (0, -2, 2, -1).
#
# dW1 has the rows (0, 0, 0), (-4, -2, -6), (4, 2, 6) and (-2, -1, -3). The first row is 0 since its
# unit was silent: it learns nothing from this sample.
#
# </details>
#
# **Put in order.** Eight steps of the backward pass, shuffled. Which is first? Which must wait for
# which?
#
# - (a) dW1 and db1 from dz1
# - (b) the mask of layer 2
# - (c) the turned W2 times dz2
# - (d) dz3 from p and y
# - (e) dW3 and db3 from dz3
# - (f) the mask of layer 1
# - (g) the turned W3 times dz3
# - (h) dW2 and db2 from dz2
#
# <details><summary>Compare</summary>
#
# The way down is d, g, b, c, f. The steps e, h and a hang on it like branches: e any time after d,
# h any time after b, a after f.
#
# </details>
#
# ### Your turn: `backward`
#
# Return a dictionary with `"dW1"`, `"db1"`, `"dW2"`, `"db2"`, `"dW3"` and `"db3"`, for one sample.
# No rounding. Each gradient has the shape of its parameter.


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
check("hand.backward", backward)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Start at the output, where you have a function for dz3 already. Then the same three things come
#    for each layer, from the last to the first: dW and db from its dz, and the way down to the dz
#    of the layer below.
# 2. dW is a column times a row: dz, and the transposed activation that came into the layer. db is
#    dz. Compare the shapes with those of W and b.
# 3. One step down is two moves. The turned weight matrix times dz gives the gradient of the
#    activation below; the slope of the ReLU at that layer's z, times it entry by entry, gives dz.
#    Do it once to get from dz3 to dz2, and once from dz2 to dz1. Return the six results under their
#    names.
#
# </details>

# %% [markdown]
# Here are your gradients for the network of this lesson: on each edge the gradient of its weight,
# below each unit its dz. Follow the lines of the silent unit: all of them are 0.

# %%
grads = backward(x_paper, y, parameters, cache)
plots.network(
    [grads[name].round(3) for name in ("dW1", "dW2", "dW3")],
    values=[x_paper, cache["a1"], cache["a2"], cache["p"].round(3)],
    dz=[grads[name].round(3) for name in ("db1", "db2", "db3")],
    names=columns,
    edges="gradient",
    title="Backward: what each weight and each unit is told",
)

# %% [markdown]
# ## 6. Two bugs that do not show
#
# ### Find the bug: a rounded p
#
# **This cell is wrong on purpose.** It does what the author of this example did: it rounds $p$ to
# one digit before the way back. And there is a second bug in it, which we come to later. First run
# it, and compare its numbers with your paper.


# %%
def planted_backward(x, y, parameters, cache):
    p = np.round(cache["p"], 1)
    dz3 = p - y
    dz2 = parameters["W3"].T @ dz3
    dz1 = (parameters["W2"].T @ dz2) * relu_derivative(cache["z1"])
    weights = {"dW1": dz1 @ x.T, "dW2": dz2 @ cache["a1"].T, "dW3": dz3 @ cache["a2"].T}
    return {**weights, "db1": dz1, "db2": dz2, "db3": dz3}


planted = planted_backward(x_paper, y, parameters, cache)
plots.heatmap(
    {name: planted[name] for name in ("db3", "dW3", "db2", "dW2", "db1", "dW1")},
    title="The planted gradients: the same numbers as on your paper",
)

# %% [markdown]
# Every number is as on paper, and as the author printed it. Rounding looks harmless. Is it?
#
# 1. How far off is `dz3`? Compare it, entry by entry, with the `dz3` from a $p$ that is not
#    rounded. Set `error` to the largest difference, without its sign, to at least three digits that
#    count (such as 0.00123).
# 2. Does this error reach layer 2? That is, would $W_3^\top dz_3$ be any different without the
#    rounding, beyond the last digit of a float? **Decide first**, then find out. Set
#    `reaches_layer_2` to `True` or `False`.
#
# ### Your turn: `error` and `reaches_layer_2`
#
# You may let Python do the arithmetic; add a cell if you like.

# %% solution="hand-rounding"
### BEGIN SOLUTION
_difference = (np.round(cache["p"], 1) - y) - (cache["p"] - y)
error = np.max(np.abs(_difference))
reaches_layer_2 = bool(np.max(np.abs(W3.T @ _difference)) > 1e-12)
### END SOLUTION

# %% check="hand.rounding"
check("hand.rounding", error=error, reaches_layer_2=reaches_layer_2)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Make dz3 twice: from p with all its digits, and from np.round(p, 1). Print both with six
#    digits, one beside the other, and look at the difference entry by entry.
# 2. np.abs takes the signs away, np.max finds the largest. That is the first answer. For the
#    second, multiply both versions of dz3 by the transposed W3. That product is all that layer 2
#    ever gets to see. Are the two results different?
# 3. A difference of about 1e-16 is no difference: it is the last digit of a float. To see the
#    reason, write down the three errors. Two are equal, and all three add up to 0. Then look at the
#    two columns of W3, which are (2, 0, 1) and (0, 2, 1).
#
# </details>

# %% [markdown]
# Now all six gradients, yours against the planted ones. Which lines do you expect to be 0?

# %%
for name in ("dW3", "db3", "dW2", "db2", "dW1", "db1"):
    print(f"{name}: largest difference {np.max(np.abs(grads[name] - planted[name])):.6f}")

# %% [markdown]
# The error stays in layer 3, by a coincidence of this example. The two large probabilities are
# equal, so they are off by the same amount, and the third is off by twice that amount the other
# way. Each column of $W_3$ holds a 2 for one of the first two and a 1 for the third, so the errors
# cancel. With other weights they would not. And `dW3` is off by 0.036, on a gradient whose entries
# are about 1 and 2: few would notice.
#
# ### Find the bug: a missing mask
#
# Below layer 3 the planted gradients are exact. Yet the planted code leaves out a whole step. Read
# it once more beside your own `backward`, before you open the fold.
#
# <details><summary>Compare</summary>
#
# The line that makes dz2 has no mask: the gradient passes layer 2 whether its units fired or not.
#
# </details>
#
# On the author's input the bug cannot show: $z_2 = (2, 4)$, so the mask is all ones, and
# multiplying by ones is the same as not multiplying. The printed numbers were all right, and the
# code was wrong. Whoever trusts one example would have built on it.
#
# **Your task: find an input that gives it away.** Same weights, same biases, same target; only $x$
# is yours. It must make `dW1` or `dW2` come out differently with and without layer 2's mask. This
# cell lets you try an input and see what layer 1 and layer 2 do with it:


# %%
def look(x):
    seen = forward(x, parameters)
    for name in ("a1", "z2"):
        print(f"{name} = " + ", ".join(f"{number:.1f}" for number in seen[name].ravel()))


look(np.array([[2.0], [1.0], [3.0]]))

# %% [markdown]
# ### Your turn: an `x` that shows it
#
# Set `x` to a column of three numbers: an array of shape (3, 1).

# %% solution="hand-revealing_input"
### BEGIN SOLUTION
x = np.array([[-3.0], [0.0], [4.0]])
### END SOLUTION

# %% check="hand.revealing_input"
check("hand.revealing_input", x=x)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. The mask of layer 2 matters only if it holds a 0. So look for an x for which an entry of z2 is
#    negative. Try several, and print z2 each time; the figure of the network helps to guess.
# 2. z2 is made from a1. The second unit of layer 2 adds a1's second and fourth number and its bias
#    3, and takes the third one away. So the third unit of layer 1 must fire strongly, while the
#    second and fourth stay small.
# 3. The third unit of layer 1 adds up the second and third input. The second adds up the first and
#    second. A large third input together with a negative first one does both. The fourth unit adds
#    the first and third input: keep their sum small.
#
# </details>

# %%
x_cache = forward(x, parameters)
x_grads = backward(x, y, parameters, x_cache)
x_planted = planted_backward(x, y, parameters, x_cache)
plots.heatmap(
    {"dW2, yours": x_grads["dW2"].round(2), "dW2, planted": x_planted["dW2"].round(2)},
    title="Your x gives the bug away",
    rows="unit of layer 2",
    columns="unit of layer 1",
)

# %% [markdown]
# ### In your own words
#
# A colleague tests a backward pass on a single example that was worked out on paper. All numbers
# agree, and so the code is declared right. Explain in three or four sentences why that is not
# enough, with the two bugs of this lesson as evidence, and say what you would look for when you
# choose examples for a test. A person will read your answer and give up to 2 points.

# %% [markdown] written="hand-explain" points=2
# ### BEGIN SOLUTION
# One example exercises the code only where its numbers let it. The missing mask did not show, since
# both units of layer 2 fired and a mask of ones changes nothing. The rounding did not show below
# layer 3, since two probabilities happened to be equal and the errors cancelled in the transposed
# W3; on paper the same rounding was done, so even layer 3 agreed. I would choose several examples
# without such coincidences: numbers that are all different, units that fire and units that are
# silent in every hidden layer, and a comparison that does not share the code's own shortcuts, such
# as measured slopes.
# ### END SOLUTION

# %% [markdown]
# ## Recap
#
# - The softmax makes scores into probabilities. Take the largest score away first.
# - The cross-entropy is minus the logarithm of what the right class was given. Guard the logarithm.
# - Forward, keep everything. Backward needs it.
# - Softmax and cross-entropy together have the shortest gradient of all.
# - Below the output, each layer does the same: weights and bias, one layer down, mask.
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
# Here $a_0$ is the input $x$, and $[z > 0]$ is 1 where the condition holds and 0 elsewhere.
#
# ### What comes next
#
# You measured slopes twice, by raising a number a little and looking. Lesson 03 makes a tool of
# that: a test that would have caught both bugs of this lesson in a second.
