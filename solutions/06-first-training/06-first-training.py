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
# # The first training
#
# **After this lesson you will be able to**
#
# - send the gradient back through two layers of sigmoids;
# - write a whole training run: forward, loss, backward, update;
# - explain why a network must not start with equal weights;
# - find a bug that makes the loss *lower*;
# - say what biases are good for.
#
# **Time**: about 65 minutes for 2,000 words to read and 6 exercises. **Builds on**: the network and
# the loss of lesson 05, the chain rule of lesson 02, the check of lesson 04.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.lessons.xor import bce, forward, sigmoid_derivative
from lessonlib.nn import numeric_gradient, relative_error
from lessonlib.nn.network import Network

X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
Y = np.array([[0, 1, 1, 0]])

# %% [markdown]
# The functions `forward`, `bce` and `sigmoid_derivative` are the ones that you wrote in lesson 05.
#
# ## 1. The way back
#
# In lesson 05 the network had the weights $W_1 = \begin{pmatrix} 1 & -1 \\ 2 & 1 \end{pmatrix}$ and
# $W_2 = (1, -2)$. The sample 01 gave $a_1 = (0.269, 0.731)$, the output's sum $z_2 = -1.193$ and
# the probability $p = 0.233$. The output's sum is also called its score. The target is 1, so the
# network is rather wrong.
#
# The way back starts at the output. What is the slope of the loss in the score $z_2$? It can be
# measured. Nudge $z_2$ by a small $h$, and the loss changes by about slope times $h$.
#
# **Decide, then run.** Is the slope positive or negative? And how large is it, roughly?

# %% solution="guess-slope"
# The slope of the loss in z2, one number
### BEGIN SOLUTION
guess = -0.5
### END SOLUTION


# %%
def loss_at(z2):
    """The loss of the sample 01, whose target is 1: minus the logarithm of the sigmoid."""
    return -np.log(1 / (1 + np.exp(-z2)))


h = 1e-5
slope = (loss_at(-1.193 + h) - loss_at(-1.193 - h)) / (2 * h)
plots.resolve(guess, round(float(slope), 3))

# %% [markdown]
# The slope is $0.233 - 1 = p - y$: it is the error itself. That is no accident. The chain rule
# multiplies two slopes here. For the target 1 the loss is $-\log p$, and its slope in $p$ is
# $-1/p$. For the target 0 the loss is $-\log(1 - p)$, and its slope is $1/(1 - p)$. The slope of
# the sigmoid is $p (1 - p)$. In the product the fractions cancel:
#
# $$\underbrace{\left( -\frac{y}{p} + \frac{1 - y}{1 - p} \right)}_{\text{slope of the loss}}
# \cdot \underbrace{p\, (1 - p)}_{\text{slope of the sigmoid}}
# \;=\; -y\,(1 - p) + (1 - y)\, p \;=\; p - y$$
#
# In lesson 03 softmax and cross-entropy gave the same. For $m$ samples the loss is a mean, so
#
# $$dZ_2 = (P - Y) / m.$$
#
# The $1/m$ is here and nowhere else. Everything that follows is a plain sum over the samples.
#
# **Worked example.** The sample 01 by itself, with $m = 1$. Read it from top to bottom. The slope
# of both hidden sigmoids is $0.269 \cdot 0.731 = 0.197$.
#
# | step | result |
# |---|---|
# | at the output | $dz_2 = 0.233 - 1 = -0.767$ |
# | weights of the output | $dW_2 = dz_2 \cdot a_1 = (-0.206, \; -0.561)$ |
# | back through $W_2 = (1, -2)$ | $da_1 = -0.767 \cdot (1, \; -2) = (-0.767, \; 1.534)$ |
# | back through the sigmoids | $dz_1 = da_1 \cdot 0.197 = (-0.151, \; 0.302)$ |
# | weights of unit 1 | $-0.151 \cdot (0, 1) = (0, \; -0.151)$ |
# | weights of unit 2 | $0.302 \cdot (0, 1) = (0, \; 0.302)$ |
#
# **Now with gaps.** The sample 00 with the target 0, where $a_1 = (0.5, 0.5)$ and $p = 0.378$:
#
# | step | result |
# |---|---|
# | at the output | $dz_2 = \ldots$ |
# | weights of the output | $dW_2 = (\ldots, \; \ldots)$ |
# | back through $W_2$ and the sigmoids | $dz_1 = (0.0945, \; \ldots)$ |
# | weights of both units | $dW_1 = \ldots$ |
#
# <details><summary>Compare</summary>
#
# The error is 0.378, and dW2 is (0.189, 0.189). Where a sigmoid gives 0.5, its slope is 0.25. So
# the entry of unit 2 in dz1 is 0.378 times -2 times 0.25, which is -0.189. And dW1 is 0 throughout,
# because both inputs are 0: this sample teaches the first layer nothing.
#
# </details>
#
# ### Your turn: `backward`
#
# Write it for all samples at once, and for any number of inputs, units and outputs. With several
# outputs, each has a loss of its own, and these losses add up.


# %% solution="xor-backward"
def backward(W1, W2, X, Y, A1, P):
    """The gradients of the mean loss: dW1 with the shape of W1, dW2 with the shape of W2."""
    ### BEGIN SOLUTION
    m = X.shape[1]
    dZ2 = (P - Y) / m
    dW2 = dZ2 @ A1.T
    dZ1 = (W2.T @ dZ2) * sigmoid_derivative(A1)
    dW1 = dZ1 @ X.T
    return dW1, dW2
    ### END SOLUTION


# %% check="xor.backward"

# %% [markdown]
# Never trust a gradient that you haven't measured. Here is the check of lesson 04, on your own
# function. A sigmoid has no kink, so there is no bad place to avoid.

# %%
W1_small = np.array([[1.0, -1.0], [2.0, 1.0]])
W2_small = np.array([[1.0, -2.0]])
_, A1_small, _, P_small = forward(W1_small, W2_small, X)
dW1_small, dW2_small = backward(W1_small, W2_small, X, Y, A1_small, P_small)

measured_1 = numeric_gradient(lambda W: bce(forward(W, W2_small, X)[3], Y), W1_small)
measured_2 = numeric_gradient(lambda W: bce(forward(W1_small, W, X)[3], Y), W2_small)
for name, yours, measured in (("dW1", dW1_small, measured_1), ("dW2", dW2_small, measured_2)):
    says = "agrees" if relative_error(yours, measured) < 1e-6 else "does NOT agree"
    print(f"{name} {says} with the measured gradient")

# %% [markdown]
# ## 2. Ten thousand small steps
#
# In lesson 01 one weight rolled down its valley. Now there are six weights, and the loss has a
# slope along each of them. <dfn>Gradient descent</dfn> takes a small step against the gradient, for
# all weights together, and repeats:
#
# $$W_\mathrm{new} = W - \eta \cdot dW$$
#
# The learning rate $\eta$ is called `learning_rate` in code. A round in which every sample is used
# once is an <dfn>epoch</dfn>.
#
# **Put in order.** An epoch has four parts. Which order is right?
#
# - (a) both weight matrices take their step
# - (b) the loss is noted
# - (c) both gradients are computed
# - (d) the network runs forward
#
# <details><summary>Compare</summary>
#
# (d), (b), (c), (a). The forward pass comes first, because everything else needs its activations.
# Both gradients must be ready before either matrix moves, because both belong to the weights that
# the forward pass used.
#
# </details>
#
# ### Your turn: `train`
#
# Start from the weights that come in, and leave those arrays unchanged. Return the new weights and
# the list of losses, one for each epoch. Note each loss **before** the step, so that `losses[0]`
# belongs to the weights that came in.


# %% solution="xor-train"
def train(W1, W2, X, Y, learning_rate, epochs):
    """Gradient descent: the new W1 and W2, and the loss of each epoch before its step."""
    ### BEGIN SOLUTION
    losses = []
    for _ in range(epochs):
        _, A1, _, P = forward(W1, W2, X)
        losses.append(bce(P, Y))
        dW1, dW2 = backward(W1, W2, X, Y, A1, P)
        W1 = W1 - learning_rate * dW1
        W2 = W2 - learning_rate * dW2
    return W1, W2, losses
    ### END SOLUTION


# %% check="xor.train"

# %% [markdown]
# Now let it run: two hidden units, random weights between 0 and 1, learning rate 0.1, 10,000
# epochs.
#
# **Decide, then run.** A network that says 0.5 to everything has the loss 0.693. What will the last
# loss be?

# %% solution="guess-last"
# The loss after 10,000 epochs
### BEGIN SOLUTION
guess = 0.1
### END SOLUTION

# %%
np.random.seed(2)  # NumPy's older way to make draws repeatable
W1_start = np.random.rand(2, 2)  # numbers between 0 and 1, all equally likely
W2_start = np.random.rand(1, 2)

# %%
W1, W2, losses = train(W1_start, W2_start, X, Y, 0.1, 10_000)
figure = plots.loss_curve(losses, title="Your first training", xlabel="epoch")
plots.resolve(guess, round(losses[-1], 4), figure)

# %% [markdown]
# You are not the first to train this network. This lesson grew out of a short notebook called
# *Backpropagation*, dated February 2024. It started from the same draws and printed the weights
# that it ended with. Compare:

# %%
printed = {
    "W1": np.array([[0.6945972, 0.69298621], [4.95603514, 4.90910154]]),
    "W2": np.array([[-8.76869413, 6.71602913]]),
}
print("             printed         yours")
for name, W in (("W1", W1), ("W2", W2)):
    for i, j in np.ndindex(W.shape):
        print(f"{name}[{i}, {j}]  {printed[name][i, j]:12.8f}  {W[i, j]:12.8f}")

# %% [markdown]
# All eight decimal places agree. Your gradients, your loop and your order of steps are theirs.
#
# ### Your turn: `predict`
#
# Turn probabilities into answers: 1 where $P$ is 0.5 or more, else 0. Return a flat array with one
# number for each sample, even for a single one.


# %% solution="xor-predict"
def predict(W1, W2, X):
    """The class of each sample: a flat array (m,) of 0 and 1."""
    ### BEGIN SOLUTION
    P = forward(W1, W2, X)[3]
    return (P[0] >= 0.5).astype(int)
    ### END SOLUTION


# %% check="xor.predict"

# %%
print("probabilities:", ", ".join(f"{p:.4f}" for p in forward(W1, W2, X)[3][0]))
print("predictions:  ", [int(answer) for answer in predict(W1, W2, X)])

# %% [markdown]
# XOR is solved: all four answers are right. But the network isn't sure. After 10,000 epochs it
# still says 0.43 where it should say 0.
#
# ## 3. The long flat stretch
#
# Look at the loss curve again. For thousands of epochs it stays at 0.693, and nothing seems to
# happen. Many people would have stopped the run there.
#
# Take the epochs from 1,000 to 5,000. The loss falls by only 0.006. What do the weights do in the
# meantime? Look at one of them, `W1[1, 0]`: the weight of unit 2 for input 1. At epoch 1,000 it is
# 0.54.
#
# **Decide, then run.** What is it at epoch 5,000?

# %% solution="guess-weights"
# W1[1, 0] at epoch 5,000
### BEGIN SOLUTION
guess = 0.6
### END SOLUTION

# %%
history = {0: (W1_start, W2_start)}
for epoch in range(0, 10_000, 100):  # a hundred epochs at a time, on from the last ones
    # the star hands over both matrices, W1 and W2
    W1_next, W2_next, _ = train(*history[epoch], X, Y, 0.1, 100)
    history[epoch + 100] = (W1_next, W2_next)

figure = plots.weight_history(
    {
        "W1": [both[0] for both in history.values()],
        "W2": [both[1] for both in history.values()],
    },
    title="The six weights, epoch by epoch",
    xlabel="hundreds of epochs",
)
plots.resolve(guess, round(history[5000][0][1, 0], 2), figure)

# %% [markdown]
# It has doubled. The weights move all the time, while the loss seems to rest. First both numbers in
# `W2` shrink to nearly 0. Then, very slowly, the two hidden units become different. The weight of
# unit 1 in `W2` turns negative, that of unit 2 positive. Only when they are different enough does
# the loss begin to fall.
#
# Here is the same run as a film. Step through it, and watch where the network changes its mind.

# %%
epochs_shown = (0, 1000, 3000, 5000, 5500, 6000, 6500, 7000, 7500, 8000, 9000, 10_000)
plots.boundary_steps(
    lambda weights, points: forward(*weights, points)[3],
    {epoch: history[epoch] for epoch in epochs_shown},
    X,
    Y,
    samples="columns",
    title="Your network during its training",
    xlabel="input 1",
    ylabel="input 2",
)

# %% [markdown]
# ## 4. Twins
#
# The loss fell when the two hidden units had become different. What if they start exactly equal,
# with two equal rows in `W1` and two equal numbers in `W2`?
#
# ### Your turn: `symmetry`
#
# What happens to the two rows of `W1` in 10,000 epochs? Set `symmetry` to a letter, in quotes.
# Reason first. The experiment comes after the check.
#
# - (a) Nothing moves: two equal units have a gradient of zero, so the network stays where it is.
# - (b) The rows part after a while: the four samples are different, and they pull the units in
#   different directions.
# - (c) The rows move, but stay equal: at each step both get the same gradient. The network can do
#   no more than one with a single hidden unit.
# - (d) The rows part slowly, because small rounding errors add up over so many steps, until the
#   units do different things.

# %% solution="xor-symmetry"
### BEGIN SOLUTION
symmetry = "c"
### END SOLUTION

# %% check="xor.symmetry"

# %%
W1_twins = np.array([[0.4, 0.9], [0.4, 0.9]])
W2_twins = np.array([[0.3, 0.3]])

print("epochs    row of unit 1      row of unit 2 minus row of unit 1")
done = 0
for until in (0, 1, 100, 10_000):
    W1_twins, W2_twins, _ = train(W1_twins, W2_twins, X, Y, 0.1, until - done)
    done = until
    row, gap = W1_twins[0], W1_twins[1] - W1_twins[0]
    print(f"{until:6d}    {row[0]:.4f}  {row[1]:.4f}     {gap[0]:.4f}  {gap[1]:.4f}")

print(f"loss at the end: {bce(forward(W1_twins, W2_twins, X)[3], Y):.4f}")

# %% [markdown]
# That is why weights start at *random* numbers. What matters here is that no two units are alike.
#
# ## 5. Find the bug
#
# **The next cell is wrong on purpose.** A colleague has written one epoch in five lines. Every
# formula in it is right.


# %%
def planted_epoch(W1, W2, X, Y, learning_rate):
    _, A1, _, P = forward(W1, W2, X)  # line 1
    _, dW2 = backward(W1, W2, X, Y, A1, P)  # line 2
    W2 = W2 - learning_rate * dW2  # line 3
    dW1, _ = backward(W1, W2, X, Y, A1, P)  # line 4
    W1 = W1 - learning_rate * dW1  # line 5
    return W1, W2


# %% [markdown]
# "It works", says the colleague. "The loss goes down, and XOR is solved."
#
# **Decide, then run.** After the same number of steps, is the colleague's loss "higher" or "lower"
# than yours?

# %% solution="guess-planted"
# "higher" or "lower"
### BEGIN SOLUTION
guess = "higher"
### END SOLUTION

# %%
W1_planted, W2_planted = W1_start, W2_start
for _ in range(9_999):  # the steps that you had taken when you noted your last loss
    W1_planted, W2_planted = planted_epoch(W1_planted, W2_planted, X, Y, 0.1)

loss_planted = bce(forward(W1_planted, W2_planted, X)[3], Y)
plots.resolve(
    guess, "lower" if loss_planted < losses[-1] else "higher", choices=["higher", "lower"]
)

# %%
print(f"your last loss        {losses[-1]:.6f}")
print(f"the colleague's loss  {loss_planted:.6f}")

# %% [markdown]
# The bug makes the loss a little *lower*. A wrong direction often leads downhill as well. What
# gives the bug away is a single step with a large learning rate, beside a step that is known to be
# right.

# %%
W1_right, W2_right, _ = train(W1_start, W2_start, X, Y, 8.0, 1)
W1_planted, W2_planted = planted_epoch(W1_start, W2_start, X, Y, 8.0)

print("after one epoch, learning rate 8    right  planted")
for name, right, planted in (("W1", W1_right, W1_planted), ("W2", W2_right, W2_planted)):
    for i, j in np.ndindex(right.shape):
        remark = "" if abs(right[i, j] - planted[i, j]) < 1e-9 else "   <- differs"
        print(f"{name}[{i}, {j}]  {right[i, j]:30.4f}  {planted[i, j]:7.4f}{remark}")

# %% [markdown]
# Which of the five lines comes too early? Set `wrong_line` to its number.

# %% solution="xor-bug_hunt"
### BEGIN SOLUTION
wrong_line = 3
### END SOLUTION

# %% check="xor.bug_hunt"

# %% [markdown]
# ## 6. What biases would have done
#
# Think of the sample 00. Without biases both hidden sums are 0 there, so both activations are 0.5,
# whatever `W1` is. For the network to say 0 to this sample, the two numbers in `W2` must add up to
# well below 0. To say 1 to the neighbours all the same, it needs large weights in both layers. That
# can be done, but it takes a long time. A bias lets each unit choose where its step is.
#
# Here is the same network with biases that start at 0: the same weights at the start, the same
# learning rate, the same number of epochs. It is the course's finished network. In a later lesson
# you will write one like it yourself. It wants its samples in rows, so everything goes in
# transposed.
#
# **Decide, then run.** The last loss without biases was 0.397. What will it be with biases?

# %% solution="guess-biases"
# The last loss with biases
### BEGIN SOLUTION
guess = 0.2
### END SOLUTION

# %%
network = Network([2, 2, 1], np.random.default_rng(0), hidden="sigmoid", output="sigmoid")
for (weights, biases), start in zip(network.parameters, (W1_start, W2_start), strict=True):
    weights[:], biases[:] = start.T, 0  # the same start, and biases of 0

losses_with_biases = network.fit(X.T, Y.T, learning_rate=0.1, epochs=10_000)["loss"]
figure = plots.loss_curve(
    {"without biases": losses, "with biases": losses_with_biases},
    title="The same start, with and without biases",
    xlabel="epoch",
)
plots.resolve(guess, round(float(losses_with_biases[-1]), 4), figure)

# %%
plots.decision_boundary(
    lambda points: network.predict(points.T),
    X,
    Y,
    samples="columns",
    title="What the trained network says, with biases",
    xlabel="input 1",
    ylabel="input 2",
)

# %% [markdown]
# Three more numbers, one bias for each unit, and the loss ends eighteen times lower. The boundary
# now runs about halfway between circles and squares, and every probability is within 0.03 of its
# target. The network has become sure.
#
# ### In your own words
#
# Somebody watches the training of a network. For a thousand epochs the loss hardly changes. "It has
# finished learning", they say, "and if I start again with all weights at 0.5, it will be the same."
# Explain in four or five sentences what the weights may be doing in a flat stretch, what has to
# happen before the loss falls, and why equal weights at the start are worse than random ones.
#
# Write yours first: the fold below has a model answer and says what earns the two points.

# %% [markdown] written="xor-plateau" points=2
# <!-- BEGIN SOLUTION -->
# A flat loss doesn't mean that the weights are at rest. In our run they moved all the time: the two
# hidden units slowly became different, and as long as they did much the same, the network could
# only say about 0.5 to everything. The loss fell when the units were different enough to do two
# jobs. If all weights start at 0.5, the units of a layer compute the same activation, get the same
# gradient and take the same step, in every epoch. So they stay equal for ever, the network is worth
# no more than one hidden unit, and it cannot do XOR. Random weights make the units different from
# the start.
# <!-- END SOLUTION -->

# %% [markdown] rubric="xor-plateau"
# - 1 point: in a flat stretch the weights can go on moving; the loss falls once the hidden units
#   have become different enough.
# - 1 point: equal units get equal gradients and stay equal, so they count as one; random weights
#   make them different.

# %% [markdown]
# ### If you want more
#
# No points here. Start with twins that are not quite equal: one number in `W2` is larger by a tiny
# `gap`. How many epochs pass before the loss is below 0.5? Guess first: if you make the gap a
# hundred times smaller, does that take a hundred times as long? Try gaps of your own.

# %%
for gap in (1e-2, 1e-4, 1e-6):
    W1_gap = np.array([[0.4, 0.9], [0.4, 0.9]])
    W2_gap = np.array([[0.3, 0.3 + gap]])
    _, _, losses_gap = train(W1_gap, W2_gap, X, Y, 1.0, 3_000)
    below = np.flatnonzero(np.array(losses_gap) < 0.5)
    epochs = below[0] if len(below) else "more than 3,000"
    print(f"gap {gap:.0e}: below 0.5 after {epochs} epochs")

# %% [markdown]
# <details><summary>Compare</summary>
#
# It takes only about 400 epochs more. The difference between the two units feeds on itself: early
# on it grows by about the same factor in every epoch. So a start that is a hundred times smaller
# costs a fixed number of epochs.
#
# </details>

# %% [markdown]
# ## Recap
#
# - Sigmoid and binary cross-entropy fit together: the gradient at the score is the error, divided
#   by $m$.
# - An epoch: forward, loss, both gradients, then both steps.
# - A flat loss can hide weights that move. Equal units stay equal, so start at random.
# - A wrong gradient can end with a lower loss. Measure each gradient. And compare one epoch at a
#   large learning rate with one that is known to be right.
# - Biases let each unit choose where its step is.
#
# ### The formulas on one card
#
# | forward | backward | shape |
# |---|---|---|
# | $Z_1 = W_1 X$ | $dW_1 = dZ_1\, X^\top$ | $(n_h, n_x)$ |
# | $A_1 = \sigma(Z_1)$ | $dZ_1 = (W_2^\top dZ_2) \odot A_1 \odot (1 - A_1)$ | $(n_h, m)$ |
# | $Z_2 = W_2 A_1$ | $dW_2 = dZ_2\, A_1^\top$ | $(n_y, n_h)$ |
# | $P = \sigma(Z_2)$ | $dZ_2 = (P - Y) / m$ | $(n_y, m)$ |
#
# The loss is $L = -\frac{1}{m} \sum ( Y \log P + (1 - Y) \log(1 - P) )$, and a step is $W - \eta
# \cdot dW$. The sign $\odot$ means entry by entry.
#
# ### What comes next
#
# In lesson 07 the network gets its biases, and another bend in the hidden layer. In lesson 08 the
# data get harder too: two moons that no straight boundary can separate.
