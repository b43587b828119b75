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
# # Training: from a step to a run
#
# **After this lesson you will be able to**
#
# - say what the loss must be before any training, and use that to find mistakes early;
# - train on small batches, and say why that is faster than using all samples for each step;
# - read a good learning rate off a sweep;
# - write momentum and Adam, for parameters of any shape, and find bugs that one step does not show;
# - notice when a network learns by heart, and stop it in two ways.
#
# **Time**: about 125 minutes for 3,600 words to read and 11 exercises; a good place for a break is
# after section 4. **Builds on**: lessons 06 (training), 09 (learning rates, samples in rows) and 12
# (networks of any depth).

# %%
import numpy as np

from lessonlib import check, nn, plots
from lessonlib.data import spirals, two_moons
from lessonlib.lessons.deep_network import backward, forward, initialize, update
from lessonlib.nn.network import Network

# %% [markdown]
# You wrote the functions `initialize`, `forward`, `backward` and `update` in lesson 12. Gradients
# are in good hands now. This lesson is about what to do with them.
#
# ## Two questions from earlier lessons
#
# Answer from memory first. Looking it up comes second.
#
# ### A narrow valley
#
# A loss has the form of a valley. The largest eigenvalue of its Hessian, the curvature in the
# steepest direction, is 50. The smallest, along the valley, is 1. Above which learning rate does
# gradient descent diverge? Set `limit` to a number.

# %% solution="training-recall_1"
# limit: one number
### BEGIN SOLUTION
limit = 0.04
### END SOLUTION

# %% check="training.recall_1"

# %% [markdown]
# ### Coins
#
# A large network was trained on 60 points of the plane. The label of each point, 0 or 1, was
# decided by a coin. After a long training the network is right on 58 of the 60. Now 1,000 fresh
# points come, with fresh tosses of the coin for labels. On about how many of them will it be
# right?
#
# - (a) on nearly all: what it has learnt carries over
# - (b) on some 700: points that lie close to each other will mostly have the same label
# - (c) on some 500: what it has learnt is of no use for them
# - (d) on hardly any: it has learnt the opposite of what it needs
#
# Set `fresh_points` to one of the letters, in quotes.

# %% solution="training-recall_2"
# fresh_points: "a", "b", "c" or "d"
### BEGIN SOLUTION
fresh_points = "c"
### END SOLUTION

# %% check="training.recall_2"

# %% [markdown]
# ## 1. Before the first step
#
# A training run may take minutes or days. Some mistakes can be found before it starts, with one
# number: the loss of the untrained network. Its weights are random, so it has no reason to prefer
# any class. What should its loss be?
#
# **Worked example.** With two classes an undecided network gives each the probability 1/2. The
# cross-entropy of a sample is minus the logarithm of what the right class got:
#
# $$-\log \tfrac{1}{2} = 0.693$$
#
# Every sample costs the same, so this is the mean as well.
#
# **Now with gaps.** With four classes each gets the probability …, and the loss is $-\log \ldots =
# \ldots$ In lessons 06 and 08 the first printed loss was about 0.7. Now you know why.
#
# <details><summary>Compare</summary>
#
# Each of the four gets 1/4. Minus the logarithm of 1/4 is 1.386.
#
# </details>
#
# ### Your turn: `initial_loss`


# %% solution="training-initial_loss"
def initial_loss(n_classes):
    """The cross-entropy of a network that gives all n_classes classes the same probability."""
    ### BEGIN SOLUTION
    return np.log(n_classes)
    ### END SOLUTION


# %% check="training.initial_loss"

# %% [markdown]
# So if a first loss is far from this number, something is wrong already. Here are untrained
# networks with two outputs. Their weights are those of He's rule, times 0.1, 1, 5 and 25.
#
# **Decide, then run.** Which way will the loss move, and why?

# %%
rng = np.random.default_rng(0)
X_any, Y_any = rng.normal(size=(500, 8)), np.eye(2)[rng.integers(2, size=500)]
weights = initialize([8, 16, 2], rng)

print(f"undecided: {initial_loss(2):.2f}")
for factor in (0.1, 1, 5, 25):
    larger = [(factor * W, b) for W, b in weights]
    P, _ = forward(X_any, larger, output="softmax")
    print(f"weights times {factor:4}: loss {nn.cross_entropy(P, Y_any):8.2f}")

# %% [markdown]
# With He's rule the loss is a little above the number, which is nothing to worry about. Large
# weights make a network that is sure of everything and knows nothing: its first steps are spent on
# forgetting. A first loss far below the number would be a warning too. Then the answer has probably
# leaked into the input.
#
# ## 2. A few samples at a time
#
# So far each step used all samples. The gradient is then exact, and expensive. But it is a mean
# over the samples, and a mean can be estimated from a few of them, as in an opinion poll. How good
# is the estimate? Our data from now on are two spirals, 600 points, and a network 2-24-24-1.

# %%
X, Y = spirals(600, np.random.default_rng(0), noise=0.05)
start = initialize([2, 24, 24, 1], np.random.default_rng(1))


def gradient_of(X, Y, parameters):
    """The gradient of the loss on these samples, as one long array."""
    P, caches = forward(X, parameters)
    grads = backward(P, Y, parameters, caches)
    return np.concatenate([part.ravel() for pair in grads for part in pair])


# %% [markdown]
# Two long arrays point the same way if the cosine of the angle between them is 1. If it is 0, they
# stand at right angles.
#
# **Decide, then run.** The gradient of all 600 samples is compared with that of 256 of them, of
# 64, of 16, of 4 and of a single one. From where on is it useless, do you think?

# %%
exact = gradient_of(X, Y, start)
rng = np.random.default_rng(2)
print("samples   cosine with the exact gradient, mean of 200 draws")
for size in (256, 64, 16, 4, 1):
    cosines = []
    for _ in range(200):
        rows = rng.permutation(600)[:size]
        estimate = gradient_of(X[rows], Y[rows], start)
        length = np.linalg.norm(estimate) * np.linalg.norm(exact)
        cosines.append(exact @ estimate / length)
    print(f"{size:7d}   {np.mean(cosines):.2f}")

# %% [markdown]
# Sixteen samples cost less than a thirtieth of all 600, and still point mostly downhill. So with
# the work of one exact step we can take 37 rough ones. A <dfn>mini-batch</dfn> is a small set of
# samples that one step uses. In each epoch the samples are shuffled and cut into mini-batches, so
# that every sample is used once, and in other company each time.
#
# ### A function that pauses
#
# We want a function that hands out one batch after the other. Python has a word for that: `yield`.
# It gives a value to whoever asked, as `return` does. But the function is not over: it waits, and
# goes on after the `yield` when the next value is wanted.
#
# **Worked example.** The seven letters in pieces of three. `range(0, 7, 3)` counts 0, 3, 6, and
# the slice `[6:9]` ends where the letters do.


# %%
def pieces(letters, size):
    """Yield the letters, size at a time."""
    for first in range(0, len(letters), size):
        yield letters[first : first + size]


for piece in pieces("abcdefg", 3):
    print(piece)

# %% [markdown]
# **Now with gaps.** A shuffled order is an array of row numbers. For five samples and batches of
# two let it be `[3, 0, 4, 1, 2]`. Then the first batch has the rows 3 and 0. The second has the
# rows … and …, the third has the row …
#
# <details><summary>Compare</summary>
#
# The rows 4 and 1, then the row 2 alone. An array of row numbers in brackets takes these rows:
# `X[[4, 1]]` is a table with two rows.
#
# </details>
#
# ### Your turn: `minibatches`
#
# Yield pairs `(X_b, Y_b)`: every sample once, in an order drawn from `rng`, each with its own
# target, `batch_size` at a time. The last batch may be shorter.


# %% solution="training-minibatches"
def minibatches(X, Y, batch_size, rng):
    """Yield (X_b, Y_b), rows of X (m, n_in) and Y (m, n_out): each once, in random order."""
    ### BEGIN SOLUTION
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], Y[rows]
    ### END SOLUTION


# %% check="training.minibatches"

# %% [markdown]
# Now train. Each of the three runs below makes 30 epochs, so each sees every sample 30 times and
# does about the same work. They differ in the batch size, and so in the number of steps: 1, 10 or
# 38 an epoch.
#
# **Decide, then run.** Which of the three curves will be lowest, and by how much?


# %%
def loss_of(parameters, X, Y):
    """The cross-entropy on these samples."""
    P, _ = forward(X, parameters)
    return nn.binary_cross_entropy(P, Y)


def predictor(parameters):
    """The network with these parameters, as a function of points."""
    return lambda points: forward(points, parameters)[0]


def descend(parameters, X, Y, learning_rate, epochs, batch_size, rng):
    """Gradient descent on mini-batches: the new parameters, and the loss after each epoch."""
    losses = [loss_of(parameters, X, Y)]
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            P, caches = forward(X_b, parameters)
            grads = backward(P, Y_b, parameters, caches)
            parameters = update(parameters, grads, learning_rate)
        losses.append(loss_of(parameters, X, Y))
    return parameters, losses


curves = {}
for size in (600, 64, 16):
    rng = np.random.default_rng(3)
    trained, losses = descend(start, X, Y, 0.2, 30, size, rng)
    curves[f"batches of {size}"] = losses
plots.loss_curve(curves, title="The same work, in steps of different size", xlabel="epoch")

# %% [markdown]
# A picture with a curve for each run, epoch by epoch, is a <dfn>learning curve</dfn>. The small
# batches win by far, and that is no accident: they take 38 steps where the whole batch takes one.
# The price is the jitter. Smaller is not always better, though. Below some size the noise drowns
# the direction, and NumPy works much faster on 16 rows together than on 16 rows one by one. Sizes
# between 16 and 256 are usual.

# %%
plots.decision_boundary(
    predictor(trained),
    X,
    Y,
    title="After 30 epochs with batches of 16",
)

# %% [markdown]
# ## 3. How long should a step be?
#
# For one neuron the limit of the learning rate can be computed (the extra x2 shows how). For a
# network it cannot: the curvature is different everywhere. So one tries. The way to try is a
# **sweep**: rates that grow by a constant factor, a short run with each, all from the same starts.
#
# Training 33 networks one after the other asks for a quick one. `Network` is the class that
# you built in lesson 12, in its finished form, with mini-batches inside.
#
# **Decide, then run.** To the left the rates are tiny, to the right they are huge. What will the
# curve look like at either end, and in between?

# %%
rates = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
ends = []
for seed in (1, 2, 3):
    runs = []
    for rate in rates:
        rng = np.random.default_rng(seed)
        network = Network([2, 24, 24, 1], rng)
        network.fit(X, Y, rate, epochs=20, batch_size=16, rng=rng)
        runs.append(network.loss(X, Y))
    ends.append(runs)

plots.rate_sweep(
    rates,
    ends,
    undecided=np.log(2),
    title="Eleven learning rates, three starts each, 20 epochs",
)

# %% [markdown]
# ### Your turn: `best_rate`
#
# Which learning rate would you take? Read it off the figure, or out of its text alternative. There
# is no single right number: a whole stretch counts.

# %% solution="training-best_rate"
# best_rate: one number
### BEGIN SOLUTION
best_rate = 0.5
### END SOLUTION

# %% check="training.best_rate"

# %% [markdown]
# Three things to keep from this figure. The scale is in factors, not in steps: between 0.001 and
# 0.003 lies as much as between 0.1 and 0.3. The right wall is steep, and it moves during training,
# so keep some room to it. And the valley holds for this network, these data and this batch size:
# change one of them, and it shifts.
#
# ## 4. Momentum
#
# Here is the valley of the first question again, seen from above: $L(w) = \frac{1}{2} w_1^2 +
# \frac{50}{2} w_2^2$. Its gradient is $(w_1, 50 w_2)$.
#
# **Decide, then run.** Gradient descent starts at (-9, 1), with a rate a little below its limit.
# Sketch its way on paper, across the valley and along it.

# %%
CURVATURES = np.array([1.0, 50.0])
FROM = np.array([-9.0, 1.0])
VALLEY = ((-10, 3), (-1.3, 1.3))


def valley(w1, w2):
    return 0.5 * CURVATURES[0] * w1**2 + 0.5 * CURVATURES[1] * w2**2


def way_of(step, state, learning_rate, steps=60):
    """The places that an optimiser visits in the valley."""
    w, places = FROM, [FROM]
    for _ in range(steps):
        w, state = step(w, CURVATURES * w, state, learning_rate)
        places.append(w)
    return np.array(places)


def plain_step(theta, grad, state, learning_rate):
    """Gradient descent, in the form of the other steps; it needs no state."""
    return theta - learning_rate * grad, state


plots.descent(
    valley,
    {"gradient descent": way_of(plain_step, None, 0.036)},
    window=VALLEY,
    minimum=(0, 0),
    title="60 steps at the rate 0.036",
    xlabel="w1",
    ylabel="w2",
)

# %% [markdown]
# Across the valley it jumps from wall to wall. Along the valley it creeps, since the steep
# direction forbids a larger rate. Two different needs, and one rate.
#
# A heavy ball would do better. Pushed to and fro across the valley, it hardly moves that way: the
# pushes cancel. Along the valley all pushes go the same way, and it gathers speed. With
# <dfn>momentum</dfn> the step follows not the last gradient, but a sum of all gradients so far, in
# which the older ones fade. The <dfn>velocity</dfn> is the fading sum of gradients. It starts at 0,
# and with a number $\beta$ (beta) below 1, mostly 0.9, each step does
#
# $$v \leftarrow \beta v + g, \qquad \theta \leftarrow \theta - \eta\, v$$
#
# Here $g$ is the gradient, $\theta$ (theta) any parameter, and $\eta$ (eta) the learning rate. The
# arrow means: becomes.
#
# **Worked example.** $\beta = 0.9$, $\eta = 0.1$, $\theta = 5$, and the gradient is 2 each time.
#
# | step | $g$ | $v$ | $\theta$ |
# |---|---|---|---|
# | start | | 0 | 5 |
# | 1 | 2 | $0.9 \cdot 0 + 2 = 2$ | $5 - 0.1 \cdot 2 = 4.8$ |
# | 2 | 2 | $0.9 \cdot 2 + 2 = 3.8$ | $4.8 - 0.1 \cdot 3.8 = 4.42$ |
#
# **Now with gaps.**
#
# | step | $g$ | $v$ | $\theta$ |
# |---|---|---|---|
# | 3 | 2 | $0.9 \cdot \ldots + 2 = \ldots$ | $4.42 - 0.1 \cdot \ldots = \ldots$ |
# | 4 | -2 | $\ldots$ | $\ldots$ |
#
# What is the largest velocity that a gradient of 2 can ever build up? At that speed 0.9 of it plus
# 2 must be the same again.
#
# <details><summary>Compare</summary>
#
# Step 3: v is 0.9 times 3.8 plus 2, which is 5.42, and theta becomes 3.878. Step 4: v is 0.9 times
# 5.42 minus 2, which is 2.878, and theta becomes 3.5902: the ball still rolls on, though the
# gradient has turned. The largest velocity is 20, ten times the gradient.
#
# </details>
#
# ### Your turn: `momentum_step`
#
# One step, for `theta`, `grad` and `velocity` of one shape, whatever it is. Leave the arrays that
# come in as they are. Some books put the learning rate into the velocity instead of the step; that
# gives the same steps, and the check accepts both.


# %% solution="training-momentum_step"
def momentum_step(theta, grad, velocity, learning_rate, beta=0.9):
    """One step with momentum: returns the new theta and the new velocity, in the shape of theta."""
    ### BEGIN SOLUTION
    velocity = beta * velocity + grad
    theta = theta - learning_rate * velocity
    return theta, velocity
    ### END SOLUTION


# %% check="training.momentum_step"

# %% [markdown]
# **Decide, then run.** The same valley, 60 steps, with momentum. What will happen when the ball
# arrives at the star?

# %%
plots.descent(
    valley,
    {
        "gradient descent, rate 0.036": way_of(plain_step, None, 0.036),
        "momentum, rate 0.01": way_of(momentum_step, np.zeros(2), 0.01),
    },
    window=VALLEY,
    minimum=(0, 0),
    title="60 steps, without and with momentum",
    xlabel="w1",
    ylabel="w2",
)

# %% [markdown]
# It swings across the valley too, but it is carried along it much faster, and it overshoots. Note
# its rate: smaller than the other one, for the velocity grows to ten times a constant gradient.
#
# This is a good place for a break.
#
# ## 5. Adam
#
# Momentum still has one rate for all directions. Now look at a network: the gradients of its first
# layer may be a hundred times smaller than those of its last. What if every single parameter had a
# step size of its own?
#
# For every parameter <dfn>Adam</dfn> keeps two running averages, one of its gradients and one of
# their squares, and steps by the first divided by the root of the second. The averages are called
# $m$ and $v$; the name comes from *adaptive moments*. The root $\sqrt v$ says how large the
# gradients of this parameter usually are. Divide by it, and large and small ones become alike.
#
# Both averages start at 0, so in the first steps they are too small. Adam knows how much too
# small, and corrects it. With $t$ the number of the step, from 1 on, these are its six formulas:
#
# $$t \leftarrow t + 1$$
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2$$
#
# $$\hat m = \frac{m}{1 - \beta_1^t} \qquad \hat v = \frac{v}{1 - \beta_2^t}$$
#
# $$\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# The small number $\varepsilon$ (epsilon) keeps the fraction finite where a gradient has always
# been 0. The usual values are $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\varepsilon = 10^{-8}$. All
# operations work entry by entry.
#
# **Worked example.** $\theta = 1$, rate 0.1, and the gradient is 2. Step 1:
#
# | what | step 1 |
# |---|---|
# | count | $t = 1$ |
# | averages | $m = 0.1 \cdot 2 = 0.2$ and $v = 0.001 \cdot 4 = 0.004$ |
# | corrected | $\hat m = 0.2 / 0.1 = 2$ and $\hat v = 0.004 / 0.001 = 4$ |
# | step | $\theta = 1 - 0.1 \cdot 2 / \sqrt 4 = 0.9$ |
#
# The correction has turned 0.2 back into 2, and 0.004 into 4.
#
# **Now with gaps.** Step 2, with the gradient 2 once more. The old $m$ and $v$ are 0.2 and 0.004,
# as they were **before** the correction:
#
# | what | step 2 |
# |---|---|
# | count | $t = 2$ |
# | average $m$ | $0.9 \cdot 0.2 + 0.1 \cdot 2 = \ldots$ |
# | average $v$ | $0.999 \cdot \ldots + 0.001 \cdot \ldots = \ldots$ |
# | corrected | $\hat m = \ldots / (1 - 0.9^2) = \ldots$, $\hat v = \ldots / (\ldots) = \ldots$ |
# | step | $\theta = 0.9 - \ldots = \ldots$ |
#
# **And a prediction.** One parameter has the gradient 0.002, another has 200. How far does Adam's
# first step move each?
#
# <details><summary>Compare</summary>
#
# m is 0.38 and v is 0.007996. The divisors are 0.19 and 0.001999, so the corrected ones are 2 and
# 4 again, and theta goes from 0.9 to 0.8. In the first step the fraction is the gradient over its
# own size, which is 1 or -1. So both parameters move by the learning rate.
#
# </details>
#
# ### Your turn: `adam_step`
#
# The state is a tuple `(m, v, t)`. It starts as two arrays of zeros and the number 0. Return the
# new `theta` and the new state, in the same form, and leave what comes in as it is.


# %% solution="training-adam_step"
def adam_step(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam: returns the new theta and the new state (m, v, t)."""
    ### BEGIN SOLUTION
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    return theta, (m, v, t)
    ### END SOLUTION


# %% check="training.adam_step"

# %% [markdown]
# Now all three in the valley. The picture is complete at first. Then it draws itself once more,
# step by step, and after six seconds it stands still. Run the cell again to see it move again.
# Nothing is lost without the motion: a marker stands after every ten steps.
#
# **Decide, then run.** Adam divides each direction by the size of its gradients. What does that do
# to a valley that is fifty times as steep one way as the other?

# %%
zeros = np.zeros(2)
plots.optimiser_paths(
    valley,
    {
        "gradient descent, rate 0.036": way_of(plain_step, None, 0.036),
        "momentum, rate 0.01": way_of(momentum_step, zeros, 0.01),
        "Adam, rate 0.4": way_of(adam_step, (zeros, zeros, 0), 0.4),
    },
    every=10,
    window=VALLEY,
    minimum=(0, 0),
    title="Three ways down a narrow valley, 60 steps each",
)

# %% [markdown]
# Adam sets out at an angle, with steps of the same length both ways: for it the valley is nearly
# round. That is easy here, since the valley lies along the axes. A valley that lies across them
# would cost Adam more.
#
# And on the spirals? A network has many arrays, and each needs a state of its own. The function
# below takes one step for all of them.


# %%
def step_all(step, parameters, grads, states, learning_rate):
    """One step for each W and each b: the new parameters and the new states."""
    new_parameters, new_states = [], []
    for (W, b), (dW, db), (state_W, state_b) in zip(parameters, grads, states, strict=True):
        W, state_W = step(W, dW, state_W, learning_rate)
        b, state_b = step(b, db, state_b, learning_rate)
        new_parameters.append((W, b))
        new_states.append((state_W, state_b))
    return new_parameters, new_states


def first_states(parameters, make):
    """A state for each W and each b, made by `make` from an array of zeros."""
    return [(make(np.zeros_like(W)), make(np.zeros_like(b))) for W, b in parameters]


def as_velocity(zeros):
    return zeros


def as_adam_state(zeros):
    return zeros, zeros, 0


def run(step, make, learning_rate, epochs=20):
    """The losses on the spirals, epoch by epoch."""
    parameters, rng = start, np.random.default_rng(3)
    states, losses = first_states(parameters, make), [loss_of(parameters, X, Y)]
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, 16, rng):
            P, caches = forward(X_b, parameters)
            grads = backward(P, Y_b, parameters, caches)
            parameters, states = step_all(step, parameters, grads, states, learning_rate)
        losses.append(loss_of(parameters, X, Y))
    return losses


plots.loss_curve(
    {
        "gradient descent, rate 0.2": run(plain_step, as_velocity, 0.2),
        "momentum, rate 0.05": run(momentum_step, as_velocity, 0.05),
        "Adam, rate 0.01": run(adam_step, as_adam_state, 0.01),
    },
    title="Two spirals, batches of 16",
    xlabel="epoch",
)

# %% [markdown]
# Be fair when you read such a picture. Each method has its own best rate, and at the bottom of
# your sweep plain gradient descent does about as well as the other two. Adam's strength is another
# one: a rate between 0.001 and 0.01 does well on very many problems, without a sweep.
#
# ### Find the bug
#
# **This cell is wrong on purpose.** Somebody else's Adam. Its lines have letters. Two kinds of
# people have looked at it: those who tried one step, and were content, and those who tried three.


# %%
def planted_adam(theta, grad, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1  # line A
    m = beta1 * m + (1 - beta1) * grad  # line B
    v = beta2 * v + (1 - beta2) * grad**2  # line C
    m = m / (1 - beta1**t)  # line D
    v_hat = v / (1 - beta2)  # line E
    theta = theta - learning_rate * m / (np.sqrt(v_hat) + eps)  # line F
    return theta, (m, v, t)


# %% [markdown]
# Let it contradict itself. Give it and your own `adam_step` the gradient 2 in every step, as in
# the worked example. The rate is 0.1.
#
# **Decide, then run.** By how much must theta change in each step?

# %%
two, zero = np.array([2.0]), np.array([0.0])
mine, my_state = np.array([1.0]), (zero, zero, 0)
theirs, their_state = np.array([1.0]), (zero, zero, 0)
print("step    your theta   planted theta")
for step in (1, 2, 3):
    mine, my_state = adam_step(mine, two, my_state, 0.1)
    theirs, their_state = planted_adam(theirs, two, their_state, 0.1)
    print(f"{step:4d} {mine[0]:13.6f} {theirs[0]:15.6f}")

# %% [markdown]
# Right to the last digit in step 1, and wrong ever after. This is why the check of `adam_step`
# takes three steps in a row. The next cell goes through the planted lines one by one. You need not
# read its code: read its table. Each column is a step, each row shows what a line has made. The
# last two rows show what your `adam_step` keeps.

# %%
m, v, t, theta = zero, zero, 0, np.array([1.0])
columns, honest, state = [], [], (zero, zero, 0)
for _ in range(3):
    t = t + 1
    column = [t]
    m = 0.9 * m + 0.1 * two
    column.append(m[0])
    v = 0.999 * v + 0.001 * two**2
    column.append(v[0])
    m = m / (1 - 0.9**t)
    column.append(m[0])
    v_hat = v / (1 - 0.999)
    column.append(v_hat[0])
    theta = theta - 0.1 * m / (np.sqrt(v_hat) + 1e-8)
    columns.append([*column, theta[0]])
    _, state = adam_step(theta, two, state, 0.1)
    honest.append([state[0][0], state[1][0]])

names = ["A: t", "B: m", "C: v", "D: m", "E: v_hat", "F: theta", "honest m", "honest v"]
rows = [*zip(*columns, strict=True), *zip(*honest, strict=True)]
print("line            step 1      step 2      step 3")
for name, row in zip(names, rows, strict=True):
    print(f"{name:<10}" + "".join(f"{value:12.6f}" for value in row))

# %% [markdown]
# Which lines are wrong? A line is guilty if it was given right numbers and made a wrong one, or if
# it leaves something behind that it must not touch. Set `suspects` to a set of letters.

# %% solution="training-suspects"
# suspects: a set of letters
### BEGIN SOLUTION
suspects = {"D", "E"}
### END SOLUTION

# %% check="training.suspects"

# %% [markdown]
# ## 6. When a network learns by heart
#
# The question with the coins had a serious side. A network with enough units can learn any 60
# points by heart, and then its loss on them says nothing about other points. So we keep some
# samples out of the training. The <dfn>validation part</dfn> is a part of the data that is never
# trained on, and tells during the training how well the network does on points that it does not
# know.
#
# Here are 60 points of two moons, with much noise, and 400 more for validation. The network
# 2-32-32-1 has 1,185 parameters. **Decide, then run.** Draw the two learning curves before you
# look.


# %%
def train(X, Y, X_val, Y_val, epochs, penalty=None, stop=None):
    """Adam on mini-batches: the losses on both parts, the last parameters and the best ones.

    penalty(parameters) -> (number, grads) is added to the loss; stop(losses) -> bool ends the run.
    """
    rng = np.random.default_rng(5)
    parameters = initialize([2, 32, 32, 1], rng)
    states = first_states(parameters, as_adam_state)
    on_training, on_validation, best = [], [], parameters
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, 16, rng):
            P, caches = forward(X_b, parameters)
            grads = backward(P, Y_b, parameters, caches)
            if penalty:
                _, extra = penalty(parameters)
                pairs = zip(grads, extra, strict=True)
                grads = [(dW + eW, db + eb) for (dW, db), (eW, eb) in pairs]
            parameters, states = step_all(adam_step, parameters, grads, states, 0.01)
        on_training.append(loss_of(parameters, X, Y))
        on_validation.append(loss_of(parameters, X_val, Y_val))
        if on_validation[-1] == min(on_validation):
            best = parameters
        if stop and stop(on_validation):
            break
    return on_training, on_validation, parameters, best


rng = np.random.default_rng(5)
X_few, Y_few = two_moons(60, rng, noise=0.35)
X_val, Y_val = two_moons(400, rng, noise=0.35)
on_training, on_validation, by_heart, _ = train(X_few, Y_few, X_val, Y_val, 200)
plots.loss_curve(
    {"training part": on_training, "validation part": on_validation},
    title="60 points, 1,185 parameters",
    xlabel="epoch",
)

# %% [markdown]
# The loss on the training part goes down and down. On the validation part it falls for some thirty
# epochs, and then it rises, to more than an undecided network would have. The picture shows why.

# %%
plots.decision_boundary(
    predictor(by_heart),
    X_few,
    Y_few,
    title="After 200 epochs: learnt by heart",
)

# %% [markdown]
# The boundary bends round single points, and nearly everywhere the network is quite sure. In
# <dfn>overfitting</dfn> a network gets better on what it has seen, and worse on everything else.
# There are two remedies that cost little.
#
# ### Remedy 1: make large weights expensive
#
# To bend round every single point a network needs large weights. So add a fine for them to the
# loss. The <dfn>L2 penalty</dfn> is half the sum of all squared weights, times a strength
# $\lambda$.
#
# $$R = \frac{\lambda}{2} \sum_\mathrm{layers} \sum_{ij} W_{ij}^2$$
#
# Biases are left free, for they only shift. The gradient of the penalty is added to the one that
# `backward` gives, so we need it as well, in the same form: a pair `(dW, db)` for each layer.
#
# **Worked example.** One layer with $W = (3, -1)$, $b = 4$ and $\lambda = 0.1$. The squares are 9
# and 1, so $R = 0.05 \cdot 10 = 0.5$. Raise the weight 3 by a little: its share is $0.05\, w^2$, a
# parabola, with the slope $0.1\, w = 0.3$ there. So each step takes a share of the weight away:
# hence the other name, *weight decay*.
#
# **Now with gaps.** The gradient for the weight -1 is …, and that for the bias is … Which way does
# a step of gradient descent move the weight -1?
#
# <details><summary>Compare</summary>
#
# For the weight -1 it is -0.1, for the bias 0. The step goes against the gradient, so -1 moves up,
# towards 0.
#
# </details>
#
# ### Your turn: `l2_penalty`
#
# Some books leave out the half. Then the gradients are twice as large. The check accepts either,
# if penalty and gradients belong together.


# %% solution="training-l2_penalty"
def l2_penalty(parameters, strength):
    """parameters [(W, b), …]: returns the penalty and its gradients [(dW, db), …]."""
    ### BEGIN SOLUTION
    penalty = 0.0
    grads = []
    for W, b in parameters:
        penalty += 0.5 * strength * np.sum(W**2)
        grads.append((strength * W, np.zeros(b.shape)))
    return penalty, grads
    ### END SOLUTION


# %% check="training.l2_penalty"

# %% [markdown]
# **Decide, then run.** The same run, with three strengths. Which one will be too weak, which too
# strong?

# %%
curves = {}
for strength in (0.0, 0.01, 0.1):

    def penalty(parameters, strength=strength):
        return l2_penalty(parameters, strength)

    on_training, on_validation, _, _ = train(X_few, Y_few, X_val, Y_val, 200, penalty)
    curves[f"strength {strength:g}"] = on_validation
    last = f"training {on_training[-1]:.2f}, validation {on_validation[-1]:.2f}"
    print(f"strength {strength:4g}, loss at the end: {last}")

plots.loss_curve(curves, title="Loss on the validation part", xlabel="epoch")

# %% [markdown]
# ### Remedy 2: stop in time
#
# The second remedy is cheaper still. With <dfn>early stopping</dfn> a run ends when the loss on the
# validation part has not got better for some time, and the parameters of the best epoch are taken
# back. The <dfn>patience</dfn> is the number of epochs that one waits for a better loss. A single
# bad epoch is often noise.
#
# **Worked example.** Patience 2. An epoch is good if its loss is lower than all before it.
#
# | epoch | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | loss | 3 | 2 | 2.5 | 1 | 1.5 |
# | epochs since the best | 0 | 0 | 1 | 0 | 1 |
# | stop? | no | no | no | no | no |
#
# **Now with gaps.** The next loss is 1 again, no lower than the best. How many epochs is it since
# the best now? Stop?
#
# <details><summary>Compare</summary>
#
# Two. The first time that 1 was reached is epoch 3, and we are in epoch 5. Two is the patience, so
# the run stops here.
#
# </details>
#
# ### Your turn: `should_stop`
#
# It is asked after every epoch, with the list of all losses so far. The answer is `True` as soon
# as the best loss, the first one if there are several, came `patience` epochs ago or more.


# %% solution="training-should_stop"
def should_stop(losses, patience):
    """Whether the last `patience` losses, or more, have brought no new lowest one."""
    ### BEGIN SOLUTION
    best_epoch = np.argmin(losses)
    waited = len(losses) - 1 - best_epoch
    return waited >= patience
    ### END SOLUTION


# %% check="training.should_stop"

# %% [markdown]
# ## 7. A whole run
#
# Everything in one place: mini-batches, Adam, a weak penalty, a validation part, patience. This is
# what training a network looks like, here and in every large framework.
#
# **Decide, then run.** After how many epochs, of 200 at most, will it stop?


# %%
def weak_penalty(parameters):
    return l2_penalty(parameters, 0.01)


def patient(losses):
    return should_stop(losses, patience=30)


def accuracy(parameters, X, Y):
    P, _ = forward(X, parameters)
    return np.mean((P > 0.5) == (Y > 0.5))


_, losses, _, best = train(X_few, Y_few, X_val, Y_val, 200, weak_penalty, patient)
print(f"stopped after {len(losses)} of 200 epochs; the best was epoch {np.argmin(losses)}")
for name, parameters in {"learnt by heart": by_heart, "penalty and patience": best}.items():
    print(f"{name}: {accuracy(parameters, X_val, Y_val):.0%} right on the validation part")

# %%
plots.decision_boundary(
    predictor(best),
    X_few,
    Y_few,
    title="Penalty and early stopping: a smooth boundary",
)

# %% [markdown]
# One warning. The last number was measured on the validation part, and the validation part has
# chosen the epoch. So it is a little too good. For an honest last number one keeps a third part,
# the test part, and looks at it once. You will do that in lesson 15.
#
# ### In your own words
#
# A friend writes: "I train with Adam, rate 1, on all samples at once. The first loss was 9 for 10
# classes. After 500 epochs the training loss is nearly 0, so the network is finished." Name three
# things that you would look into or change, and say for each what makes you think so, in four to
# six sentences in all. A person will read your answer and give up to 2 points.

# %% [markdown] written="training-explain" points=2
# <!-- BEGIN SOLUTION -->
# The first loss: an undecided network with 10 classes has a loss of log 10, about 2.3. 9 means
# that it is very sure and wrong, so probably the initial weights are too large (or the inputs not
# scaled). The rate: Adam moves each parameter by about the rate in every step, and a step of 1 is
# huge for weights below 1; I would sweep rates around 0.001 to 0.01. All samples at once: with
# mini-batches one epoch gives many steps for the same work. And the training loss says nothing
# about samples that the network has not seen: it may have learnt them by heart. I would keep a
# validation part, look at both curves, and stop early or add a penalty if they part.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Recap
#
# - An undecided network has a loss that depends on the number of classes alone. Look at it first.
# - A mini-batch gives a rough gradient for little work. Many rough steps beat one exact step.
# - Sweep the learning rate in factors of about three, and keep away from the steep wall.
# - Momentum lets opposite pushes cancel. Adam gives every parameter a step size of its own.
# - An optimiser has a memory, so a test of one step proves nothing. Take three.
# - Low on the training part and high on the validation part means learnt by heart. A penalty and
#   early stopping help.
#
# ### The formulas on one card
#
# | what | formula | memory |
# |---|---|---|
# | gradient descent | $\theta \leftarrow \theta - \eta\, g$ | none |
# | momentum | $v \leftarrow \beta v + g$, $\; \theta \leftarrow \theta - \eta\, v$ | $v$, from 0 |
# | Adam, gradients | $m \leftarrow \beta_1 m + (1 - \beta_1)\, g$ | $m$, from 0 |
# | Adam, their squares | $v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2$ | $v$, from 0 |
# | Adam, corrected | $\hat m = m / (1 - \beta_1^t)$, $\hat v = v / (1 - \beta_2^t)$ | $t$, from 1 |
# | Adam, step | $\theta \leftarrow \theta - \eta\, \hat m / (\sqrt{\hat v} + \varepsilon)$ | |
# | L2 penalty | $\frac{\lambda}{2} \sum W^2$, gradient $\lambda W$ for weights and 0 for biases | |
#
# ### What comes next
#
# In lesson 15 all of this meets real data: 1,797 handwritten digits, ten classes, and a network
# that you train to read at least 97 of 100 that it has never seen.
