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
# # A stack of linear layers
#
# **After this lesson you will be able to**
#
# - draw starting weights of the right size;
# - count the parameters of a network, and send samples through it;
# - send gradients back through three layers and take a step;
# - say what a stack of linear layers can't do;
# - find the wrong updates in a training step whose loss falls.
#
# **Time**: about 60 minutes for 1,900 words to read and 6 exercises. **Builds on**: lessons 04
# (comparing gradients), 09 (samples in rows, one unit) and 10 (the absolute error).

# %%
import numpy as np

from lessonlib import check, mine, plots

# %% [markdown]
# ## 1. Where should the weights start?
#
# In lesson 09 you trained one unit. Now we put layers in a row: the output of one layer is the
# input of the next. Each layer computes $A W + b$, where $A$ is the output of the layer below it.
# The first layer gets $X$. A <dfn>linear layer</dfn> has no ReLU, no tanh and no other function
# after its sum: its output is its sum.
#
# The weights must start at random, because equal units stay equal (lesson 06). How large should
# they be? Try it. Here are ten linear layers with 100 units each. Every weight lies between -0.1
# and 0.1, and all numbers in between are equally likely.
#
# **Decide.** The inputs have a typical size of 1. Will the outputs of the tenth layer be smaller,
# larger, or about the same?

# %% solution="guess-tenth_layer"
# the size after ten layers: "shrinks", "stays" or "grows"
### BEGIN SOLUTION
guess = "stays"
### END SOLUTION


# %%
def size_after(layers, limit):
    """The typical size of the outputs after so many layers of 100 units."""
    rng = np.random.default_rng(0)
    A = rng.normal(size=(200, 100))
    for _ in range(layers):
        A = A @ rng.uniform(-limit, limit, size=(100, 100))
    return A.std()  # how far the numbers lie from their mean, which is near 0


size = size_after(10, 0.1)
result = "shrinks" if size < 0.5 else "grows" if size > 2 else "stays"
plots.resolve(guess, result, choices=["shrinks", "stays", "grows"])

# %%
print("weights within   after 1 layer   after 5   after 10")
for limit in (0.1, 0.3):
    sizes = [size_after(layers, limit) for layers in (1, 5, 10)]
    print(f"{f'±{limit}':>14s}   {sizes[0]:13.4f}   {sizes[1]:7.4f}   {sizes[2]:8.4f}")

# %% [markdown]
# Weights that are too small let the numbers fade, and weights that are too large blow them up.
# Somewhere between 0.1 and 0.3 the size stays. <dfn>Glorot's rule</dfn> (Glorot and Bengio, 2010)
# draws each weight evenly between $-r$ and $r$, with a limit $r$ that is smaller for a layer with
# more inputs and outputs:
#
# $$r = \sqrt{\frac{6}{n_\mathrm{in} + n_\mathrm{out}}}$$
#
# Keras uses this rule unless you ask for another one. **Worked example.** For 3 inputs and 3
# outputs, $r = \sqrt{6/6} = 1$. **Now with gaps.** For 20 inputs and 4 outputs,
# $r = \sqrt{6 / \ldots} = \ldots$
#
# <details><summary>Compare</summary>
#
# The square root of 6/24 is 0.5.
#
# </details>
#
# ### Your turn: `glorot_uniform`
#
# `rng.uniform(low, high, size=shape)` draws an array of evenly spread numbers.


# %% solution="linreg-glorot_uniform"
def glorot_uniform(n_in, n_out, rng):
    """Returns weights (n_in, n_out), drawn from rng by Glorot's rule."""
    ### BEGIN SOLUTION
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, size=(n_in, n_out))
    ### END SOLUTION


# %% check="linreg.glorot_uniform"

# %% [markdown]
# For our ten layers the limit is $\sqrt{6/200} \approx 0.17$. Does the size stay?

# %%
limit = np.abs(glorot_uniform(100, 100, np.random.default_rng(1))).max()
print(f"largest weight {limit:.4f}; after ten such layers the size is {size_after(10, limit):.4f}")

# %% [markdown]
# ## 2. A network with printed numbers
#
# A published notebook built a small linear network with TensorFlow, a library for networks, and
# printed every number of the first step. So we can compare digit by digit. The network has one
# input, then layers with two units, two units and one unit: in short, 1-2-2-1. The nine samples lie
# on lesson 09's line, $y = 2x + 3$.
#
# Here are its starting weights. They don't follow Glorot's rule: 1.517 is beyond the limit of layer
# 2, which is 1.225. And two numbers appear three times! The author made a new generator with the
# same seed for each layer. That is why your `glorot_uniform` is given its `rng`.

# %%
W1 = np.array([[-0.29604465, -0.21134205]])
W2 = np.array([[-0.29604465, -0.21134205], [0.01063002, 1.5165398]])
W3 = np.array([[-0.29604465], [-0.21134205]])
parameters = [(W1, np.zeros(2)), (W2, np.zeros(2)), (W3, np.zeros(1))]

X = np.arange(32.0, 50.0, 2.0).reshape(-1, 1)
Y = 2 * X + 3

COLUMNS = ["input x", "layer 1", "layer 2", "output"]
# The figure wants one row for each unit, so the weights are transposed.
plots.network([W1.T, W2.T, W3.T], names=COLUMNS, title="The 1-2-2-1 network and its weights")

# %% [markdown]
# ### Your turn: `count_parameters`
#
# How many parameters does each layer have? Each line in the figure is a weight. Each unit has a
# bias; the input has none, because it isn't a unit. Count on paper first. Then write the function:
# `count_parameters([1, 2, 2, 1])` should return a list with three numbers, one for each layer.


# %% solution="linreg-count_parameters"
def count_parameters(layer_sizes):
    """layer_sizes, the input first: returns a list with each layer's number of parameters."""
    ### BEGIN SOLUTION
    counts = []
    for k in range(1, len(layer_sizes)):
        n_in, n_out = layer_sizes[k - 1], layer_sizes[k]
        counts.append(n_in * n_out + n_out)
    return counts
    ### END SOLUTION


# %% check="linreg.count_parameters"

# %% [markdown]
# Libraries for networks print a table like the next one. Look at it first when a shape surprises
# you. (PyTorch prints the shapes of $W$ the other way round: it stores $W$ transposed.)


# %%
def summary(parameters):
    """Print the shapes and the number of parameters of each layer."""
    sizes = [len(parameters[0][0])] + [len(b) for _, b in parameters]
    counts = count_parameters(sizes)
    print("layer   W          b         parameters")
    for k, (W, b) in enumerate(parameters):
        print(f"{k + 1:5d}   {str(W.shape):10s} {str(b.shape):9s} {counts[k]:10d}")
    print(f"all {sum(counts):35d}")


summary(parameters)

# %% [markdown]
# ## 3. Forward: is it more than one unit?
#
# **Worked example.** One sample, $x = 32$, all biases 0. Layer 1 gives
# $A_1 = 32 \cdot (-0.296, -0.211) = (-9.473, -6.763)$. Layer 2 gives
#
# $$A_2 = \begin{pmatrix} -9.473 & -6.763 \end{pmatrix}
# \begin{pmatrix} -0.296 & -0.211 \\ 0.011 & 1.517 \end{pmatrix}
# = \begin{pmatrix} 2.733 & -8.254 \end{pmatrix}$$
#
# We computed with all digits and rounded at the end. Layer 3 does the same with $A_2$, and gives
# one number: the prediction.
#
# ### Your turn: `network_forward`
#
# Return the outputs of all layers in a list, the prediction last. The way back will need them all.


# %% solution="linreg-network_forward"
def network_forward(X, parameters):
    """X (m, n_x), parameters [(W, b), ...]: returns [A1, A2, P], each layer's output."""
    ### BEGIN SOLUTION
    outputs = []
    A = X
    for W, b in parameters:
        A = A @ W + b
        outputs.append(A)
    return outputs
    ### END SOLUTION


# %% check="linreg.network_forward"

# %% [markdown]
# The notebook printed the predictions 0.9354558 for $x = 32$, up to 1.4031837 for $x = 48$, and a
# mean absolute error (MAE) of 81.83067. TensorFlow computed them with about seven digits, and NumPy
# has sixteen. So the last printed digit may differ.

# %%
mae = mine.linreg.mae  # your own, from lesson 10
P = network_forward(X, parameters)[-1]
print(f"predictions: {P[0, 0]:.7f}, {P[1, 0]:.7f}, … {P[-1, 0]:.7f}")
print(f"MAE: {mae(P, Y):.5f}")

# %% [markdown]
# **Decide.** The stack has 13 parameters. Can a single unit, with one weight $w$ and one bias,
# give the same nine predictions?

# %% solution="guess-single_neuron"
# "yes" or "no"
### BEGIN SOLUTION
guess = "no"
### END SOLUTION

# %%
w_single = (W1 @ W2 @ W3).item()
same = np.allclose(X * w_single, P)
plots.resolve(guess, "yes" if same else "no", choices=["yes", "no"])

# %%
print(f"w = {w_single:.7f} and b = 0 predict {32 * w_single:.7f} for x = 32")

# %% [markdown]
# Matrix products may be grouped freely: $((x W_1) W_2) W_3 = x\,(W_1 W_2 W_3)$. The product in the
# brackets is a single weight. The biases don't change that: they add up to a single bias. So
# **linear layers in a row are one linear layer**, however many there are. Only a ReLU, a tanh or
# the like between them makes depth worth its price.
#
# Then why do we train this stack? Because it has everything that the way back through many layers
# needs, and printed digits to compare with.
#
# ## 4. One step back, through three layers
#
# The loss of this network is half the squared error. The sum goes over all entries, and the mean
# over the samples only:
#
# $$L = \frac{1}{2m} \sum (P - Y)^2, \qquad dZ_3 = \frac{P - Y}{m}$$
#
# The 1/2 cancels the 2 of the derivative. (So this isn't `mse_gradient` from lesson 09, which is
# $2 (P - Y) / (m\, n_\mathrm{out})$.) The division by $m$ happens here, once, and every later sum
# is a plain sum. Each layer then does what it did in lesson 09. The layers are linear, so there is
# no mask.
#
# **Now with gaps.** Fill in the second and the third line on paper. There are $m = 9$ samples;
# check each product against its shape.
#
# | layer | its input | $dZ$ | $dW$ | $db$ |
# |---|---|---|---|---|
# | 3 | $A_2$ (9, 2) | $(P - Y)/m$ (9, 1) | $A_2^\top dZ_3$ (2, 1) | column sums of $dZ_3$ (1,) |
# | 2 | … | $dZ_3\, W_3^\top$ (9, 2) | … | … |
# | 1 | … | … | … | … |
#
# <details><summary>Compare</summary>
#
# Layer 2 has the input A1, (9, 2). Its dW is A1 transposed times dZ2, (2, 2), and its db holds the
# column sums of dZ2, (2,).
#
# Layer 1 has the input X, (9, 1). Its dZ is dZ2 times W2 transposed, (9, 2). Its dW is X transposed
# times dZ1, (1, 2), and its db has the shape (2,).
#
# </details>
#
# ### Your turn: `network_step`
#
# Take one step of gradient descent. Return the new parameters in the same form, a list of three
# pairs, and leave the old ones as they are. All six gradients belong to the **old** parameters, so
# compute them before you change anything.


# %% solution="linreg-network_step"
def network_step(X, Y, parameters, learning_rate):
    """X (m, n_x), Y (m, n_y), parameters [(W1, b1), (W2, b2), (W3, b3)]: returns new ones."""
    ### BEGIN SOLUTION
    (W1, b1), (W2, b2), (W3, b3) = parameters
    A1, A2, P = network_forward(X, parameters)
    dZ3 = (P - Y) / len(X)
    dZ2 = dZ3 @ W3.T
    dZ1 = dZ2 @ W2.T
    return [
        (W1 - learning_rate * X.T @ dZ1, b1 - learning_rate * dZ1.sum(axis=0)),
        (W2 - learning_rate * A1.T @ dZ2, b2 - learning_rate * dZ2.sum(axis=0)),
        (W3 - learning_rate * A2.T @ dZ3, b3 - learning_rate * dZ3.sum(axis=0)),
    ]
    ### END SOLUTION


# %% check="linreg.network_step"

# %% [markdown]
# Now compare. With the learning rate $\eta = 0.0001$ the notebook printed
#
# | array | printed |
# |---|---|
# | $dZ_3$, first and last | -66.064545, -97.59682 |
# | $dW_3$ | -284.00793, 857.8584 |
# | new $W_3$ | -0.26764387, -0.2971279 |
# | new $W_1$ | -0.25204194, -0.3189828 |
# | new $b_3$ | 0.0736476 |

# %%
(new_W1, _), (new_W2, _), (new_W3, new_b3) = network_step(X, Y, parameters, 1e-4)
dZ3 = (P - Y) / 9
rows = {"dZ3": dZ3[[0, -1]], "9 * dZ3": 9 * dZ3[[0, -1]], "dW3": (W3 - new_W3) / 1e-4}
rows |= {"new W3": new_W3, "new W1": new_W1, "new b3": new_b3}
for name, values in rows.items():
    print(f"{name:7s}", "  ".join(f"{value:.7f}" for value in np.ravel(values)))

# %% [markdown]
# The weights and $dW_3$ agree, except now and then in the last digit. Our $dZ_3$ is nine times
# smaller than the printed one: that notebook prints an undivided $dZ = P - Y$, and divides by
# $m = 9$ later, in each $dW$. Both ways give the same $dW$. And $b_3$? It doesn't agree. Keep that
# in mind for section 6.
#
# ## 5. Watch it train
#
# The notebook also printed every weight after every step, page after page. A picture says it
# better. The network has to bring the product $W_1 W_2 W_3$ from 0.03 to 2, and all weights share
# one learning rate.
#
# **Decide.** One of the eight weights will move furthest in 15 steps. In which of the three arrays
# is it?

# %% solution="guess-furthest"
# "W1", "W2" or "W3"
### BEGIN SOLUTION
guess = "W2"
### END SOLUTION

# %%
states = [parameters]
for _ in range(15):
    states.append(network_step(X, Y, states[-1], 1e-4))

history = {f"W{k + 1}": np.array([state[k][0] for state in states]) for k in range(3)}
moved = {name: np.abs(values[-1] - values[0]).max() for name, values in history.items()}
plots.resolve(
    guess,
    max(moved, key=moved.get),
    plots.weight_history(history, title="The eight weights in 15 steps", xlabel="step"),
    choices=["W1", "W2", "W3"],
)

# %% [markdown]
# Three weights move most: `W1[0, 1]`, `W2[1, 1]` and `W3[1, 0]`. Step through the training below
# and find them in the network.

# %%
slopes = [(V1 @ V2 @ V3).item() for (V1, _), (V2, _), (V3, _) in states]
errors = [mae(network_forward(X, state)[-1], Y) for state in states]
weights = {k: [W for W, _ in states[k]] for k in range(9)}
captions = {k: f"slope {slopes[k]:.3f}, MAE {errors[k]:.2f}" for k in range(9)}

# %%
plots.weight_steps(weights, captions, names=COLUMNS, title="The weights, step by step")

# %% [markdown]
# The three weights lie on one path: from the input through the two lower units to the output. The
# largest starting weight, 1.517, is on that path. A weight's gradient contains the other weights of
# its path as factors. So a large weight makes its *neighbours* learn fast, more than itself.
#
# The steps grow at first, because the growing weights multiply each other's gradients. After six
# steps nearly everything is done: the slope is 2.07 and the error 0.35. The rest, from slope 2.07
# and a bias near 0 to the true 2 and 3, would take more than 100,000 steps. This is lesson 10's
# ravine again: the inputs, 32 to 48, aren't scaled.
#
# ## 6. Find the bug: which updates are wrong?
#
# **This cell is wrong on purpose.** It is the step of the published notebook, with its two helper
# functions.


# %%
def planted_step(X, Y, parameters, learning_rate):
    def new_weights(dZ, A_below, W):
        dW = A_below.T @ dZ / len(A_below)
        return W - learning_rate * dW

    def new_bias(dZ, b):
        db = dZ.sum(axis=0)
        return b - learning_rate * db

    (W1, b1), (W2, b2), (W3, b3) = parameters
    A1, A2, P = network_forward(X, parameters)
    dZ3 = P - Y
    new_W3, new_b3 = new_weights(dZ3, A2, W3), new_bias(dZ3, b3)
    dZ2 = dZ3 @ W3.T
    new_W2, new_b2 = new_weights(dZ2, A1, W2), new_bias(dZ2, b3)
    dZ1 = dZ2 @ W2.T
    new_W1, new_b1 = new_weights(dZ1, X, W1), new_bias(dZ1, b1)
    return [(new_W1, new_b1), (new_W2, new_b2), (new_W3, new_b3)]


# %% [markdown]
# **Decide.** Some of its updates are wrong. What will the error do in the first two steps?

# %% solution="guess-planted"
# "rises" or "falls"
### BEGIN SOLUTION
guess = "falls"
### END SOLUTION

# %%
state, planted_errors = parameters, []
for _ in range(3):
    planted_errors.append(mae(network_forward(X, state)[-1], Y))
    state = planted_step(X, Y, state, 1e-4)
result = "falls" if planted_errors[-1] < planted_errors[0] else "rises"
plots.resolve(guess, result, choices=["rises", "falls"])

# %%
for step, error in enumerate(planted_errors):
    print(f"MAE after {step} planted steps: {error:.5f}")

# %% [markdown]
# These are the errors that the notebook printed, 81.83067 and 78.28142, except in the last digit.
# Nothing looks wrong.
#
# You have a better test than the error: a step that passed its check. Take one step with each
# function from the same place, and compare parameter by parameter. Start where the biases aren't 0,
# because a mix-up of two biases can't be seen while both are 0. Here is the first comparison.

# %%
rng = np.random.default_rng(6)
elsewhere = [(W, rng.normal(size=b.shape)) for W, b in parameters]
right_step = network_step(X, Y, elsewhere, 1e-4)
wrong_step = planted_step(X, Y, elsewhere, 1e-4)

old, right, planted = elsewhere[2][0], right_step[2][0], wrong_step[2][0]
print("W3, right step:  ", "  ".join(f"{value:.6f}" for value in (right - old).ravel()))
print("W3, planted step:", "  ".join(f"{value:.6f}" for value in (planted - old).ravel()))

# %% [markdown]
# ### Your turn: `suspects`
#
# Compare the other five in the cell below: `elsewhere[0][0]` is $W_1$, `elsewhere[0][1]` is $b_1$,
# and so on. Then set `suspects` to the names of **all** parameters whose update is wrong, out of
# `"W1"`, `"b1"`, `"W2"`, `"b2"`, `"W3"` and `"b3"`.

# %% solution="linreg-suspects"
# suspects: a set of names, such as {"W1", "W2"}
### BEGIN SOLUTION
for _layer in range(3):
    for _which, _letter in enumerate("Wb"):
        _same = np.allclose(right_step[_layer][_which], wrong_step[_layer][_which], rtol=1e-9)
        print(f"{_letter}{_layer + 1}: {'agrees' if _same else 'differs'}")
suspects = {"b1", "b2", "b3"}
### END SOLUTION

# %% check="linreg.suspects"

# %% [markdown]
# ### In your own words
#
# A friend has data that lie on a curve. She reports: "I used five linear layers instead of one, so
# that the model can bend. I wrote the training step myself. The loss fell in every epoch, so my
# gradients are right." Explain in four to six sentences what is wrong with each of her two
# conclusions, and what you'd do instead. Write yours first: the fold below has a model answer and
# says what earns the two points.

# %% [markdown] written="linreg-linear_stack" points=2
# <!-- BEGIN SOLUTION -->
# Five linear layers in a row are one linear layer: x W1 W2 W3 W4 W5 is x times one matrix, and the
# biases add up to one bias. So the model still draws a straight line, and it can't bend. I'd put a
# ReLU or a tanh between the layers. A falling loss doesn't prove right gradients: a step with wrong
# ones often still leads downhill, only more slowly or to another place. I'd compare each gradient
# with one that I measure by nudging the parameter, or with a step that I trust, at a place where no
# bias is 0.
# <!-- END SOLUTION -->

# %% [markdown] rubric="linreg-linear_stack"
# - 1 point: several linear layers in a row are one linear layer, and a ReLU, a tanh or the like
#   between them is what lets a model bend.
# - 1 point: wrong gradients can lower the loss too, and a comparison, number by number, is what
#   shows whether they are right.

# %% [markdown]
# ### If you want more
#
# - Write `relu_forward`: your `network_forward` with `np.maximum(0, …)` after layers 1 and 2. What
#   does it predict for the nine samples from the same starting weights? Which gradients would be 0?
#   (Lesson 02 has a word for such units.)
# - Scale `X` and `Y` with `mine.linreg.min_max_fit` and `mine.linreg.min_max_transform`, your own
#   from lesson 10. Train the linear stack again. How large may the learning rate be now, and how
#   near does the line come?
#
# ## Recap
#
# - Weights that are too small let the numbers fade from layer to layer, and too large ones blow
#   them up. Glorot's rule lies in between.
# - Linear layers in a row are one linear layer.
# - On the way back the division by $m$ happens once, at the output. Each layer gives $dW$, $db$ and
#   the $dZ$ of the layer below.
# - A weight's gradient contains the other weights of its path as factors, so a large weight makes
#   its neighbours learn fast.
# - A falling loss proves nothing about the gradients. Compare them.
#
# ### The formulas on one card
#
# | what | formula | shape |
# |---|---|---|
# | Glorot's limits | $\pm\sqrt{6 / (n_\mathrm{in} + n_\mathrm{out})}$ | a number |
# | parameters of a layer | $n_\mathrm{in}\, n_\mathrm{out} + n_\mathrm{out}$ | a number |
# | layer $k$, forward | $A_k = A_{k-1} W_k + b_k$, with $A_0 = X$ | $(m, n_k)$ |
# | loss | $L = \frac{1}{2m} \sum (P - Y)^2$ | a number |
# | back from the loss, in the last layer $K$ | $dZ_K = (P - Y) / m$ | $(m, n_y)$ |
# | back to the layer below, no mask | $dZ_{k-1} = dZ_k W_k^\top$ | $(m, n_{k-1})$ |
# | back to the weights | $dW_k = A_{k-1}^\top dZ_k$ | $(n_{k-1}, n_k)$ |
# | back to the biases | $db_k = \sum_\mathrm{samples} dZ_k$ | $(n_k,)$ |
#
# ### What comes next
#
# In lesson 12 the ReLU returns between the layers. You build a network with any number of layers,
# and reproduce, digit by digit, gradients that Keras printed.
